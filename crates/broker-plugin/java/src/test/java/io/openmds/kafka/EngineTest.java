package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openmds.kafka.NativeEngine.Counter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The native library as it is shipped: what must hold at the boundary whatever happens behind it. */
class EngineTest {
    private static final int CREATE_TOPICS = 19;

    @BeforeAll
    static void load() {
        NativeLibrary.load(null);
    }

    private static NativeEngine engine(long queueBytes) {
        NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", Long.toString(queueBytes)));
        engine.identify(Requests.CLUSTER_ID);
        return engine;
    }

    private static int record(NativeEngine engine, String topic) {
        RequestCodec codec = RequestCodec.ofThread();
        List<Action> actions = List.of(Requests.createTopic(topic));
        int length = codec.encode(Requests.request(CREATE_TOPICS, "alice"), actions, List.of(AuthorizationResult.DENIED));
        return engine.record(codec.bytes(), length);
    }

    private static List<String> drainAll(NativeEngine engine) {
        List<String> events = new ArrayList<>();
        byte[] batch = new byte[64 * 1024];
        for (int length = engine.drain(batch); length > 0; length = engine.drain(batch)) {
            new EventBatch().read(batch, length, event -> events.add(new String(event.line)));
        }
        return events;
    }

    private static long counted(NativeEngine engine, Counter counter) {
        return engine.counters()[counter.ordinal()];
    }

    @Test
    void aPanicIsSurvivedCountedAndExplained() {
        try (NativeEngine engine = engine(1 << 20)) {
            engine.breakNextRecordForTest();
            assertEquals(NativeEngine.UNRECORDED, record(engine, "a"));
            assertEquals(1, counted(engine, Counter.PANICS));
            assertTrue(NativeEngine.lastPanic().contains("on purpose"));
            assertEquals(NativeEngine.DONE, record(engine, "b"));
            assertEquals(1, drainAll(engine).size());
        }
    }

    @Test
    void aPanicWhileRoutingLeavesTheDecisionAndAMinimalLine() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.trailForTest().breakNextRecordForTest();
            assertEquals(List.of(AuthorizationResult.ALLOWED),
                    authorizer.authorize(Requests.request(CREATE_TOPICS, "admin"), List.of(Requests.createTopic("q\"\n"))));
            String line = lines.await(text -> text.contains("io.openmds.kafka/unrouted"));
            assertTrue(line.contains("\"principal\":\"User:admin\""), line);
            assertTrue(line.contains("\"granted\":true,\"operation\":\"CREATE\",\"resourceType\":\"TOPIC\","
                    + "\"resourceName\":\"q\\\"\\u000a\""), line);
            assertEquals(1, authorizer.trailForTest().counters.getPanics());
        }
    }

    @Test
    void aClosedHandleIsAnAnswerAndNotACrash() {
        NativeEngine engine = engine(1 << 20);
        assertEquals(NativeEngine.DONE, record(engine, "a"));
        engine.close();
        engine.close();
        assertEquals(NativeEngine.CLOSED, record(engine, "b"));
        assertTrue(NativeEngine.failed(engine.drain(new byte[1024])));
        assertThrows(IllegalStateException.class, () -> engine.check(""));
        assertEquals(0, engine.fillPermille());
        assertEquals(1, counted(engine, Counter.ENQUEUED), "the last account was not kept");
        engine.identify("other");
        engine.breakNextRecordForTest();
    }

    @Test
    void closingWhileOthersRecordCrashesNobody() throws Exception {
        for (int round = 0; round < 50; round++) {
            NativeEngine engine = engine(1 << 20);
            CountDownLatch started = new CountDownLatch(3);
            AtomicInteger strange = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    started.countDown();
                    int code = record(engine, "t");
                    while (code == NativeEngine.DONE) {
                        code = record(engine, "t");
                    }
                    strange.addAndGet(code == NativeEngine.CLOSED ? 0 : 1);
                });
                thread.start();
                threads.add(thread);
            }
            started.await();
            engine.drain(new byte[64 * 1024]);
            engine.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, strange.get());
        }
    }

    @Test
    void twoInstancesShareTheLibraryAndNothingElse() {
        NativeEngine one = engine(1 << 20);
        try (NativeEngine other = engine(1 << 20)) {
            record(one, "a");
            one.close();
            assertEquals(NativeEngine.DONE, record(other, "b"));
            assertEquals(1, drainAll(other).size());
        }
    }

    @Test
    void aFullQueueCountsWhatItCannotTakeAndLosesNothingElse() {
        try (NativeEngine engine = engine(64 * 1024)) {
            int asked = 10_000;
            for (int i = 0; i < asked; i++) {
                assertEquals(NativeEngine.DONE, record(engine, "topic-" + i));
            }
            long dropped = counted(engine, Counter.DROPPED_QUEUE_FULL);
            assertTrue(dropped > 0);
            List<String> events = drainAll(engine);
            assertEquals(asked, dropped + events.size());
            assertEquals(counted(engine, Counter.ENQUEUED), events.size());
            assertEquals(0, engine.fillPermille());
            assertEquals(NativeEngine.DONE, record(engine, "again"));
            assertEquals(1, drainAll(engine).size());
        }
    }

    @Test
    void everyEventOfEveryThreadIsDrainedOnceWithAnIdOfItsOwn() throws Exception {
        try (NativeEngine engine = engine(16 << 20)) {
            int threads = 4;
            int each = 2_000;
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        record(engine, "topic-" + number + "-" + i);
                    }
                });
                thread.start();
                running.add(thread);
            }
            List<String> events = new ArrayList<>();
            for (Thread thread : running) {
                thread.join();
            }
            events.addAll(drainAll(engine));
            Set<String> ids = new HashSet<>();
            Set<String> topics = new HashSet<>();
            for (String event : events) {
                ids.add(event.replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1"));
                topics.add(event.replaceFirst(".*\"resourceType\":\"Topic\",\"resourceName\":\"([^\"]+)\".*", "$1"));
            }
            assertEquals(threads * each, ids.size());
            assertEquals(threads * each, topics.size());
        }
    }

    @Test
    void aBatchThatDoesNotFitIsOfferedAgain() {
        try (NativeEngine engine = engine(1 << 20)) {
            record(engine, "x".repeat(40_000));
            byte[] small = new byte[1024];
            int needed = engine.drain(small);
            assertTrue(needed < -40_000 && !NativeEngine.failed(needed), "" + needed);
            byte[] enough = new byte[-needed];
            assertEquals(-needed, engine.drain(enough));
            assertEquals(0, engine.drain(enough));
        }
    }

    @Test
    void decisionsBeforeTheClusterIsKnownAreRoutedOnceItIs() {
        try (NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "1000000"))) {
            record(engine, "early");
            assertEquals(0, engine.drain(new byte[10_000]));
            engine.identify(Requests.CLUSTER_ID);
            List<String> events = drainAll(engine);
            assertEquals(1, events.size());
            assertTrue(events.get(0).contains("/kafka=" + Requests.CLUSTER_ID + "/topic=early"), events.get(0));
            assertTrue(events.get(0).contains("\"route\":\"confluent-audit-log-events\""), events.get(0));
        }
    }

    @Test
    void garbageIsRefusedAndCounted() {
        try (NativeEngine engine = engine(1 << 20)) {
            byte[] garbage = new byte[100];
            assertEquals(NativeEngine.MALFORMED, engine.record(garbage, 100));
            assertEquals(NativeEngine.MALFORMED, engine.record(garbage, 0));
            assertEquals(NativeEngine.MALFORMED, engine.record(garbage, -5));
            assertEquals(3, counted(engine, Counter.MALFORMED));
            assertEquals(NativeEngine.REFUSED, engine.record(garbage, 1_000), "read beyond the array");
            assertFalse(engine.check("{}").all("interest").isEmpty());
        }
    }
}
