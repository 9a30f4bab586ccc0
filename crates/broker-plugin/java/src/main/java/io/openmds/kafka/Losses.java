package io.openmds.kafka;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Which numbered events are not at the destination, until an event says so. Told by the drain and by the producer's
 * thread; neighbouring numbers are one run, so that an outage takes little memory however long it is.
 */
final class Losses {
    /** Why, as events spell it. */
    enum Reason {
        RECORD_TOO_LARGE("record-too-large"), FALLBACK("fallback"), FALLBACK_FAILED("fallback-failed"), UNRECORDED("unrecorded"),
        SPOOL_SIZE("spool-size"), SPOOL_AGE("spool-age"), SPOOL_DAMAGED("spool-damaged");

        final String text;

        Reason(String text) {
            this.text = text;
        }

        /** The one that is spelt so; otherwise that the line is in the fallback log. */
        static Reason of(String text) {
            for (Reason reason : values()) {
                if (reason.text.equals(text)) {
                    return reason;
                }
            }
            return FALLBACK;
        }
    }

    /** Runs in one event. */
    private static final int MOST_RUNS = 500;

    private static final class Lost {
        /** First number of each run, and its last. */
        private final TreeMap<Long, Long> runs = new TreeMap<>();
        private final Map<String, Long> topics = new TreeMap<>();
        private long from = Long.MAX_VALUE;
        private long to = Long.MIN_VALUE;

        void add(long number, String topic, long now) {
            if (add(number, number, now)) {
                topics.merge(topic, 1L, Long::sum);
            }
        }

        /** Whether the run was new. */
        boolean add(long first, long last, long now) {
            Map.Entry<Long, Long> before = runs.floorEntry(first);
            if (before != null && before.getValue() >= first) {
                return false;
            }
            boolean joins = before != null && before.getValue() == first - 1;
            Long after = runs.remove(last + 1);
            runs.put(joins ? before.getKey() : first, after == null ? last : after);
            from = Math.min(from, now);
            to = Math.max(to, now);
            return true;
        }

        /** As messages to the engine: the first one tells of the topics. */
        List<Pairs> told(Reason reason) {
            List<Pairs> told = new ArrayList<>();
            int left = 0;
            for (Map.Entry<Long, Long> run : runs.entrySet()) {
                if (left-- == 0) {
                    told.add(new Pairs().add("what", "loss").add("reason", reason.text).add("from", Long.toString(from))
                            .add("to", Long.toString(to)));
                    left = MOST_RUNS - 1;
                }
                told.get(told.size() - 1).add("range", run.getKey() + "-" + run.getValue());
            }
            topics.forEach((topic, count) -> told.get(0).add("topic", topic).add("topic_count", count.toString()));
            return told;
        }
    }

    private final LongSupplier clockMicros;
    /** Of former epochs, as they are told. */
    private final List<Pairs> former = new ArrayList<>();
    private Map<Reason, Lost> lost = new EnumMap<>(Reason.class);

    /** @param clockMicros microseconds since 1970 */
    Losses(LongSupplier clockMicros) {
        this.clockMicros = clockMicros;
    }

    synchronized void add(Reason reason, AuditEvent event) {
        if (event.number > 0) {
            lost.computeIfAbsent(reason, key -> new Lost()).add(event.number, event.topic, clockMicros.getAsLong());
        }
    }

    /** @param range numbers, {@code 7-9} */
    synchronized void add(Reason reason, String range) {
        String[] ends = range.split("-");
        lost.computeIfAbsent(reason, key -> new Lost())
                .add(Long.parseLong(ends[0]), Long.parseLong(ends[1]), clockMicros.getAsLong());
    }

    /**
     * Of a former epoch.
     *
     * @param range numbers, {@code 7-9}, that so many lost ones are among
     */
    synchronized void add(String reason, String epoch, String range, String count) {
        String now = Long.toString(clockMicros.getAsLong());
        if (former.size() < MOST_RUNS) {
            former.add(new Pairs().add("what", "loss").add("reason", reason).add("epoch", epoch).add("range", range)
                    .add("count", count).add("from", now).add("to", now));
        }
    }

    /** Whether so many runs are known that they should be told even if nobody listens. */
    synchronized boolean isPressing() {
        return lost.values().stream().mapToInt(one -> one.runs.size()).sum() >= MOST_RUNS;
    }

    synchronized boolean isEmpty() {
        return lost.isEmpty() && former.isEmpty();
    }

    /** What {@link NativeEngine#tell} is to be told, once. */
    synchronized List<Pairs> take() {
        List<Pairs> told = new ArrayList<>();
        lost.forEach((reason, one) -> told.addAll(one.told(reason)));
        lost = new EnumMap<>(Reason.class);
        told.addAll(former);
        former.clear();
        return told;
    }
}
