package io.openmds.kafka;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads along what Kafka's selectors log, whichever of the two logging libraries the broker has: Reload4j up to Kafka 3.9,
 * Log4j 2 from 4.0. Nothing has to be configured, and what is configured goes on as it was.
 */
interface RefusalTap extends AutoCloseable {
    String LOGGER = "org.apache.kafka.common.network.Selector";

    @Override
    void close();

    /** Null, with a warning, if the library is another. */
    static RefusalTap open(Consumer<String> lines) {
        Logger log = LoggerFactory.getLogger(RefusalTap.class);
        String factory = LoggerFactory.getILoggerFactory().getClass().getName();
        try {
            if (factory.startsWith("org.apache.logging.slf4j.")) {
                return new Log4j2Tap(lines);
            }
            if (factory.startsWith("org.slf4j.") && (factory.contains("Reload4j") || factory.contains("Log4j"))) {
                return new Reload4jTap(lines);
            }
            log.warn("Failed log ins are not recorded: Kafka logs by {}, and only Log4j 2 and Reload4j can be read along", factory);
        } catch (RuntimeException | LinkageError e) {
            log.warn("Failed log ins are not recorded: what Kafka logs by {} cannot be read along ({})", factory, e.toString());
        }
        return null;
    }

    /** Hands over a line; what goes wrong is nothing to whoever logs. */
    static void pass(String line, Consumer<String> lines) {
        try {
            lines.accept(line);
        } catch (RuntimeException | LinkageError e) {
            LoggerFactory.getLogger(RefusalTap.class).error("A failed log in could not be recorded", e);
        }
    }
}
