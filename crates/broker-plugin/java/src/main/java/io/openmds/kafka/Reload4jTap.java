package io.openmds.kafka;

import java.util.function.Consumer;
import org.apache.log4j.AppenderSkeleton;
import org.apache.log4j.Level;
import org.apache.log4j.Logger;
import org.apache.log4j.spi.LoggingEvent;

/** Reads along by Reload4j. */
final class Reload4jTap extends AppenderSkeleton implements RefusalTap {
    private final Logger logger = Logger.getLogger(LOGGER);
    private final Consumer<String> lines;

    Reload4jTap(Consumer<String> lines) {
        this.lines = lines;
        setName("openmds-refused-logins");
        if (!logger.isInfoEnabled()) {
            logger.setLevel(Level.INFO); // Else Kafka does not even write the line.
        }
        logger.addAppender(this);
    }

    @Override
    protected void append(LoggingEvent event) {
        if (event.getLevel() == Level.INFO) {
            RefusalTap.pass(event.getRenderedMessage(), lines);
        }
    }

    @Override
    public boolean requiresLayout() {
        return false;
    }

    @Override
    public void close() {
        logger.removeAppender(this);
    }
}
