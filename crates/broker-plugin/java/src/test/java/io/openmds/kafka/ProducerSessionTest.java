package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Every event given to a producer ends once: acknowledged, or as a line of the fallback log. */
class ProducerSessionTest {
    private final AuditCounters counters = new AuditCounters();
    private final Losses losses = new Losses(() -> 7);
    private final FallbackLog fallback = new FallbackLog(counters, losses, event -> false);
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
        session.send(event("confluent-audit-log-events", "{\"specversion\":\"1.0\"}"), false);
        assertEquals(1, session.inFlight());
        assertTrue(producer.completeNext());
        assertEquals(0, session.inFlight());
        assertEquals(0, session.inFlightBytes());
        assertEquals(1, counters.getDelivered());
        assertEquals(0, counters.getFallback());
        ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
        assertEquals("application/cloudevents+json", new String(sent.headers().lastHeader("content-type").value()));
        for (String ocsf : List.of("{\"metadata\":{\"version\":\"1.8.0\"}}", "{}")) {
            session.send(event("ocsf", ocsf), false);
            ProducerRecord<byte[], byte[]> last = producer.history().get(producer.history().size() - 1);
            assertEquals("application/json", new String(last.headers().lastHeader("content-type").value()));
            assertTrue(producer.completeNext());
        }
        session.close(Duration.ZERO);
    }

    @Test
    void aRefusedEventGoesToTheFallbackAsTheSameLine() {
        try (FallbackLines lines = new FallbackLines()) {
            MockProducer<byte[], byte[]> producer = mute();
            ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
            session.send(event("t", "{\"id\":\"refused\"}"), false);
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
            session.send(event("t", "a"), false);
            session.send(event("t", "b"), false);
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
            session.send(event("t", "late"), false);
            assertEquals(List.of("late"), lines.all());
        }
    }

    @Test
    void whatAStalledProducerHasIsSentByAnotherWithTheSameBytesAndOnlyOnce() {
        try (FallbackLines lines = new FallbackLines()) {
            MockProducer<byte[], byte[]> stalled = mute();
            ProducerSession first = new ProducerSession(stalled, "logs:9092", counters, fallback);
            for (String line : List.of("a", "b", "c")) {
                first.send(event("t", line), false);
            }
            assertTrue(stalled.completeNext());
            assertEquals(2, counters.underWay.sum());
            Redo redo = new Redo(counters);
            redo.add(first.take());
            assertEquals(2, counters.underWay.sum(), "they go on waiting");
            assertTrue(stalled.completeNext(), "an acknowledgement that comes too late");
            first.close(Duration.ZERO);
            assertEquals(List.of(), lines.all());
            assertEquals(1, counters.getDelivered());

            MockProducer<byte[], byte[]> another = mute();
            ProducerSession second = new ProducerSession(another, "logs:9092", counters, fallback);
            while (!redo.isEmpty()) {
                redo.next(event -> second.send(event, true));
            }
            assertEquals(stalled.history().subList(1, 3).stream().map(ProducerRecord::value).collect(Collectors.toList()),
                    another.history().stream().map(ProducerRecord::value).collect(Collectors.toList()), "the same bytes");
            assertTrue(another.completeNext());
            assertEquals(List.of(2L, 1L), List.of(counters.getDelivered(), counters.underWay.sum()));
            assertEquals(List.of(), second.take(), "nothing is sent a third time");
            assertEquals(List.of("c"), lines.all());
            assertEquals(0, counters.underWay.sum());
            assertEquals(List.of("3-3"), losses.take().get(0).all("range"));
        }
    }

    /** As Kafka's own: it says at once, to whoever sends, that it knows nothing of the topic, and takes nothing. */
    private static final class Ignorant extends MockProducer<byte[], byte[]> {
        private boolean ignorant = true;
        private KafkaException says = new TimeoutException("Topic t not present in metadata after 0 ms.");

        Ignorant() {
            super(false, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic) {
            if (ignorant) {
                throw says;
            }
            return super.partitionsFor(topic);
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> event, Callback callback) {
            if (!ignorant) {
                return super.send(event, callback);
            }
            callback.onCompletion(null, new TimeoutException("Topic t not present in metadata after 0 ms."));
            return CompletableFuture.failedFuture(new TimeoutException());
        }
    }

    @Test
    void whatAProducerDoesNotTakeIsTheSendersAndNoLoss() {
        try (FallbackLines lines = new FallbackLines(); Ignorant producer = new Ignorant()) {
            ProducerSession session = new ProducerSession(producer, "logs:9092", counters, fallback);
            AuditEvent event = event("t", "a");
            for (KafkaException says : List.of(producer.says, new SaslAuthenticationException("a rotated password"),
                    new TopicAuthorizationException("t"))) {
                producer.says = says;
                assertFalse(session.knows(List.of("t")), says.toString());
            }
            assertFalse(session.send(event, false));
            assertEquals(List.of(0L, 0L, 0L), List.of(session.inFlight(), session.inFlightBytes(), counters.underWay.sum()));
            producer.ignorant = false;
            assertTrue(session.knows(List.of("t")));
            assertTrue(session.send(event, false));
            assertEquals(List.of(1L, 1L, 1L), List.of(session.inFlight(), session.inFlightBytes(), counters.underWay.sum()));
            assertTrue(producer.completeNext());
            session.close(Duration.ZERO);
            assertEquals(List.of(1L, 0L, 0L), List.of(counters.getDelivered(), counters.underWay.sum(), session.inFlight()));
            assertEquals(List.of(), lines.all());
            assertTrue(losses.isEmpty());
        }
    }

    @Test
    void noSendMayWait() {
        PluginConfig config = new PluginConfig(Map.of(PluginConfig.EXPORTER + "max.block.ms", "60000"));
        ExporterSettings settings = new ExporterSettings(config, new InterBroker(config));
        Destination somewhere = new Destination("logs:9092", false, Map.of(), true);
        assertEquals(0L, settings.producer(somewhere, "test").get("max.block.ms"));
        assertEquals(60_000, settings.maxBlockMs());
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
