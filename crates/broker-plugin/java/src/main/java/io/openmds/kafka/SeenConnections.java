package io.openmds.kafka;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Set;

/**
 * What one network thread has met of its connections, by identity and only as long as they live: Kafka asks for a
 * connection's principal with every request up to 4.3, and a log in is recorded once.
 */
final class SeenConnections {
    private static final ThreadLocal<SeenConnections> OF_THREAD = ThreadLocal.withInitial(SeenConnections::new);

    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private final Set<Object> seen = new HashSet<>();
    private final Probe probe = new Probe();

    static SeenConnections ofThread() {
        return OF_THREAD.get();
    }

    /** Whether it is met for the first time. Usually costs one look-up and no memory. */
    boolean isNew(Object connection) {
        probe.sought = connection;
        boolean known = seen.contains(probe);
        probe.sought = null;
        if (known) {
            return false;
        }
        for (Reference<?> ended = gone.poll(); ended != null; ended = gone.poll()) {
            seen.remove(ended);
        }
        seen.add(new Known(connection, gone));
        return true;
    }

    int size() {
        return seen.size();
    }

    private static final class Known extends WeakReference<Object> {
        private final int hash;

        Known(Object connection, ReferenceQueue<Object> gone) {
            super(connection, gone);
            hash = System.identityHashCode(connection);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }

    private static final class Probe {
        private Object sought;

        @Override
        public int hashCode() {
            return System.identityHashCode(sought);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Known && ((Known) other).get() == sought;
        }
    }
}
