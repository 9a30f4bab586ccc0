package io.openmds.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer and what it owes: every event given to it ends exactly once, either acknowledged or in
 * the fallback log, also when the producer never answers.
 */
final class ProducerSession {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerSession.class);

    private final Producer<byte[], byte[]> producer;
    private final String servers;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    private final Set<Owed> owed = ConcurrentHashMap.newKeySet();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong inFlightBytes = new AtomicLong();
    private final Seldom warn = new Seldom();
    private volatile long progress = now();

    ProducerSession(Producer<byte[], byte[]> producer, String servers, AuditCounters counters, FallbackLog fallback) {
        this.producer = producer;
        this.servers = servers;
        this.counters = counters;
        this.fallback = fallback;
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    long inFlight() {
        return inFlight.get();
    }

    long inFlightBytes() {
        return inFlightBytes.get();
    }

    /** How long events have been waiting without a single acknowledgement. */
    long stalledMs() {
        return inFlight.get() == 0 ? 0 : now() - progress;
    }

    /** Sends one event; milliseconds for which the producer held the caller. */
    long send(String topic, byte[] event) {
        long before = now();
        if (inFlight.getAndIncrement() == 0) {
            progress = before;
        }
        inFlightBytes.addAndGet(event.length);
        Owed debt = new Owed(event);
        owed.add(debt);
        try {
            producer.send(new ProducerRecord<>(topic, null, null, null, event, Exporter.HEADERS), debt);
        } catch (RuntimeException e) {
            debt.settle(e);
        }
        return now() - before;
    }

    /** Waits at most so long for acknowledgements; what is owed then goes to the fallback log. */
    void close(Duration patience) {
        try {
            producer.close(patience);
        } catch (RuntimeException e) {
            LOG.warn("The producer for {} did not close cleanly: {}", servers, e.toString());
        }
        owed.forEach(debt -> debt.settle(new IllegalStateException("the producer was closed")));
    }

    private void warn(Exception e) {
        if (warn.now()) {
            LOG.warn("An audit event was not delivered to {} and went to the fallback log ({} so far in all): {}",
                    servers, counters.fallback.sum(), e.toString());
        }
    }

    /** An event that the producer has and has not answered for. */
    private final class Owed implements Callback {
        private final byte[] event;
        private final AtomicBoolean settled = new AtomicBoolean();

        Owed(byte[] event) {
            this.event = event;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            settle(failure);
        }

        void settle(Exception failure) {
            if (!settled.compareAndSet(false, true)) {
                return;
            }
            owed.remove(this);
            inFlightBytes.addAndGet(-event.length);
            inFlight.decrementAndGet();
            if (failure == null) {
                progress = now();
                counters.delivered.increment();
            } else {
                fallback.write(event);
                warn(failure);
            }
        }
    }
}
