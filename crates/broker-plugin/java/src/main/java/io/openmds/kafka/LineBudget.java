package io.openmds.kafka;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** So many lines a second for all threads together; those beyond it are counted. */
final class LineBudget {
    private static final int COUNT_BITS = 24;
    private static final long COUNT = (1L << COUNT_BITS) - 1;
    /** More a second than anybody writes. */
    static final int MOST = (int) COUNT;

    private final int perSecond;
    private final LongSupplier seconds;
    /** The second, and the lines that it had. */
    private final AtomicLong window = new AtomicLong(-1L << COUNT_BITS);
    private final LongAdder beyond = new LongAdder();

    /** @param perSecond 0: any number */
    LineBudget(int perSecond, LongSupplier seconds) {
        this.perSecond = perSecond;
        this.seconds = seconds;
    }

    /** Whether one more line may be written now. A thread that may not waits for nobody. */
    boolean takes() {
        if (perSecond == 0) {
            return true;
        }
        long now = seconds.getAsLong();
        while (true) {
            long seen = window.get();
            boolean same = seen >> COUNT_BITS == now;
            if (same && (seen & COUNT) >= perSecond) {
                beyond.increment();
                return false;
            }
            if (window.compareAndSet(seen, same ? seen + 1 : now << COUNT_BITS | 1)) {
                return true;
            }
        }
    }

    /** How many were beyond it, once the second is over in which they were; 0 if there is nothing to say. */
    long owed() {
        if (perSecond == 0 || window.get() >> COUNT_BITS == seconds.getAsLong()) {
            return 0;
        }
        return beyond.sum() == 0 ? 0 : beyond.sumThenReset();
    }
}
