package io.openmds.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Delivers what waits in the spool, in order, while live events go on: several batches are under way, two thirds of what may
 * be in flight at most, fewer the longer the destination takes for them, and none is begun while live events wait. Belongs
 * to the drain thread.
 */
final class Replay {
    private static final int BATCH_BYTES = 1024 * 1024;
    private static final long MOST_UNDER_WAY = ExporterSettings.MOST_IN_FLIGHT * 2 / 3;
    /** Live events wait behind what is under way: a batch that takes longer halves how much may be. */
    private static final long LONG_MS = 250;
    /** So many are begun before live events have their turn. */
    private static final int AT_ONCE = 4;
    private static final int LIVE_WAITS_PERMILLE = 50;
    private static final long PAUSE_MS = 1_000;
    private static final long FINISH_NANOS = 1_000_000_000;
    private static final long NAP_NANOS = 1_000_000;

    /** Where events go. */
    interface Way {
        /** Whether events may be sent now. */
        boolean accepts();

        /** Whether the topic exists at the destination, as far as is known. */
        boolean knows(String topic);

        /** Sends one event, which then ends exactly once. */
        void send(AuditEvent event);
    }

    private final Spool spool;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    /** In the order of reading, which is the order of releasing. */
    private final ArrayDeque<Batch> underWay = new ArrayDeque<>();
    private long bytesUnderWay;
    private long eventsUnderWay;
    private long mostUnderWay = MOST_UNDER_WAY;
    private long due;

    Replay(Spool spool, AuditCounters counters, FallbackLog fallback) {
        this.spool = spool;
        this.counters = counters;
        this.fallback = fallback;
    }

    /** Events under way together: delivered only if each of them was, else all of them, and all behind them, come again. */
    private static final class Batch {
        private final int events;
        private final long bytes;
        private final long begun;
        private final AtomicInteger open;
        private final AtomicInteger delivered = new AtomicInteger();
        private final AtomicInteger ownDelivered = new AtomicInteger();
        /** What no destination will take. */
        private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
        private volatile boolean failed;

        Batch(List<AuditEvent> read, long nowMs) {
            begun = nowMs;
            events = read.size();
            open = new AtomicInteger(events);
            bytes = read.stream().mapToLong(event -> event.line.length).sum();
        }
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
            (event.own ? batch.ownDelivered : batch.delivered).incrementAndGet();
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
        boolean moved = settle(nowMs);
        for (int i = 0; i < AT_ONCE && mayBegin(fillPermille, nowMs) && way.accepts(); i++) {
            if (!begin(way, nowMs)) {
                break;
            }
            moved = true;
        }
        return moved;
    }

    private boolean mayBegin(int fillPermille, long nowMs) {
        if (!spool.isOpen() || fillPermille >= LIVE_WAITS_PERMILLE || nowMs < due || counters.spoolWaiting <= eventsUnderWay) {
            return false;
        }
        // Behind a batch of nothing there is nothing, or what only its release will tell.
        return underWay.isEmpty() || bytesUnderWay + BATCH_BYTES <= mostUnderWay && underWay.peekLast().events > 0
                && underWay.stream().noneMatch(batch -> batch.failed);
    }

    private boolean begin(Way way, long nowMs) {
        List<AuditEvent> events = spool.read(BATCH_BYTES, !underWay.isEmpty());
        if (events == null) {
            due = nowMs + PAUSE_MS;
            return false;
        }
        Batch begun = new Batch(events, nowMs);
        underWay.addLast(begun);
        bytesUnderWay += begun.bytes;
        eventsUnderWay += begun.events;
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
        while (takes.getAsBoolean() && (!underWay.isEmpty() || spool.isOpen() && counters.spoolWaiting > 0)
                && System.nanoTime() < deadline) {
            step(way, 0, System.nanoTime() / 1_000_000);
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    /** Releases what is delivered, in order. Whether anything was. */
    private boolean settle(long nowMs) {
        boolean moved = false;
        while (!underWay.isEmpty() && underWay.peekFirst().open.get() == 0) {
            if (underWay.peekFirst().failed) {
                startAgain(nowMs);
                return moved;
            }
            Batch done = underWay.removeFirst();
            bytesUnderWay -= done.bytes;
            eventsUnderWay -= done.events;
            mostUnderWay = nowMs - done.begun > LONG_MS ? Math.max(BATCH_BYTES, mostUnderWay / 2)
                    : Math.min(MOST_UNDER_WAY, mostUnderWay + BATCH_BYTES / 2);
            release(done);
            moved = true;
        }
        return moved;
    }

    /** Once all that is under way has ended: the first of it, and so all of it, comes again after a pause. */
    private void startAgain(long nowMs) {
        if (underWay.stream().allMatch(batch -> batch.open.get() == 0)) {
            underWay.clear();
            bytesUnderWay = 0;
            eventsUnderWay = 0;
            due = nowMs + PAUSE_MS;
        }
    }

    private void release(Batch done) {
        int delivered = done.delivered.get();
        counters.spilled.add(-delivered);
        counters.delivered.add(delivered);
        counters.replayed.add(delivered + done.ownDelivered.get());
        done.refused.forEach(refused -> {
            counters.spilled.add(refused.event.own ? 0 : -1);
            fallback.writeNow(refused.event, refused.why);
        });
        spool.release();
    }
}
