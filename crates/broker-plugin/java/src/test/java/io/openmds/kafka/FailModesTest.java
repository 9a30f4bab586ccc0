package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openmds.kafka.WaitingRoom.Miss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait for their events, and those that are refused without. No destination is there. */
class FailModesTest {
    private static final int PRODUCE = 0;
    private static final int THREADS = 8;
    private static final int EACH = 25;
    private static final String PATIENT = "data-plane-kafka-request-handler-";
    private static final String LEAF = "{\"allowed\":\"confluent-audit-log-events\",\"denied\":\"confluent-audit-log-events\"}";
    private static final String DOCUMENT = "{\"destinations\":{\"topics\":{\"confluent-audit-log-events\":{}}},\"routes\":{"
            + "\"crn:///kafka=*/topic=*\":{\"produce\":" + LEAF + "},\"crn:///kafka=*\":{\"interbroker\":" + LEAF
            + "}},\"default_topics\":" + LEAF + "}";
    private static final String COMPANION = "{\"fail_modes\":{\"routes\":{\"crn:///kafka=*/topic=pay-*\":{\"produce\":\"required\"},"
            + "\"crn:///kafka=*/topic=log-*\":{\"produce\":\"durable\"},\"crn:///kafka=*\":{\"interbroker\":\"required\"}}}}";
    private static final List<AuthorizationResult> ALLOWED = List.of(AuthorizationResult.ALLOWED);
    private static final List<AuthorizationResult> DENIED = List.of(AuthorizationResult.DENIED);

    @TempDir
    Path directory;

    private OpenMdsAuthorizer started(String... more) {
        List<String> settings = new ArrayList<>(List.of(PluginConfig.ROUTER_CONFIG, DOCUMENT, PluginConfig.COMPANION, COMPANION,
                PluginConfig.ALLOW_EVERYONE, "true", SpoolSettings.DIRECTORY, directory.resolve("spool").toString(),
                FailModeSettings.EXEMPT, "User:mds;User:other", FailModeSettings.TIMEOUT_MS, "30000"));
        settings.addAll(List.of(more));
        return Requests.started(settings.toArray(String[]::new));
    }

    private static Action write(String topic) {
        return Requests.action(AclOperation.WRITE, ResourceType.TOPIC, topic);
    }

    private static List<AuthorizationResult> ask(OpenMdsAuthorizer authorizer, String user, Action... actions) {
        return authorizer.authorize(Requests.request(PRODUCE, user), List.of(actions));
    }

    /** On a thread that answers clients. */
    private static <T> T patiently(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, PATIENT + 0);
        thread.start();
        thread.join();
        return task.get();
    }

    private String onDisk() {
        try (Stream<Path> files = Files.list(directory.resolve("spool/broker-1"))) {
            return files.filter(file -> file.toString().endsWith(".oms")).map(Segments::text).collect(Collectors.joining());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory becomes a file: nothing can be written there any more. */
    private void breakDisk() throws IOException {
        Path spool = directory.resolve("spool");
        try (Stream<Path> files = Files.walk(spool)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.delete(file);
            }
        }
        Files.writeString(spool, "no directory");
    }

    @Test
    void everyAnswerOfADurableRouteIsOnDiskBeforeItIsGiven() throws Exception {
        for (String mode : new String[] {"off", "shadow", "enforce"}) {
            try (FallbackLines lines = new FallbackLines();
                    OpenMdsAuthorizer authorizer = started("openmds.authorizer.enable", Boolean.toString(!mode.equals("off")),
                            "openmds.authorizer.mode", mode.equals("shadow") ? "shadow" : "enforce")) {
                List<FutureTask<Void>> clients = new ArrayList<>();
                for (int t = 0; t < THREADS; t++) {
                    String name = mode + "-" + t + "-";
                    FutureTask<Void> client = new FutureTask<>(() -> {
                        for (int i = 0; i < EACH; i++) {
                            String topic = (i % 2 == 0 ? "pay-" : "log-") + name + i;
                            assertEquals(List.of(AuthorizationResult.ALLOWED, AuthorizationResult.ALLOWED),
                                    ask(authorizer, "alice", write(topic + "-a"), write(topic + "-b")));
                            String disk = onDisk();
                            assertTrue(disk.contains(topic + "-a\"") && disk.contains(topic + "-b\""), topic);
                        }
                        return null;
                    });
                    clients.add(client);
                    new Thread(client, PATIENT + t).start();
                }
                for (FutureTask<Void> client : clients) {
                    client.get();
                }
                AuditCounters counters = authorizer.countersForTest();
                assertEquals(THREADS * EACH, counters.getAwaitedRequests());
                assertEquals(0, counters.getMissedTimeout() + counters.getMissedUnsaved() + counters.getUnawaited());
                assertEquals(THREADS * EACH * 2, counters.account().of("spilled"), counters.getAccount());
                assertTrue(counters.isBalanced(), counters.getAccount());
                assertFalse(onDisk().contains("\"unawaited\""));
                assertEquals(List.of(), lines.whole());
            }
        }
    }

    @Test
    void withoutAPlaceForItsEventARequestIsAnsweredOrRefusedAsItsRouteSaysAndAgainAsBeforeWithOne() throws Exception {
        try (FallbackLines log = new FallbackLines(FailModes.class.getName()); OpenMdsAuthorizer authorizer = started()) {
            AuditCounters counters = authorizer.countersForTest();
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("pay-1"))));
            breakDisk();
            assertEquals(DENIED, patiently(() -> ask(authorizer, "alice", write("pay-2"))));
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("log-2"))));
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("other"))));
            assertEquals(List.of(AuthorizationResult.ALLOWED, AuthorizationResult.DENIED, AuthorizationResult.ALLOWED),
                    patiently(() -> ask(authorizer, "alice", write("log-3"), write("pay-3"), write("other"))));
            assertEquals(2, counters.getRefusedUnsaved());
            assertEquals(2, counters.getMissedUnsaved());
            assertEquals(0, counters.getRefusedTimeout() + counters.getRefusedQueueFull() + counters.getMissedTimeout());
            String refusal = log.await(line -> line.startsWith("A request was refused"));
            for (String part : List.of(Miss.UNSAVED.text, "WRITE", "pay-2", "User:alice")) {
                assertTrue(refusal.contains(part), refusal);
            }
            for (String user : List.of("admin", "mds", "other")) {
                assertEquals(ALLOWED, patiently(() -> ask(authorizer, user, write("pay-4"))), user);
            }
            Action node = Requests.action(AclOperation.CLUSTER_ACTION, ResourceType.CLUSTER, "kafka-cluster");
            assertEquals(ALLOWED, patiently(() -> authorizer.authorize(Requests.request(1, "node"), List.of(node))));
            assertEquals(ALLOWED, ask(authorizer, "alice", write("pay-5")), "this thread must not wait");
            assertEquals(2, counters.getRefusedUnsaved());
            assertEquals(5, counters.getUnawaited());
            Files.delete(directory.resolve("spool"));
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("pay-6"))));
            assertTrue(onDisk().contains("pay-6\""));
            assertEquals(2, counters.getRefusedUnsaved());
        }
    }

    @Test
    void whoDoesNotWaitIsOnDiskSoonAndSaysSo() throws Exception {
        try (OpenMdsAuthorizer authorizer = started()) {
            ask(authorizer, "alice", write("pay-1"));
            patiently(() -> ask(authorizer, "admin", write("log-1")));
            ask(authorizer, "alice", write("other"));
            FallbackLines.until(() -> onDisk().contains("other\""), this::onDisk);
            String disk = onDisk();
            for (String[] expected : new String[][] {{"pay-1", "thread"}, {"log-1", "exempt"}}) {
                String marked = "\"unawaited\":\"" + expected[1] + "\",\"emitter\"";
                int at = disk.indexOf("/topic=" + expected[0] + "\",\"time\"");
                int mark = disk.indexOf(marked, at);
                assertTrue(at > 0 && mark > at && mark < disk.indexOf("\"data\"", at), disk);
            }
            assertEquals(2, authorizer.countersForTest().getUnawaited());
        }
    }

    @Test
    void aFullQueueIsAMissAtOnce() throws Exception {
        try (OpenMdsAuthorizer authorizer = started(PluginConfig.QUEUE_MAX_BYTES, "65536")) {
            AuditCounters counters = authorizer.countersForTest();
            Action[] many = Stream.generate(() -> write("pay-" + "x".repeat(200))).limit(5_000).toArray(Action[]::new);
            List<AuthorizationResult> results = patiently(() -> ask(authorizer, "alice", many));
            long refused = results.stream().filter(result -> result == AuthorizationResult.DENIED).count();
            assertTrue(refused > 0 && refused < many.length, refused + " of " + many.length);
            assertEquals(refused, counters.getRefusedQueueFull());
            assertEquals(refused, counters.getDroppedQueueFull());
            assertEquals(0, counters.getRefusedUnsaved() + counters.getRefusedTimeout());
        }
    }

    @Test
    void aDestinationThatHangsIsAMissInTimeAndACompanionThatAsksForNothingEndsIt() throws Exception {
        try (FallbackLines log = new FallbackLines(FailModes.class.getName());
                OpenMdsAuthorizer authorizer = started(SpoolSettings.DIRECTORY, "", FailModeSettings.TIMEOUT_MS, "50",
                        PluginConfig.EXPORTER + "bootstrap.servers", "127.0.0.1:1")) {
            AuditCounters counters = authorizer.countersForTest();
            assertEquals(DENIED, patiently(() -> ask(authorizer, "alice", write("pay-1"))));
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("log-1"))));
            assertEquals(1, counters.getRefusedTimeout());
            assertEquals(1, counters.getMissedTimeout());
            log.await(line -> line.contains(Miss.TIMEOUT.text));
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, DOCUMENT));
            assertEquals(ALLOWED, patiently(() -> ask(authorizer, "alice", write("pay-2"))), "nothing is required any more");
        }
    }

    @Test
    void anAcknowledgementIsAsGoodAsADiskAndWhoWaitedInVainIsForgotten() throws Exception {
        AuditCounters counters = new AuditCounters();
        FallbackLog fallback = new FallbackLog(counters, new Losses(() -> 7), event -> false);
        MockProducer<byte[], byte[]> producer = new MockProducer<>(false, new ByteArraySerializer(), new ByteArraySerializer());
        ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
        WaitingRoom room = new WaitingRoom(30_000);
        try (FallbackLines lines = new FallbackLines()) {
            for (long ticket = 1; ticket <= 2; ticket++) {
                session.send(new AheadEvent("t", "{}".getBytes(StandardCharsets.UTF_8), ticket, false, ticket, room), false);
            }
            assertTrue(producer.completeNext());
            assertNull(room.await(1, 1));
            assertTrue(producer.errorNext(new TimeoutException("no")));
            assertEquals(Miss.UNSAVED, room.await(2, 1));
            session.close(Duration.ZERO);
            assertEquals(1, lines.all().size());
        }
        assertEquals(0, room.size());
        WaitingRoom hasty = new WaitingRoom(1);
        assertEquals(Miss.TIMEOUT, hasty.await(1, 2));
        assertEquals(Miss.TIMEOUT, hasty.await(2, 1));
        hasty.settled(1, null);
        hasty.settled(2, null);
        hasty.settled(1, null);
        assertEquals(0, hasty.size());
        hasty.settled(3, null);
        assertNull(hasty.await(3, 1), "settled before anybody waited");
        assertFalse(hasty.isAnybodyWaiting());
    }
}
