package io.openmds.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer and what it owes: every event given to it ends exactly once, either acknowledged or in
 * the fallback log, also when the producer never answers.
 */
final class ProducerSession {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerSession.class);

    /** So many settled ones may stay behind one that is not. */
    private static final int MANY = 4_096;

    private final Producer<byte[], byte[]> producer;
    private final String servers;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    /** In the order of sending, settled ones among them. Belongs to whoever sends, and at the end to whoever closes. */
    private final ArrayDeque<Owed> owed = new ArrayDeque<>();
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
     * Whether it knows where the partitions of all these topics are; else it asks, and answers later. Without that a send
     * would have to wait. A producer that cannot log in any more says so here, and knows nothing.
     */
    boolean knows(Collection<String> topics) {
        boolean known = true;
        for (String topic : topics) {
            try {
                producer.partitionsFor(topic);
            } catch (KafkaException e) {
                known = false;
            }
        }
        return known;
    }

    /**
     * Sends one event, without waiting; whether the producer took it, or will never take it. If not, the event is the caller's.
     *
     * @param again whether another producer had it before, and never answered
     */
    boolean send(AuditEvent event, boolean again) {
        if (inFlight.getAndIncrement() == 0) {
            progress = now();
        }
        inFlightBytes.addAndGet(event.line.length);
        counters.underWay.add(event.own ? 0 : 1);
        Owed debt = new Owed(event, again);
        forget();
        owed.addLast(debt);
        try {
            producer.send(new ProducerRecord<>(event.topic, null, null, null, event.line, event.headers()), debt);
        } catch (RuntimeException | LinkageError e) {
            debt.settle(e);
        }
        debt.sent = true;
        return !debt.untaken;
    }

    /** Those that are settled: mostly the first ones; behind one that is not, once they are many. */
    private void forget() {
        while (!owed.isEmpty() && owed.peekFirst().get()) {
            owed.removeFirst();
        }
        if (owed.size() > 2 * inFlight.get() + MANY) {
            owed.removeIf(AtomicBoolean::get);
        }
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
            } else {
                AuditEvent event = debt.event;
                if (debt.release()) {
                    taken.add(event);
                }
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
            LOG.warn("An audit event was not delivered to {}: {}. Such events wait on disk where {} says so; {} are in the fallback"
                    + " log so far", servers, e.toString(), SpoolSettings.DIRECTORY, counters.fallback.sum());
        }
    }

    /** An event that the producer has; true once it has answered for it. */
    private final class Owed extends AtomicBoolean implements Callback {
        private static final long serialVersionUID = 1;
        /** Null once it is settled: the line is not kept any longer. */
        private transient volatile AuditEvent event;
        private final boolean again;
        /** The producer had no place for it, or did not know where to: it said so before it took it. */
        private boolean untaken;
        private boolean sent;
        private final transient Thread sender = Thread.currentThread();

        Owed(AuditEvent event, boolean again) {
            this.event = event;
            this.again = again;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            settle(failure);
        }

        /** Null if it was settled before; else it is settled now, and the caller's. */
        private AuditEvent settled() {
            if (!compareAndSet(false, true)) {
                return null;
            }
            AuditEvent mine = event;
            event = null;
            inFlightBytes.addAndGet(-mine.line.length);
            return mine;
        }

        /** Whether it was still open: from now on it is somebody else's. */
        boolean release() {
            AuditEvent mine = settled();
            if (mine != null) {
                counters.underWay.add(mine.own ? 0 : -1);
                inFlight.decrementAndGet();
            }
            return mine != null;
        }

        void settle(Throwable failure) {
            if (failure instanceof TimeoutException && Thread.currentThread() == sender && !sent) {
                untaken = release();
                return;
            }
            AuditEvent mine = settled();
            if (mine == null) {
                return;
            }
            if (failure == null) {
                progress = now();
                counters.delivered.add(mine.own ? 0 : 1);
                mine.delivered();
            } else {
                unsent(mine, failure);
                warn(failure);
            }
            counters.underWay.add(mine.own ? 0 : -1);
            inFlight.decrementAndGet();
        }
    }

    private void unsent(AuditEvent event, Throwable failure) {
        if (failure instanceof RecordTooLargeException) {
            fallback.refused(event, Losses.Reason.RECORD_TOO_LARGE);
        } else if (failure instanceof TopicAuthorizationException || failure instanceof InvalidTopicException) {
            fallback.refused(event, Losses.Reason.FALLBACK);
        } else {
            fallback.write(event, Losses.Reason.FALLBACK);
        }
    }
}
