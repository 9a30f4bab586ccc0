package io.openmds.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Lines a second from the queue to the spool and back, on one thread, beside Kafka's authorizer log in a rolling file. In
 * turns, in one JVM; the best round of each counts. The spool is synced after every batch, the log never.
 */
final class ToDisk {
    private static final int LINES = Integer.getInteger("bench.lines", 300_000);
    private static final int AT_ONCE = 900;
    /** As much as the drain thread gives to the disk at once. */
    private static final int BATCH_BYTES = 1024 * 1024;
    private static final int ROUNDS = 4;
    private static final int READ_BYTES = 1024 * 1024;

    private final Path directory;

    ToDisk(Path directory) {
        this.directory = directory;
    }

    void measure() throws InterruptedException {
        double log = 0;
        double single = 0;
        double there = 0;
        double back = 0;
        double both = 0;
        for (int round = 0; round < ROUNDS; round++) {
            double[] own = spool(directory.resolve("round-" + round));
            double kafkas = log(2);
            double alone = log(1);
            if (round > 0) { // The first one is for the compiler.
                there = Math.max(there, own[0]);
                back = Math.max(back, own[1]);
                both = Math.max(both, 1 / (1 / own[0] + 1 / own[1]));
                log = Math.max(log, kafkas);
                single = Math.max(single, alone);
            }
        }
        Decisions.line("disk", "log4j2_per_s", log, "log4j2_one_thread_per_s", single, "spooled_per_s", there, "read_back_per_s", back, "both_per_s", both, "ratio",
                both / log);
    }

    /** Lines a second of all threads together. */
    private static double log(int threads) throws InterruptedException {
        Thread[] writers = new Thread[threads];
        long begun = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            writers[i] = new Thread(() -> write(LINES / threads));
            writers[i].start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        return LINES / ((System.nanoTime() - begun) / 1e9);
    }

    private static void write(int lines) {
        AuthorizableRequestContext context = Requests.request(0, "bench");
        List<List<Action>> actions = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            actions.add(List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "topic-" + i)));
        }
        List<AuthorizationResult> allowed = List.of(AuthorizationResult.ALLOWED);
        DecisionLog log = new DecisionLog(new LineBudget(0, () -> 0));
        for (int i = 0; i < lines; i++) {
            log.write(context, actions.get(i % 1_000), allowed);
        }
    }

    private static long drain(NativeEngine engine, byte[] batch, EventBatch events, Spool spool, FallbackLog fallback) {
        long before = System.nanoTime();
        events.read(batch, engine.drain(batch), spool::offer);
        spool.flush(fallback, event -> false);
        return System.nanoTime() - before;
    }

    /** Lines a second there, and back; what the request threads do is not counted. */
    private static double[] spool(Path place) {
        AuditCounters counters = new AuditCounters();
        byte[][] messages = Lines.messages();
        byte[] batch = new byte[BATCH_BYTES];
        long there = 0;
        try (NativeEngine engine = Lines.engine()) {
            Losses losses = new Losses(() -> 0);
            Spool spool = new Spool(engine, new SpoolSettings(new PluginConfig(Map.of(SpoolSettings.DIRECTORY, place.toString(),
                    SpoolSettings.FSYNC, System.getProperty("bench.fsync", "batch"),
                    SpoolSettings.MAX_BYTES, Long.toString(4L << 30)))), counters, losses);
            spool.begin("broker-1");
            FallbackLog fallback = new FallbackLog(counters, losses, event -> false);
            EventBatch events = new EventBatch();
            for (int i = 0; i < LINES;) {
                for (int j = 0; j < AT_ONCE; j++) {
                    Lines.record(engine, messages[i++ % messages.length]);
                }
                there += drain(engine, batch, events, spool, fallback);
            }
            while (engine.counters()[NativeEngine.Counter.QUEUE_LENGTH.ordinal()] > 0) {
                there += drain(engine, batch, events, spool, fallback);
            }
            long before = System.nanoTime();
            long read = 0;
            while (counters.spoolWaiting > 0) {
                for (AuditEvent event : spool.read(READ_BYTES, false)) {
                    read += event.own ? 0 : 1;
                }
                spool.release();
            }
            long back = System.nanoTime() - before;
            if (counters.getFallback() > 0 || counters.getSpoolWaiting() > 0) {
                throw new IllegalStateException(counters.getFallback() + " in the fallback log, " + counters.getSpoolWaiting()
                        + " still on disk of " + read + " read");
            }
            spool.close();
            return new double[] {read / (there / 1e9), read / (back / 1e9)};
        }
    }
}
