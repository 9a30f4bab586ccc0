package io.openmds.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
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

    /**
     * Sends one event; milliseconds for which the producer held the caller.
     *
     * @param again whether another producer had it before, and never answered
     */
    long send(AuditEvent event, boolean again) {
        long before = now();
        if (inFlight.getAndIncrement() == 0) {
            progress = before;
        }
        inFlightBytes.addAndGet(event.line.length);
        counters.underWay.add(event.own ? 0 : 1);
        Owed debt = new Owed(event, again);
        owed.add(debt);
        try {
            producer.send(new ProducerRecord<>(event.topic, null, null, null, event.line, event.headers()), debt);
        } catch (RuntimeException | LinkageError e) {
            debt.settle(e);
        }
        return now() - before;
    }

    /**
     * Gives up waiting: what the producer has not answered for, in the order of numbers, to be sent by another one. What was
     * sent twice already goes to the fallback log instead. The destination may have some of it: the same lines come again.
     */
    List<AuditEvent> take() {
        List<AuditEvent> taken = new ArrayList<>();
        owed.forEach(debt -> {
            if (debt.again) {
                debt.settle(new IllegalStateException("two producers were given it and acknowledged nothing"));
            } else if (debt.release()) {
                taken.add(debt.event);
            }
        });
        taken.sort(Comparator.comparingLong(event -> event.number));
        return taken;
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

    private void warn(Throwable e) {
        if (warn.now()) {
            LOG.warn("An audit event was not delivered to {} and went to the fallback log ({} so far in all): {}",
                    servers, counters.fallback.sum(), e.toString());
        }
    }

    /** An event that the producer has and has not answered for. */
    private final class Owed implements Callback {
        private final AuditEvent event;
        private final boolean again;
        private final AtomicBoolean settled = new AtomicBoolean();

        Owed(AuditEvent event, boolean again) {
            this.event = event;
            this.again = again;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            settle(failure);
        }

        /** Whether it was still open: from now on it is somebody else's. */
        boolean release() {
            if (!settled.compareAndSet(false, true)) {
                return false;
            }
            owed.remove(this);
            inFlightBytes.addAndGet(-event.line.length);
            inFlight.decrementAndGet();
            counters.underWay.add(event.own ? 0 : -1);
            return true;
        }

        private void unsent(Throwable failure) {
            if (failure instanceof RecordTooLargeException) {
                fallback.refused(event, Losses.Reason.RECORD_TOO_LARGE);
            } else if (failure instanceof TopicAuthorizationException || failure instanceof InvalidTopicException) {
                fallback.refused(event, Losses.Reason.FALLBACK);
            } else {
                fallback.write(event, Losses.Reason.FALLBACK);
            }
        }

        void settle(Throwable failure) {
            if (!settled.compareAndSet(false, true)) {
                return;
            }
            owed.remove(this);
            inFlightBytes.addAndGet(-event.line.length);
            if (failure == null) {
                progress = now();
                counters.delivered.add(event.own ? 0 : 1);
                event.delivered();
            } else {
                unsent(failure);
                warn(failure);
            }
            counters.underWay.add(event.own ? 0 : -1);
            inFlight.decrementAndGet();
        }
    }
}
