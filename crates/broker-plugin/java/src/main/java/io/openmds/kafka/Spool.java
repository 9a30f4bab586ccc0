package io.openmds.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that wait on disk for their destination. Anybody may {@link #offer} one; everything else belongs to the drain
 * thread. Without a directory, or before it is open, nothing is taken.
 */
final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final long RETRY_MS = 30_000;

    private final NativeEngine engine;
    private final SpoolSettings settings;
    private final AuditCounters counters;
    private final Losses losses;
    private final Seldom refusals = new Seldom();
    private List<AuditEvent> offered = new ArrayList<>();
    /** Guarded by this object, like what is offered. */
    private boolean open;
    private String node;
    private long due;

    Spool(NativeEngine engine, SpoolSettings settings, AuditCounters counters, Losses losses) {
        this.engine = engine;
        this.settings = settings;
        this.counters = counters;
        this.losses = losses;
    }

    /** The epoch is known: the spool of this node can be taken over. */
    void begin(String name) {
        node = name;
        retry(0);
    }

    /** Tries again to open what could not be opened. */
    void retry(long nowMs) {
        if (settings.directory == null || node == null || isOpen() || nowMs < due) {
            return;
        }
        due = nowMs + RETRY_MS;
        Pairs told = engine.tell(settings.open(node));
        String error = told.first("error");
        if (error != null) {
            LOG.error("Audit events cannot wait in {}: {}. Until they can, what the destination does not take goes to the"
                    + " fallback log; next try in {} ms", settings.directory.resolve(node), error, RETRY_MS);
            return;
        }
        synchronized (this) {
            open = true;
        }
        show(told);
        if (counters.spoolWaiting > 0 || counters.spoolTorn > 0) {
            LOG.info("{} audit events of former epochs wait in {} ({} bytes); {} ends of segments were not written whole",
                    counters.spoolWaiting, settings.directory.resolve(node), counters.spoolBytes, counters.spoolTorn);
        }
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** Takes an event that the destination did not; false: the caller keeps it. */
    synchronized boolean offer(AuditEvent event) {
        if (open) {
            counters.underWay.add(event.own ? 0 : 1);
            offered.add(event);
        }
        return open;
    }

    private synchronized List<AuditEvent> taken() {
        List<AuditEvent> taken = offered;
        offered = new ArrayList<>();
        return taken;
    }

    /**
     * Writes what was offered; what the disk does not take goes to the fallback log. Whether there was anything.
     *
     * @param live takes an event that was to be on disk first, if the destination takes any
     */
    boolean flush(FallbackLog fallback, Predicate<AuditEvent> live) {
        List<AuditEvent> events = taken();
        boolean busy = !events.isEmpty();
        while (!events.isEmpty()) {
            Pairs told = Pairs.decode(engine.tell(EventBatch.write(events)));
            int kept = (int) number(told, "kept");
            count(events.subList(0, kept));
            if (kept < events.size()) {
                Losses.Reason why = Losses.Reason.of(told.first("reason"));
                if (refusals.now()) {
                    LOG.warn("An audit event cannot wait on disk and goes to the fallback log unless the destination takes it ({} so far in all): {}",
                            counters.fallback.sum(), told.first("refusal"));
                }
                // A large one stands alone; whatever else is wrong concerns all of them.
                int end = why == Losses.Reason.RECORD_TOO_LARGE ? kept + 1 : events.size();
                refuse(events.subList(kept, end), why, fallback, live);
                kept = end;
            }
            events = events.subList(kept, events.size());
            show(told);
        }
        return busy;
    }

    private void count(List<AuditEvent> kept) {
        for (AuditEvent event : kept) {
            counters.spilled.add(event.own ? 0 : 1);
            counters.underWay.add(event.own ? 0 : -1);
            event.kept();
        }
    }

    private void refuse(List<AuditEvent> events, Losses.Reason why, FallbackLog fallback, Predicate<AuditEvent> live) {
        for (AuditEvent event : events) {
            if (!event.mayGoLive() || !live.test(event)) {
                fallback.writeNow(event, why);
            }
            counters.underWay.add(event.own ? 0 : -1);
        }
    }

    /**
     * The next events, in order. Null if the disk failed.
     *
     * @param on those behind what was read and is not {@linkplain #release released} yet; else all of that comes again
     */
    List<AuditEvent> read(int mostBytes, boolean on) {
        byte[] answer = engine.tell(new Pairs().add("what", "spool-read").add("most", Integer.toString(mostBytes))
                .add("on", Boolean.toString(on)).encode());
        if (answer.length < 4 || answer[2] != 'E') {
            if (refusals.now()) {
                LOG.warn("Audit events that wait on disk cannot be read: {}", Pairs.decode(answer).first("error"));
            }
            return null;
        }
        List<AuditEvent> events = new ArrayList<>();
        new EventBatch().read(answer, answer.length, events::add);
        return events;
    }

    /** The destination, or the fallback log, has the oldest of what was read and is not released yet. */
    void release() {
        Pairs told = engine.tell(new Pairs().add("what", "spool-release"));
        for (Losses.Reason reason : List.of(Losses.Reason.SPOOL_DAMAGED, Losses.Reason.SPOOL_AGE)) {
            long lost = number(told, "lost." + reason.text);
            long former = number(told, "former." + reason.text);
            (reason == Losses.Reason.SPOOL_AGE ? counters.lostToAge : counters.lostToDamage).add(lost);
            counters.spilled.add(-lost);
            told.all("range." + reason.text).forEach(range -> losses.add(reason, range));
            if (lost + former > 0) {
                LOG.error("{} audit events that waited on disk are lost ({}), {} of them of former epochs", lost + former,
                        reason.text, former);
            }
        }
        List<String> former = told.all("former");
        for (int i = 0; i < former.size(); i++) {
            losses.add(former.get(i), told.all("former_epoch").get(i), told.all("former_range").get(i),
                    told.all("former_count").get(i));
        }
        show(told);
    }

    private static long number(Pairs told, String key) {
        String number = told.first(key);
        return number == null ? 0 : Long.parseLong(number);
    }

    private void show(Pairs told) {
        counters.spoolWaiting = number(told, "waiting");
        counters.spoolBytes = number(told, "bytes");
        counters.spoolTorn = number(told, "torn");
        counters.spoolFailures = number(told, "failures");
    }

    /** Takes nothing more; what is offered later is the caller's. */
    void refuseMore() {
        synchronized (this) {
            open = false;
        }
    }

    /** What waits stays on disk for the next epoch. */
    void close() {
        refuseMore();
        engine.tell(new Pairs().add("what", "spool-close"));
    }
}
