package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events go that no topic took: the same JSON line, on a logger of its own. */
final class FallbackLog {
    /** The reference product's name for it ({@code audit-logs.md} 6.5). */
    static final String NAME = "io.confluent.security.audit.log.fallback";

    private final Logger lines = LoggerFactory.getLogger(NAME);
    private final AuditCounters counters;
    private final Losses losses;
    private final Predicate<AuditEvent> spool;

    /** @param spool takes what the destination did not, if it can */
    FallbackLog(AuditCounters counters, Losses losses, Predicate<AuditEvent> spool) {
        this.counters = counters;
        this.losses = losses;
        this.spool = spool;
    }

    /** Sees to an event that the destination did not take: it waits on disk, or is kept here. */
    void write(AuditEvent event, Losses.Reason why) {
        if (!event.isKeptElsewhere(why, false) && !spool.test(event)) {
            writeNow(event, why);
        }
    }

    /** Keeps an event that the destination will not take, however often it is asked. */
    void refused(AuditEvent event, Losses.Reason why) {
        if (!event.isKeptElsewhere(why, true)) {
            writeNow(event, why);
        }
    }

    /** Keeps an event that is at no destination: a loss that is told later. */
    void writeNow(AuditEvent event, Losses.Reason why) {
        boolean kept = write(new String(event.line, StandardCharsets.UTF_8), event.own);
        losses.add(kept ? why : Losses.Reason.FALLBACK_FAILED, event);
        event.lost();
        if (!event.own) {
            (kept ? counters.keptInFallback : counters.lostInFallback).increment();
        }
    }

    /** Keeps what is left of decisions whose recording failed. */
    void writeMinimal(AuditEvent line) {
        boolean kept = write(new String(line.line, StandardCharsets.UTF_8), false);
        losses.add(kept ? Losses.Reason.UNRECORDED : Losses.Reason.FALLBACK_FAILED, line);
    }

    private boolean write(String line, boolean own) {
        if (!own) {
            counters.fallback.increment();
        }
        try {
            lines.info(line);
            return true;
        } catch (RuntimeException e) {
            // An appender that throws must not take the drain or the producer's thread with it.
            counters.fallbackFailures.increment();
            return false;
        }
    }
}
