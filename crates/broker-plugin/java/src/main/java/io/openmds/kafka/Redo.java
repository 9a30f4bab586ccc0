package io.openmds.kafka;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Events that a producer took and never answered for, until another one has them. Belongs to the drain thread; holds no more
 * than may be in flight.
 */
final class Redo {
    private final AuditCounters counters;
    private final Queue<AuditEvent> waiting = new ArrayDeque<>();

    Redo(AuditCounters counters) {
        this.counters = counters;
    }

    void add(Collection<AuditEvent> events) {
        events.forEach(event -> counters.underWay.add(event.own ? 0 : 1));
        waiting.addAll(events);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Hands over the oldest event; only if there is one. */
    void next(Consumer<AuditEvent> taker) {
        AuditEvent event = waiting.remove();
        counters.underWay.add(event.own ? 0 : -1);
        taker.accept(event);
    }
}
