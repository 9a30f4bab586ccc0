package io.openmds.kafka;

import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** Reads along by Log4j 2, also after its configuration was read anew. */
final class Log4j2Tap implements RefusalTap, PropertyChangeListener {
    private final LoggerContext context;
    private final Appender appender;

    Log4j2Tap(Consumer<String> lines) {
        context = (LoggerContext) LogManager.getContext(RefusalTap.class.getClassLoader(), false);
        appender = new Appender(lines);
        appender.start();
        attach(context.getConfiguration());
        context.addPropertyChangeListener(this);
    }

    private void attach(Configuration configuration) {
        LoggerConfig logger = configuration.getLoggerConfig(LOGGER);
        if (logger.getName().equals(LOGGER) && logger.getAppenders().get(appender.getName()) == appender) {
            return; // What is done below is such a change too.
        }
        if (!logger.getName().equals(LOGGER)) {
            // No level of its own: that of the logger above stays in force.
            configuration.addLogger(LOGGER, new LoggerConfig(LOGGER, null, true));
            logger = configuration.getLoggerConfig(LOGGER);
        }
        if (!logger.getLevel().isLessSpecificThan(Level.INFO)) {
            logger.setLevel(Level.INFO); // Else Kafka does not even write the line.
        }
        logger.addAppender(appender, null, null);
        context.updateLoggers();
    }

    @Override
    public void propertyChange(PropertyChangeEvent change) {
        if (LoggerContext.PROPERTY_CONFIG.equals(change.getPropertyName())) {
            attach(context.getConfiguration());
        }
    }

    @Override
    public void close() {
        context.removePropertyChangeListener(this);
        context.getConfiguration().getLoggerConfig(LOGGER).removeAppender(appender.getName());
    }

    private static final class Appender extends AbstractAppender {
        private final Consumer<String> lines;

        Appender(Consumer<String> lines) {
            super("openmds-refused-logins", null, null, true, Property.EMPTY_ARRAY);
            this.lines = lines;
        }

        @Override
        public void append(LogEvent event) {
            if (event.getLevel() == Level.INFO) {
                RefusalTap.pass(event.getMessage().getFormattedMessage(), lines);
            }
        }
    }
}
