package io.openmds.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Events a second to a real cluster: a bare loop that gives finished events to a producer, the exporter with the same events,
 * and the whole way from the queue. The same settings of the producer, in turns, in one JVM; the best round of each counts.
 */
final class Delivery {
    private static final int ROUND_SECONDS = Integer.getInteger("bench.delivery.s", 5);
    private static final int ROUNDS = 3;

    private final String servers;
    private final List<AuditEvent> finished = Lines.finished(20_000);

    Delivery(String servers) {
        this.servers = servers;
    }

    void measure() throws Exception {
        List<String> settings = new ArrayList<>();
        Lines.exporter(servers).forEach((key, value) -> settings.addAll(List.of(key, value)));
        double[] best = new double[3];
        long lost;
        try (OpenMdsAuthorizer node = Lines.node(settings.toArray(new String[0]))) {
            for (int round = 0; round <= ROUNDS; round++) {
                for (int i = 0; i < best.length; i++) {
                    int subject = round % 2 == 0 ? i : best.length - 1 - i;
                    double rate = subject == 0 ? bare() : subject == 1 ? exporter() : whole(node);
                    best[subject] = round == 0 ? 0 : Math.max(best[subject], rate); // The first one is for the compiler.
                }
            }
            lost = node.countersForTest().getFallback() + node.countersForTest().getDroppedQueueFull();
        }
        Decisions.line("delivered", "bare_per_s", best[0], "exporter_per_s", best[1], "whole_per_s", best[2], "exporter_ratio",
                best[1] / best[0], "whole_ratio", best[2] / best[0], "lost", lost, "line_bytes", finished.get(100).line.length);
    }

    /** Finished events through the exporter: everything acknowledged, and in the account. */
    private double exporter() {
        PluginConfig config = new PluginConfig(Lines.exporter(servers));
        AuditCounters counters = new AuditCounters();
        FallbackLog fallback = new FallbackLog(counters, new Losses(() -> 0), event -> false);
        Exporter exporter = new Exporter(new ExporterSettings(config, new InterBroker(config)), Lines.destination(servers),
                "bench-exporter", counters, fallback);
        Lines.until("the exporter", 60, () -> {
            exporter.poll();
            return exporter.accepts();
        });
        long begun = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - begun < ROUND_SECONDS * 1_000_000_000L) {
            exporter.poll();
            if (!exporter.accepts()) {
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            for (int i = 0; i < 100; i++) {
                exporter.send(finished.get((int) (count++ % finished.size())));
            }
        }
        long sent = count;
        Lines.until("all to be delivered", 60, () -> exporter.inFlight() == 0);
        double rate = count / ((System.nanoTime() - begun) / 1e9);
        exporter.close(Duration.ofSeconds(10));
        if (counters.delivered.sum() + counters.getFallback() < sent * 0.99 || counters.getFallback() > 0) {
            throw new IllegalStateException(sent + " sent, " + counters.delivered.sum() + " delivered");
        }
        return rate;
    }

    private double bare() {
        PluginConfig config = new PluginConfig(Map.of());
        Map<String, Object> settings = new ExporterSettings(config, new InterBroker(config))
                .producer(Lines.destination(servers), "bench-bare");
        long begun = System.nanoTime();
        long count = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            while (System.nanoTime() - begun < ROUND_SECONDS * 1_000_000_000L) {
                for (int i = 0; i < 100; i++) {
                    AuditEvent event = finished.get((int) (count++ % finished.size()));
                    producer.send(new ProducerRecord<>(event.topic, null, null, null, event.line, event.headers()));
                }
            }
            producer.flush();
            return count / ((System.nanoTime() - begun) / 1e9);
        }
    }

    /** From the queue: written, numbered, chained, sent, acknowledged. */
    private static double whole(OpenMdsAuthorizer node) throws InterruptedException {
        AuditCounters counters = node.countersForTest();
        Lines.until("the exporter", 60, () -> counters.getExporterState().startsWith("READY") || recordOne(node));
        Lines.until("the queue to be empty", 60, () -> counters.account().of("waiting") == 0);
        long before = counters.getDelivered();
        long begun = System.nanoTime();
        try (Feeder feeder = new Feeder(node.engineForTest(), 0)) {
            Thread.sleep(ROUND_SECONDS * 1_000L);
        }
        Lines.until("all to be delivered", 60, () -> counters.account().of("waiting") == 0);
        return (counters.getDelivered() - before) / ((System.nanoTime() - begun) / 1e9);
    }

    private static boolean recordOne(OpenMdsAuthorizer node) {
        Lines.record(node.engineForTest(), Lines.messages()[0]);
        return false;
    }
}
