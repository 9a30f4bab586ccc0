package io.openmds.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.log4j.AppenderSkeleton;
import org.apache.log4j.Level;
import org.apache.log4j.Logger;
import org.apache.log4j.spi.LoggingEvent;

/** What the fallback logger, or another one, was given while this was open. */
final class FallbackLines extends AppenderSkeleton implements AutoCloseable {
    private static final long DEADLINE_NANOS = 60_000_000_000L;
    private static final long POLL_NANOS = 1_000_000;
    private final List<String> lines = new ArrayList<>();
    private final Logger logger;
    private final Level before;

    FallbackLines() {
        this(FallbackLog.NAME);
    }

    FallbackLines(String name) {
        logger = Logger.getLogger(name);
        before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.setAdditivity(false);
        logger.addAppender(this);
    }

    @Override
    protected synchronized void append(LoggingEvent event) {
        lines.add(event.getRenderedMessage());
    }

    /** All but the events of the trail itself. */
    synchronized List<String> all() {
        return lines.stream().filter(line -> !isOwn(line)).collect(Collectors.toUnmodifiableList());
    }

    /** The events of the trail itself as well. */
    synchronized List<String> whole() {
        return List.copyOf(lines);
    }

    static boolean isOwn(String line) {
        return line.contains("\"type\":\"io.openmds.trail/");
    }

    /** Waits for a line; fails after a deadline. */
    String await(Predicate<String> wanted) {
        until(() -> all().stream().anyMatch(wanted), () -> "no such line among " + all());
        return all().stream().filter(wanted).findFirst().orElseThrow();
    }

    static void until(BooleanSupplier condition, java.util.function.Supplier<String> otherwise) {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(otherwise.get() + followers());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Where the threads of the feed are: they may be what is waited for. */
    private static String followers() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (thread.getName().startsWith("openmds-feed")) {
                text.append("; ").append(thread.getName()).append(" is at ").append(Arrays.toString(frames));
            }
        });
        return text.toString();
    }

    /** Once: log4j closes an appender again when it is collected, and another test may be listening by then. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        logger.removeAppender(this);
        logger.setLevel(before);
    }

    @Override
    public boolean requiresLayout() {
        return false;
    }
}
