package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An engine whose epoch is open, its spool, and a destination that does what it is told. */
final class SpoolBench implements Replay.Way, AutoCloseable {
    final AuditCounters counters = new AuditCounters();
    final Losses losses = new Losses(() -> 7);
    final NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "1048576"));
    final Spool spool;
    final FallbackLog fallback;
    final Replay replay;
    final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, new ByteArraySerializer(), new ByteArraySerializer());
    final ProducerSession session;
    final String epoch;

    SpoolBench(Path directory) {
        spool = new Spool(engine, new SpoolSettings(
                new PluginConfig(Map.of(SpoolSettings.DIRECTORY, directory.toString()))), counters, losses);
        fallback = new FallbackLog(counters, losses, spool::offer);
        replay = new Replay(spool, counters, fallback);
        session = new ProducerSession(producer, "logs:9092", counters, fallback);
        engine.identify(Requests.CLUSTER_ID);
        epoch = engine.tell(new Pairs().add("what", "open").add("node", "broker-1").add("in_flight_bytes", "0")).first("epoch");
        spool.begin("broker-1");
        assertTrue(spool.isOpen());
    }

    /** The destination does not take so many events. */
    void spill(int count) {
        spill(1, count);
    }

    void spill(int first, int last) {
        for (int i = first; i <= last; i++) {
            fallback.write(event(i), Losses.Reason.FALLBACK);
        }
        spool.flush(fallback, event -> false);
    }

    /** Two of these are a batch, nearly. */
    void spillLarge(int count) {
        String padding = "x".repeat(400_000);
        for (int i = 1; i <= count; i++) {
            byte[] line = ("{\"sequence\":\"" + i + "\",\"padding\":\"" + padding + "\"}").getBytes();
            fallback.write(new AuditEvent("t", line, i, false), Losses.Reason.FALLBACK);
        }
        spool.flush(fallback, event -> false);
    }

    AuditEvent event(int number) {
        return new AuditEvent(number % 5 == 0 ? "gone" : "t", ("{\"sequence\":\"" + number + "\",\"data\":{}}").getBytes(),
                number, false);
    }

    @Override
    public boolean accepts() {
        return true;
    }

    @Override
    public boolean knows(String topic) {
        return topic.equals("t");
    }

    @Override
    public void send(AuditEvent event) {
        session.send(event, false);
    }

    List<String> sent() {
        List<String> sent = new ArrayList<>();
        producer.history().forEach(record -> sent.add(new String(record.value()).replaceAll("[^0-9]", "")));
        return sent;
    }

    @Override
    public void close() {
        session.close(Duration.ZERO);
        spool.close();
        engine.close();
    }
}
