package io.openmds.kafka;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Short bounded work that must hold neither a broker's thread nor the drain thread. */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private Background() {}

    static Thread run(String what, Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.warn("Could not {}: {}", what, e.toString());
            }
        }, "openmds-audit-background");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
