package io.openmds.kafka;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log how many events found the queue full, seldom. Belongs to the drain thread. */
final class DropReport {
    private static final Logger LOG = LoggerFactory.getLogger(DropReport.class);
    private static final long REPORT_MS = 10_000;

    private final AuditCounters counters;
    private long reported;
    private long said;

    DropReport(AuditCounters counters) {
        this.counters = counters;
    }

    /** Now, or if it was not said lately. */
    void tell(boolean anyway) {
        long now = System.nanoTime() / 1_000_000;
        if (!anyway && now - reported < REPORT_MS) {
            return;
        }
        reported = now;
        long dropped = counters.getDroppedQueueFull();
        if (dropped > said) {
            LOG.warn("{} audit events were lost since the last report, {} in all, because the queue was full: raise {} or"
                    + " route fewer events", dropped - said, dropped, PluginConfig.QUEUE_MAX_BYTES);
            said = dropped;
        }
    }
}
