package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that takes events out of the native queue and gives them to the exporter or, where
 * that has to be, to the fallback log.
 */
final class AuditDrain implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditDrain.class);
    private static final int USUAL_BATCH = 256 * 1024;
    /** So many batches are written to disk together: it is synced once for all of them. */
    private static final int BATCHES_ON_DISK = 16;
    /** A queue this full is emptied into the fallback log rather than left to overflow. */
    private static final int SPILL_PERMILLE = 500;
    /** Where events can wait on disk, less may wait in memory, and not for long: what is there dies with the process. */
    private static final int SPOOL_PERMILLE = 100;
    private static final long SPOOL_AFTER_MS = 500;
    private static final long SHORTEST_NAP_NANOS = 4_000_000;
    private static final long LONGEST_NAP_NANOS = 20_000_000;
    private static final long CLOSE_MS = 5_000;

    private final NativeEngine engine;
    private final ExporterSettings settings;
    private final AuditCounters counters;
    private final FallbackLog fallback;
    private final Ledger ledger;
    private final Spool spool;
    private final Replay replay;
    private final Queue<String> unrouted = new ArrayBlockingQueue<>(1_000);
    private final Thread thread;
    private volatile Destination wanted;
    private String clientId = "openmds-audit";
    private volatile boolean closing;
    private Destination current;
    private volatile Exporter exporter;
    private byte[] batch = new byte[USUAL_BATCH];
    private final WaitingRoom room;
    private final EventBatch events;
    /** The last batch was nearly full, or came from disk: there may be more where it came from. */
    private boolean more;
    private long accepted = System.nanoTime() / 1_000_000;
    private final DropReport dropped;

    AuditDrain(NativeEngine engine, ExporterSettings settings, AuditCounters counters, FallbackLog fallback, Ledger ledger,
            Spool spool, WaitingRoom room) {
        this.engine = engine;
        this.settings = settings;
        this.counters = counters;
        dropped = new DropReport(counters);
        this.fallback = fallback;
        this.ledger = ledger;
        this.spool = spool;
        this.room = room;
        events = new EventBatch(room);
        replay = new Replay(spool, counters, fallback);
        thread = new Thread(this, "openmds-audit-drain");
        thread.setDaemon(true);
        room.wakes(() -> LockSupport.unpark(thread));
        counters.inFlight = () -> {
            Exporter now = exporter;
            return now == null ? 0 : now.inFlight();
        };
        counters.exporterState = () -> {
            Exporter now = exporter;
            return now == null ? "not used yet" : now.describe();
        };
    }

    /** Begins to drain for a node, {@code broker-1}. */
    void start(String node) {
        clientId = "openmds-audit-" + node;
        ledger.begin(node);
        spool.begin(node);
        thread.start();
    }

    /** From now on events go there. May be called from any thread. */
    void follow(Destination destination) {
        wanted = destination;
    }

    /** A line for decisions that could not be routed; if too many wait it is written at once. */
    void unrouted(String line) {
        if (closing || !unrouted.offer(line)) {
            fallback.writeMinimal(new AuditEvent("", line.getBytes(StandardCharsets.UTF_8), 0, true));
        }
    }

    @Override
    public void run() {
        long nap = SHORTEST_NAP_NANOS;
        while (!closing) {
            boolean busy;
            try {
                busy = step();
            } catch (RuntimeException | LinkageError e) {
                counters.javaFailures.increment();
                LOG.error("The audit trail's drain failed and goes on", e);
                busy = false;
            }
            if (more) {
                more = false;
                nap = SHORTEST_NAP_NANOS;
                continue;
            }
            nap = busy ? SHORTEST_NAP_NANOS : Math.min(nap * 2, LONGEST_NAP_NANOS);
            LockSupport.parkNanos(nap);
        }
        finish();
    }

    /** One round; whether there was anything to do. */
    private boolean step() {
        writeUnrouted();
        dropped.tell(false);
        int fill = engine.fillPermille();
        followDestination(fill);
        long now = System.nanoTime() / 1_000_000;
        boolean accepting = exporter != null && exporter.accepts();
        ledger.step(now, accepting);
        spool.retry(now);
        accepted = accepting ? now : accepted;
        return flush() | move(fill, now);
    }

    private boolean move(int fill, long now) {
        if (exporter == null) {
            return current != null && current.servers == null && spill();
        }
        exporter.poll();
        if (exporter.accepts()) {
            boolean moved = forward();
            // A send may have ended it: what a topic is then is not known, and nothing may be given up for that.
            boolean replayed = exporter.accepts() && replay.step(exporter, fill, now);
            more |= replayed;
            return replayed || moved;
        }
        boolean urgent = fill >= SPOOL_PERMILLE || now - accepted > SPOOL_AFTER_MS || room.isAnybodyWaiting();
        if (spool.isOpen() && urgent) {
            exporter.giveUp();
            return spill();
        }
        if (exporter.hopeless()) {
            exporter.giveUp();
            return spill();
        }
        return fill >= SPILL_PERMILLE && spill();
    }

    private void followDestination(int fill) {
        Destination next = wanted;
        boolean needed = next != null && (next.written || fill > 0 || ledger.isOpen() || counters.spoolWaiting > 0
                || engine.counters()[NativeEngine.Counter.QUEUE_LENGTH.ordinal()] > 0);
        if (next == null || next == current || exporter == null && !needed) {
            return;
        }
        if (exporter != null && next.servers != null && current.sameCluster(next)) {
            exporter.follow(next);
        } else {
            Exporter old = exporter;
            exporter = next.servers == null ? null : new Exporter(settings, next, clientId, counters, fallback);
            if (old != null) {
                Background.run("close the exporter of a former destination",
                        () -> old.close(Duration.ofMillis(settings.deliveryTimeoutMs())));
            }
            if (next.servers == null) {
                LOG.warn("Nothing says where audit events go: the document names no bootstrap_servers, this node has no"
                        + " inter-broker listener, and {}bootstrap.servers is not set. They go to the fallback log.",
                        PluginConfig.EXPORTER);
            }
        }
        current = next;
    }

    private boolean forward() {
        boolean busy = take(exporter::send);
        flush();
        return busy;
    }

    private boolean spill() {
        boolean busy = take(event -> fallback.write(event, Losses.Reason.FALLBACK));
        for (int i = 1; more && i < BATCHES_ON_DISK; i++) {
            take(event -> fallback.write(event, Losses.Reason.FALLBACK));
        }
        flush();
        return busy;
    }

    /** Takes one batch out of the queue; whether there was one. */
    private boolean take(EventBatch.Taker taker) {
        more = false;
        int length = engine.drain(batch);
        if (NativeEngine.failed(length)) {
            counters.javaFailures.increment();
            LOG.error("The native engine failed while its queue was drained ({}): {}", length, NativeEngine.lastPanic());
            return false;
        }
        if (length < 0) {
            batch = new byte[-length];
            length = engine.drain(batch);
        }
        more = length > batch.length / 2;
        if (length <= 0) {
            return false;
        }
        events.read(batch, length, event -> {
            ledger.numbered(event.number);
            // The last words of all are to be read before the next start.
            if (!event.isAhead() || event.own && closing || !spool.offer(event)) {
                taker.take(event);
            }
        });
        if (batch.length > USUAL_BATCH) {
            batch = new byte[USUAL_BATCH];
        }
        return true;
    }

    private boolean flush() {
        return spool.flush(fallback, event -> exporter != null && exporter.offer(event));
    }

    private void writeUnrouted() {
        for (String line = unrouted.poll(); line != null; line = unrouted.poll()) {
            fallback.writeMinimal(ledger.line(line));
        }
    }

    /** The last account is written once nothing is under way any more, if that comes in time. */
    private void conclude(long deadline) {
        flush();
        while (counters.underWay.sum() > 0 && exporter != null && System.nanoTime() < deadline) {
            LockSupport.parkNanos(SHORTEST_NAP_NANOS);
            flush();
        }
        boolean sent = exporter != null && exporter.accepts() && counters.underWay.sum() == 0;
        if (exporter != null && !sent) {
            exporter.close(Duration.ZERO);
        }
        flush();
        if (ledger.isOpen()) {
            ledger.finish();
            for (boolean waits = true; waits;) {
                waits = sent ? forward() : spill();
            }
            ledger.end();
        }
        if (sent) {
            exporter.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        spool.refuseMore();
        flush();
        spool.close();
    }

    /** Ends the thread after what waits has been sent, within bounds; the rest stays on disk, or goes to the fallback log. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            if (thread.isAlive()) {
                thread.join(CLOSE_MS * 2);
            } else {
                finish();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        try {
            writeUnrouted();
            long deadline = System.nanoTime() + CLOSE_MS * 1_000_000;
            for (boolean waits = true; waits;) {
                flush();
                boolean send = exporter != null && exporter.accepts() && System.nanoTime() < deadline;
                waits = send ? forward() : spill();
            }
            if (exporter != null) {
                replay.finish(exporter, exporter::takes);
            }
            conclude(deadline);
            dropped.tell(true);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("The audit trail's drain failed while it closed", e);
        }
    }
}
