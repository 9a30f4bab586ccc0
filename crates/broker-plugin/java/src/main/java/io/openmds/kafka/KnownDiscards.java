package io.openmds.kafka;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.server.authorizer.Action;

/**
 * Decisions that the native engine has said one document discards whoever asks: they need no second
 * call while it is in force. A small table without locks; whatever is overwritten is only asked again.
 */
final class KnownDiscards {
    /** The table is a power of two of small sets, so that neighbours do not push each other out. */
    private static final int SET_BITS = 11;
    private static final int SET_SIZE = 4;
    private static final int LONGEST_NAME = 300;

    private final Entry[] entries = new Entry[SET_SIZE << SET_BITS];

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
        int first = firstOfSet(kind, name);
        for (int i = first; i < first + SET_SIZE; i++) {
            Entry entry = entries[i];
            if (entry == null) {
                return false;
            }
            if (entry.kind == kind && entry.name.equals(name)) {
                return true;
            }
        }
        return false;
    }

    void add(int apiKey, Action action, boolean granted) {
        String name = action.resourcePattern().name();
        if (name.length() > LONGEST_NAME) {
            return;
        }
        int kind = kind(apiKey, action, granted);
        int first = firstOfSet(kind, name);
        int place = first;
        while (place < first + SET_SIZE && entries[place] != null) {
            place++;
        }
        // A full set loses any one of its entries: which one depends on the newcomer.
        entries[place < first + SET_SIZE ? place : first + (name.hashCode() & SET_SIZE - 1)] = new Entry(kind, name);
    }

    /** All that routing looks at besides the name. */
    private static int kind(int apiKey, Action action, boolean granted) {
        int byBroker = action.operation() == AclOperation.CLUSTER_ACTION ? 1 : 0;
        return apiKey << 10 | action.resourcePattern().resourceType().code() << 2 | byBroker << 1 | (granted ? 1 : 0);
    }

    private static int firstOfSet(int kind, String name) {
        int hash = (name.hashCode() * 31 + kind) * 0x9E3779B9;
        return (hash >>> 32 - SET_BITS) * SET_SIZE;
    }
}
