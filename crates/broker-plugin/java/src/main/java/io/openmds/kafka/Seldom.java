package io.openmds.kafka;

import java.util.concurrent.atomic.AtomicLong;

/** Keeps a log line that many threads could write at once to one in ten seconds. */
final class Seldom {
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** Whether it is time again. */
    boolean now() {
        long due = next.get();
        long time = System.nanoTime();
        return time - due >= 0 && next.compareAndSet(due, time + INTERVAL_NANOS);
    }
}
