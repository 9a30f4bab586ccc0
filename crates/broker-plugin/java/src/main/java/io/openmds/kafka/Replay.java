package io.openmds.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Delivers what waits in the spool, in order, one batch at a time, while live events go on: a batch is a third of what may
 * be in flight, and none is begun while live events wait. Belongs to the drain thread.
 */
final class Replay {
    private static final int BATCH_BYTES = (int) (ExporterSettings.MOST_IN_FLIGHT / 3);
    private static final int LIVE_WAITS_PERMILLE = 50;
    private static final long PAUSE_MS = 1_000;
    private static final long FINISH_NANOS = 1_000_000_000;
    private static final long NAP_NANOS = 1_000_000;

    /** Where events go. */
    interface Way {
        /** Whether the topic exists at the destination, as far as is known. */
        boolean knows(String topic);

        /** Sends one event, which then ends exactly once. */
        void send(AuditEvent event);
    }

    private final Spool spool;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    private Batch batch;
    private long due;

    Replay(Spool spool, AuditCounters counters, FallbackLog fallback) {
        this.spool = spool;
        this.counters = counters;
        this.fallback = fallback;
    }

    /** Events under way together: delivered only if each of them was, else all of them come again. */
    private static final class Batch {
        private final AtomicInteger open = new AtomicInteger();
        private final Queue<AuditEvent> delivered = new ConcurrentLinkedQueue<>();
        /** What no destination will take. */
        private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
        private volatile boolean failed;
    }

    private static final class Refused {
        private final AuditEvent event;
        private final Losses.Reason why;

        Refused(AuditEvent event, Losses.Reason why) {
            this.event = event;
            this.why = why;
        }
    }

    /** An event that is on disk: the account counts it there until its batch is delivered. */
    private static final class Replayed extends AuditEvent {
        private final AuditEvent event;
        private final Batch batch;

        Replayed(AuditEvent event, Batch batch) {
            super(event.topic, event.line, event.number, true);
            this.event = event;
            this.batch = batch;
        }

        @Override
        void delivered() {
            batch.delivered.add(event);
            batch.open.decrementAndGet();
        }

        @Override
        boolean isKeptElsewhere(Losses.Reason why, boolean forGood) {
            if (forGood) {
                batch.refused.add(new Refused(event, why));
            } else {
                batch.failed = true;
            }
            batch.open.decrementAndGet();
            return true;
        }
    }

    /** One round, while events are accepted; whether anything was done. */
    boolean step(Way way, int fillPermille, long nowMs) {
        if (batch != null) {
            return settle(nowMs);
        }
        if (!spool.isOpen() || counters.spoolWaiting == 0 || fillPermille >= LIVE_WAITS_PERMILLE || nowMs < due) {
            return false;
        }
        List<AuditEvent> events = spool.read(BATCH_BYTES);
        if (events == null) {
            due = nowMs + PAUSE_MS;
            return false;
        }
        Batch begun = new Batch();
        begun.open.set(events.size());
        batch = begun;
        List<AuditEvent> known = new ArrayList<>();
        for (AuditEvent event : events) {
            if (way.knows(event.topic)) {
                known.add(new Replayed(event, begun));
            } else {
                begun.refused.add(new Refused(event, Losses.Reason.FALLBACK));
                begun.open.decrementAndGet();
            }
        }
        known.forEach(way::send);
        return true;
    }

    /** Before the node stops: delivers what waits as long as the destination takes it, for a moment at most. */
    void finish(Way way, BooleanSupplier takes) {
        long deadline = System.nanoTime() + FINISH_NANOS;
        while (takes.getAsBoolean() && (batch != null || spool.isOpen() && counters.spoolWaiting > 0)
                && System.nanoTime() < deadline) {
            step(way, 0, System.nanoTime() / 1_000_000);
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private boolean settle(long nowMs) {
        if (batch.open.get() > 0) {
            return false;
        }
        Batch done = batch;
        batch = null;
        if (done.failed) {
            due = nowMs + PAUSE_MS;
            return false;
        }
        done.delivered.forEach(event -> {
            counters.spilled.add(event.own ? 0 : -1);
            counters.delivered.add(event.own ? 0 : 1);
            counters.replayed.increment();
        });
        done.refused.forEach(refused -> {
            counters.spilled.add(refused.event.own ? 0 : -1);
            fallback.writeNow(refused.event, refused.why);
        });
        spool.release();
        return true;
    }
}
