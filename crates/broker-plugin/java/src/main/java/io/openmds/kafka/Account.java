package io.openmds.kafka;

import io.openmds.kafka.NativeEngine.Counter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of all that was decided: {@code decided = routed + excluded + notRouted + suppressed} and
 * {@code routed = delivered + waiting + spilled + fallback + dropped}. Log ins count as decisions, the trail's own events
 * do not count. Each figure is counted where it happens, none is the rest of others.
 */
final class Account {
    private static final String DROPPED = "dropped.";
    /** Readings until two agree. */
    private static final int TRIES = 20;

    private final Map<String, Long> figures;

    private Account(Map<String, Long> figures) {
        this.figures = figures;
    }

    /** Reads until nothing moves between two readings; where requests never pause, the last of some readings. */
    static Account of(AuditCounters counters, NativeEngine engine) {
        Account before = read(counters, engine);
        for (int i = 0; i < TRIES; i++) {
            Account again = read(counters, engine);
            if (again.figures.equals(before.figures) && again.balances()) {
                return again;
            }
            before = again;
        }
        return before;
    }

    private static Account read(AuditCounters counters, NativeEngine engine) {
        long[] sums = engine.counters();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("decided", counters.decided.sum() + counters.acceptedLogins.sum() + counters.refusedLogins.sum());
        figures.put("routed", at(sums, Counter.ROUTED) + counters.unrecordedUnasked.sum());
        figures.put("excluded", at(sums, Counter.EXCLUDED));
        figures.put("not_routed", at(sums, Counter.DISCARDED) + at(sums, Counter.UNWANTED)
                + counters.discardedUnasked.sum() + counters.unwantedUnasked.sum());
        figures.put("suppressed", at(sums, Counter.SUPPRESSED_OWN) + at(sums, Counter.SUPPRESSED_TWICE)
                + counters.suppressedUnasked.sum());
        figures.put("delivered", counters.delivered.sum());
        figures.put("waiting", at(sums, Counter.QUEUE_LENGTH) + at(sums, Counter.PENDING) + counters.underWay.sum());
        figures.put("spilled", counters.spilled.sum());
        figures.put("fallback", counters.keptInFallback.sum());
        figures.put(DROPPED + "queue-full", at(sums, Counter.DROPPED_QUEUE_FULL));
        figures.put(DROPPED + Losses.Reason.UNRECORDED.text,
                at(sums, Counter.UNRECORDED) + counters.unrecordedUnasked.sum());
        figures.put(DROPPED + Losses.Reason.FALLBACK_FAILED.text, counters.lostInFallback.sum());
        figures.put(DROPPED + Losses.Reason.SPOOL_AGE.text, counters.lostToAge.sum());
        figures.put(DROPPED + Losses.Reason.SPOOL_DAMAGED.text, counters.lostToDamage.sum());
        return new Account(figures);
    }

    private static long at(long[] sums, Counter counter) {
        return sums[counter.ordinal()];
    }

    /** A figure by its name in {@code spec/native-bridge.md}, {@code tell}. */
    long of(String figure) {
        return figures.get(figure);
    }

    Map<String, Long> figures() {
        return Collections.unmodifiableMap(figures);
    }

    /** Whether both equations hold. */
    boolean balances() {
        long dropped = figures.entrySet().stream().filter(figure -> figure.getKey().startsWith(DROPPED))
                .mapToLong(Map.Entry::getValue).sum();
        return of("decided") == of("routed") + of("excluded") + of("not_routed") + of("suppressed")
                && of("routed") == of("delivered") + of("waiting") + of("spilled") + of("fallback") + dropped;
    }

    /** As a message to {@link NativeEngine#tell}. */
    Pairs told(boolean last) {
        Pairs told = new Pairs().add("what", "account").add("last", Boolean.toString(last))
                .add("moving", Boolean.toString(!balances()));
        figures.forEach((name, figure) -> told.add(name, Long.toString(figure)));
        return told;
    }

    /** For people: one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        figures.forEach((name, figure) -> text.append(text.length() == 0 ? "" : ", ").append(name).append(' ').append(figure));
        return text.toString();
    }
}
