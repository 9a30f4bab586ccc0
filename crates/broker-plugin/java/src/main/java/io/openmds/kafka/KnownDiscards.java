package io.openmds.kafka;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.server.authorizer.Action;

/**
 * Decisions that the native engine has said one document discards whoever asks: they need no second
 * call while it is in force. A small table without locks; whatever is overwritten is only asked again.
 */
final class KnownDiscards {
    private static final int SLOTS = 4_096;
    private static final int LONGEST_NAME = 300;

    private final Entry[] entries = new Entry[SLOTS];

    /** Immutable, so that a thread sees a whole entry or none. */
    private static final class Entry {
        private final int kind;
        private final String name;

        Entry(int kind, String name) {
            this.kind = kind;
            this.name = name;
        }
    }

    boolean contains(int apiKey, Action action, boolean granted) {
        int kind = kind(apiKey, action, granted);
        String name = action.resourcePattern().name();
        int slot = slot(kind, name);
        return holds(slot, kind, name) || holds(slot ^ 1, kind, name);
    }

    private boolean holds(int slot, int kind, String name) {
        Entry entry = entries[slot];
        return entry != null && entry.kind == kind && entry.name.equals(name);
    }

    void add(int apiKey, Action action, boolean granted) {
        String name = action.resourcePattern().name();
        if (name.length() <= LONGEST_NAME) {
            int kind = kind(apiKey, action, granted);
            int slot = slot(kind, name);
            entries[entries[slot] == null ? slot : slot ^ 1] = new Entry(kind, name);
        }
    }

    /** All that routing looks at besides the name. */
    private static int kind(int apiKey, Action action, boolean granted) {
        int byBroker = action.operation() == AclOperation.CLUSTER_ACTION ? 1 : 0;
        return apiKey << 10 | action.resourcePattern().resourceType().code() << 2 | byBroker << 1 | (granted ? 1 : 0);
    }

    private static int slot(int kind, String name) {
        int hash = name.hashCode() * 31 + kind;
        return (hash ^ hash >>> 15) & SLOTS - 1;
    }
}
