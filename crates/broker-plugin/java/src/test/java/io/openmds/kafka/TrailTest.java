package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers, chain and account of an instance, from its start to its end. No destination answers: all lines are in the fallback log. */
class TrailTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CREATE_TOPICS = 19;
    private static final int ENVELOPE = 58;
    private static final int THREADS = 8;
    private static final int EACH = 500;

    @TempDir
    Path directory;

    private static String hash(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** Every event names the next number and the hash of the line before it; the events by their numbers. */
    private static List<JsonNode> checkChain(List<String> lines) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        JsonNode first = JSON.readTree(lines.get(0));
        String chain = first.path("chain").asText();
        long next = 1;
        for (String line : lines) {
            JsonNode event = JSON.readTree(line);
            assertEquals(Long.toString(next), event.path("sequence").asText(), line);
            assertEquals(chain, event.path("chain").asText(), line);
            assertEquals(first.path("epoch"), event.path("epoch"));
            next = event.path("sequencelast").asLong(next) + 1;
            chain = hash(line);
            events.add(event);
        }
        return events;
    }

    private static String statement(String epoch, String previous) {
        return "openmds-epoch-v1\n" + Requests.CLUSTER_ID + "/broker-1\n" + epoch + "\n" + previous;
    }

    private static void ask(OpenMdsAuthorizer authorizer, int api, String user, Action... actions) {
        authorizer.authorize(Requests.request(api, user), List.of(actions));
    }

    @Test
    void eachEpochIsAChainThatNamesTheOneBefore() throws Exception {
        String previous = "-\n-\n-";
        for (int round = 0; round < 2; round++) {
            try (FallbackLines lines = new FallbackLines()) {
                try (OpenMdsAuthorizer authorizer = Requests.started(TrailSettings.DIRECTORY, directory.resolve("trail").toString())) {
                    ask(authorizer, CREATE_TOPICS, "alice", Requests.createTopic("a"), Requests.createTopic("b"));
                }
                List<String> whole = lines.whole();
                List<JsonNode> events = checkChain(whole);
                JsonNode first = events.get(0);
                assertEquals("io.openmds.trail/epoch", first.path("type").asText());
                String epoch = first.path("epoch").asText();
                assertEquals(hash(statement(epoch, previous)), first.path("chain").asText());
                assertEquals(2, lines.all().size());
                JsonNode last = events.get(events.size() - 1);
                assertTrue(last.path("data").path("last").asBoolean(), last.toString());
                JsonNode loss = events.get(events.size() - 2).path("data");
                assertEquals("[[1,3]]", loss.path("ranges").toString(), "all but what is told of them");
                assertEquals("fallback", loss.path("reason").asText());
                previous = epoch + "\n" + events.size() + "\n" + hash(whole.get(whole.size() - 1));
                String kept = Files.readString(directory.resolve("trail/epoch-broker-1"));
                assertEquals("openmds-epoch-file-v1 " + previous.replace('\n', ' ') + "\n", kept);
            }
        }
    }

    @Test
    void anInstanceThatEmitsNothingOpensNothing() throws Exception {
        try (FallbackLines lines = new FallbackLines()) {
            Requests.started(TrailSettings.DIRECTORY, directory.resolve("trail").toString()).close();
            assertEquals(List.of(), lines.whole());
            assertFalse(Files.exists(directory.resolve("trail")));
        }
    }

    @Test
    void minimalLinesHaveNumbersToo() throws Exception {
        try (FallbackLines lines = new FallbackLines()) {
            try (OpenMdsAuthorizer authorizer = Requests.started()) {
                authorizer.trailForTest().breakNextRecordForTest();
                ask(authorizer, CREATE_TOPICS, "alice", Requests.createTopic("a"));
                lines.await(line -> line.contains("io.openmds.kafka/unrouted"));
                ask(authorizer, CREATE_TOPICS, "alice", Requests.createTopic("b"));
                assertTrue(authorizer.countersForTest().isBalanced(), authorizer.countersForTest().getAccount());
            }
            List<String> inOrder = new ArrayList<>(lines.whole());
            inOrder.sort((a, b) -> Long.compare(number(a), number(b)));
            List<JsonNode> events = checkChain(inOrder);
            JsonNode minimal = events.get(1);
            assertEquals("io.openmds.kafka/unrouted", minimal.path("type").asText());
            List<String> losses = new ArrayList<>();
            events.stream().filter(event -> event.path("type").asText().endsWith("/loss"))
                    .forEach(event -> losses.add(event.path("data").path("reason").asText() + event.path("data").path("ranges")));
            assertTrue(losses.contains("unrecorded[[2,2]]"), losses.toString());
            JsonNode account = events.get(events.size() - 1).path("data").path("account");
            assertEquals("{\"unrecorded\":1}", account.path("dropped").toString());
            assertEquals(2, account.path("decided").asInt());
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceFirst(".*\"sequence\":\"(\\d+)\".*", "$1"));
    }

    /** The equations, after eight threads, at rest and at the end, in each way of deciding. */
    @Test
    void theAccountIsExactAtAnyQuietMoment() throws Exception {
        for (String mode : new String[] {"off", "shadow", "enforce"}) {
            try (FallbackLines lines = new FallbackLines()) {
                AuditCounters counters;
                try (OpenMdsAuthorizer authorizer = Requests.started("openmds.authorizer.enable", Boolean.toString(!mode.equals("off")),
                        "openmds.authorizer.mode", mode.equals("shadow") ? "shadow" : "enforce",
                        PluginConfig.QUEUE_MAX_BYTES, "262144")) {
                    counters = authorizer.countersForTest();
                    for (int round = 0; round < 3; round++) {
                        flood(authorizer);
                        FallbackLines.until(counters::isBalanced, counters::getAccount);
                    }
                    assertEquals(3 * THREADS * (EACH * 2 + EACH / 5), counters.account().of("decided"), counters.getAccount());
                }
                Account end = counters.account();
                assertTrue(end.balances(), end.toString());
                assertEquals(0, end.of("waiting"), end.toString());
                assertNotEquals(0, end.of("dropped.unrecorded"), end.toString());
                assertNotEquals(0, end.of("suppressed"), end.toString());
                assertNotEquals(0, end.of("not_routed"), end.toString());
                assertEquals(end.of("fallback"), lines.all().stream().filter(line -> line.contains("kafka.server/")).count());
                List<String> inOrder = new ArrayList<>(lines.whole());
                inOrder.removeIf(line -> !line.contains("\"sequence\":\""));
                inOrder.sort((a, b) -> Long.compare(number(a), number(b)));
                List<JsonNode> events = checkChain(inOrder);
                JsonNode told = events.get(events.size() - 1).path("data");
                assertTrue(told.path("last").asBoolean() && !told.path("moving").asBoolean(), told.toString());
                assertEquals(end.of("decided"), told.path("account").path("decided").asLong());
                assertEquals(end.of("fallback"), told.path("account").path("fallback").asLong());
                assertEquals(end.of("dropped.queue-full"), told.path("account").path("dropped").path("queue-full").asLong());
            }
        }
    }

    private static void flood(OpenMdsAuthorizer authorizer) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < EACH; i++) {
                    if (i % 100 == 50) {
                        authorizer.trailForTest().breakNextRecordForTest();
                    }
                    ask(authorizer, CREATE_TOPICS, "alice", Requests.createTopic("t-" + number + "-" + i),
                            Requests.unlogged(AclOperation.DESCRIBE, ResourceType.TOPIC, "x"));
                    if (i % 5 == 0) {
                        ask(authorizer, ENVELOPE, "alice", Requests.createTopic("x"));
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void lossesAreRunsOfNumbers() {
        Losses losses = new Losses(() -> 7);
        for (long number : new long[] {5, 3, 4, 9, 0, 4, 8}) {
            losses.add(Losses.Reason.FALLBACK, new AuditEvent("t", new byte[0], number, false));
        }
        losses.add(Losses.Reason.RECORD_TOO_LARGE, new AuditEvent("u", new byte[0], 6, false));
        List<Pairs> told = losses.take();
        assertEquals(2, told.size());
        assertEquals(List.of("6-6"), told.get(0).all("range"));
        assertEquals(List.of("3-5", "8-9"), told.get(1).all("range"));
        assertEquals(List.of("5"), told.get(1).all("topic_count"));
        assertEquals("7", told.get(1).first("from"));
        assertTrue(losses.isEmpty() && losses.take().isEmpty());
        for (long number = 1; number <= 1_000; number++) {
            assertEquals(number > 500, losses.isPressing());
            losses.add(Losses.Reason.FALLBACK, new AuditEvent("t", new byte[0], number * 2, false));
        }
        List<Pairs> many = losses.take();
        assertEquals(List.of(500, 500), List.of(many.get(0).all("range").size(), many.get(1).all("range").size()));
        assertEquals(List.of(), many.get(1).all("topic"));
    }
}
