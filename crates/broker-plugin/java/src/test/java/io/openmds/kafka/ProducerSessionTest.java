package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Every event given to a producer ends once: acknowledged, or as a line of the fallback log. */
class ProducerSessionTest {
    private final AuditCounters counters = new AuditCounters();
    private final Losses losses = new Losses(() -> 7);
    private final FallbackLog fallback = new FallbackLog(counters, losses);
    private long number;

    private AuditEvent event(String topic, String line) {
        return new AuditEvent(topic, line.getBytes(), ++number, false);
    }

    private static MockProducer<byte[], byte[]> mute() {
        return new MockProducer<>(false, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Test
    void acknowledgedEventsAreCountedAndCarryTheirContentType() {
        MockProducer<byte[], byte[]> producer = mute();
        ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
        session.send(event("confluent-audit-log-events", "{}"));
        assertEquals(1, session.inFlight());
        assertTrue(producer.completeNext());
        assertEquals(0, session.inFlight());
        assertEquals(0, session.inFlightBytes());
        assertEquals(1, counters.getDelivered());
        assertEquals(0, counters.getFallback());
        ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
        assertEquals("application/cloudevents+json", new String(sent.headers().lastHeader("content-type").value()));
        session.close(Duration.ZERO);
    }

    @Test
    void aRefusedEventGoesToTheFallbackAsTheSameLine() {
        try (FallbackLines lines = new FallbackLines()) {
            MockProducer<byte[], byte[]> producer = mute();
            ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
            session.send(event("t", "{\"id\":\"refused\"}"));
            assertTrue(producer.errorNext(new TimeoutException("expired")));
            session.close(Duration.ZERO);
            assertEquals(List.of("{\"id\":\"refused\"}"), lines.all());
            assertEquals(1, counters.getFallback());
            assertEquals(0, counters.getDelivered());
        }
    }

    @Test
    void whatAMuteProducerStillOwesGoesToTheFallbackOnce() {
        try (FallbackLines lines = new FallbackLines()) {
            MockProducer<byte[], byte[]> producer = mute();
            ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
            session.send(event("t", "a"));
            session.send(event("t", "b"));
            session.close(Duration.ZERO);
            producer.errorNext(new TimeoutException("late"));
            producer.completeNext();
            assertEquals(2, lines.all().size());
            assertEquals(2, counters.getFallback());
            assertEquals(0, counters.getDelivered());
            assertEquals(0, session.inFlight());
        }
    }

    @Test
    void aClosedProducerSendsStraightToTheFallback() {
        try (FallbackLines lines = new FallbackLines()) {
            MockProducer<byte[], byte[]> producer = mute();
            ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
            producer.close();
            session.send(event("t", "late"));
            assertEquals(List.of("late"), lines.all());
        }
    }

    @Test
    void anUnreachableDestinationKeepsEventsOutOfReachOfNobody() {
        PluginConfig config = new PluginConfig(Map.of());
        ExporterSettings settings = new ExporterSettings(config, new InterBroker(config));
        Destination nowhere = new Destination("no-such-host.invalid:1", false,
                Map.of("confluent-audit-log-events", OptionalLong.empty()), true);
        try (FallbackLines lines = new FallbackLines()) {
            Exporter exporter = new Exporter(settings, nowhere, "test", counters, fallback);
            FallbackLines.until(() -> {
                exporter.poll();
                return exporter.describe().startsWith("PAUSING");
            }, exporter::describe);
            exporter.send(event("confluent-audit-log-events", "event"));
            assertEquals(List.of("event"), lines.all());
            exporter.close(Duration.ZERO);
        }
    }
}
