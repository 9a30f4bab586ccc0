package io.openmds.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Keeps a problem that goes on to one line in five minutes. Belongs to one thread. */
final class Reminder {
    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MOST = 64;

    /** When which problem was last told. */
    private final Map<String, Long> told = new HashMap<>();

    /** Whether the problem is to be told now. */
    boolean isDue(String problem) {
        long now = System.nanoTime();
        Long before = told.get(problem);
        if (before != null && now - before <= AGAIN_NANOS) {
            return false;
        }
        if (told.size() >= MOST) {
            told.clear();
        }
        told.put(problem, now);
        return true;
    }

    /** All is well again. */
    void forget() {
        told.clear();
    }
}
