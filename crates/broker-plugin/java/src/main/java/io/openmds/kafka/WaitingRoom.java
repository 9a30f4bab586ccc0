package io.openmds.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where requests wait for their events to be safe: on disk, or at the destination. Whoever waits holds no lock that another
 * request needs. Once a wait was in vain nobody waits any more until an event is settled again, so that a disk that hangs
 * takes each of the node's threads once at most, and nobody comes in a herd afterwards.
 */
final class WaitingRoom {
    /** Why an event is not known to be safe. */
    enum Miss {
        QUEUE_FULL("the queue was full"), TIMEOUT("it was not safe in time"),
        UNSAVED("neither the disk nor the destination took it");

        final String text;

        Miss(String text) {
            this.text = text;
        }
    }

    /** One request. */
    private static final class Wait {
        /** Events that are not settled; below 0 those that were settled before anybody waited. */
        private int open;
        private Miss miss;
        private boolean abandoned;
    }

    private final Map<Long, Wait> waits = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final long timeoutNanos;
    private volatile boolean stalled;
    private volatile Runnable wake = () -> { };

    WaitingRoom(long timeoutMs) {
        timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /** Who is told that somebody waits. */
    void wakes(Runnable drain) {
        wake = drain;
    }

    boolean isAnybodyWaiting() {
        return waiting.get() > 0;
    }

    /** Waits for so many events of the request with this ticket; null if all of them are safe. */
    Miss await(long ticket, int events) {
        Wait wait = waits.computeIfAbsent(ticket, key -> new Wait());
        waiting.incrementAndGet();
        try {
            wake.run();
            synchronized (wait) {
                wait.open += events;
                settle(wait);
                if (wait.open > 0) {
                    stalled = true; // Before any of them is settled.
                    wait.abandoned = true;
                    return Miss.TIMEOUT;
                }
                waits.remove(ticket);
                return wait.miss;
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void settle(Wait wait) {
        long deadline = System.nanoTime() + timeoutNanos;
        try {
            while (wait.open > 0 && !stalled) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(wait, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An event of the request with this ticket is safe, or will not be. */
    void settled(long ticket, Miss miss) {
        Wait wait = waits.computeIfAbsent(ticket, key -> new Wait());
        synchronized (wait) {
            stalled = false;
            wait.open--;
            wait.miss = miss == null ? wait.miss : miss;
            if (wait.open == 0) {
                wait.notifyAll();
                if (wait.abandoned) {
                    waits.remove(ticket);
                }
            }
        }
    }

    /** For tests: requests that are not done. */
    int size() {
        return waits.size();
    }
}
