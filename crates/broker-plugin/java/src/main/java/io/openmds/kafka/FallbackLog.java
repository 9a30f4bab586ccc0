package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where events go that no topic took: the same JSON line, on a logger of its own. */
final class FallbackLog {
    /** The reference product's name for it ({@code audit-logs.md} 6.5). */
    static final String NAME = "io.confluent.security.audit.log.fallback";

    private final Logger lines = LoggerFactory.getLogger(NAME);
    private final AuditCounters counters;

    FallbackLog(AuditCounters counters) {
        this.counters = counters;
    }

    void write(byte[] event) {
        write(new String(event, StandardCharsets.UTF_8));
    }

    void write(String line) {
        counters.fallback.increment();
        try {
            lines.info(line);
        } catch (RuntimeException e) {
            // An appender that throws must not take the drain or the producer's thread with it.
            counters.fallbackFailures.increment();
        }
    }
}
