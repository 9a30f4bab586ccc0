package io.openmds.kafka;

import io.openmds.kafka.NativeEngine.Counter;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The account of one instance: what the native engine counts, and what happens after the queue. */
final class AuditCounters extends ModeCounters implements AuditCountersMBean {
    private static final Logger LOG = LoggerFactory.getLogger(AuditCounters.class);

    final LongAdder decided = new LongAdder();
    /** Decisions that no rule of the document can send anywhere; the engine was not asked. */
    final LongAdder discardedUnasked = new LongAdder();
    final LongAdder unwantedUnasked = new LongAdder();
    final LongAdder suppressedUnasked = new LongAdder();
    /** Decisions and log ins that the engine could not be told of. */
    final LongAdder unrecordedUnasked = new LongAdder();
    /** Events that a producer has and has not answered for; this and the next three without the trail's own. */
    final LongAdder underWay = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder keptInFallback = new LongAdder();
    final LongAdder lostInFallback = new LongAdder();
    /** Events of this epoch on disk, and those that were there and are lost; none of the trail's own. */
    final LongAdder spilled = new LongAdder();
    final LongAdder lostToAge = new LongAdder();
    final LongAdder lostToDamage = new LongAdder();
    /** Events delivered from disk, of any epoch. */
    final LongAdder replayed = new LongAdder();
    volatile long spoolWaiting;
    volatile long spoolBytes;
    volatile long spoolTorn;
    volatile long spoolFailures;
    /** Lines given to the fallback log but those of the trail itself; minimal lines among them. */
    final LongAdder fallback = new LongAdder();
    final LongAdder fallbackFailures = new LongAdder();
    final LongAdder badDocuments = new LongAdder();
    final LongAdder javaFailures = new LongAdder();
    final LongAdder decisionErrors = new LongAdder();
    final LongAdder acceptedLogins = new LongAdder();
    final LongAdder refusedLogins = new LongAdder();
    volatile String appliedResourceVersion = "";
    volatile String appliedAt = "";
    volatile String lastDocumentError = "";
    volatile String clusterId = "";
    volatile LongSupplier inFlight = () -> 0;
    volatile Supplier<String> exporterState = () -> "none";
    private volatile NativeEngine engine;
    private ObjectName name;

    void attach(NativeEngine attached) {
        engine = attached;
    }

    /** {@code io.openmds:type=audit,role=...,node=...}; a failure is logged, never thrown. */
    synchronized void register(String role, int node) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName wanted = new ObjectName("io.openmds:type=audit,role=" + role + ",node=" + node);
            if (server.isRegistered(wanted)) {
                server.unregisterMBean(wanted);
            }
            server.registerMBean(this, wanted);
            name = wanted;
            AuditRates.add(this);
        } catch (JMException e) {
            LOG.warn("The counters of the audit trail are not visible in JMX", e);
        }
    }

    synchronized void unregister() {
        if (name != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            } catch (JMException e) {
                LOG.debug("The counters of the audit trail were already gone from JMX", e);
            }
            name = null;
            AuditRates.remove(this);
        }
    }

    private long counted(Counter counter) {
        NativeEngine attached = engine;
        return attached == null ? 0 : attached.counters()[counter.ordinal()];
    }

    /** What became of everything. */
    Account account() {
        return Account.of(this, engine);
    }

    long recordedLogins() {
        return counted(Counter.LOGINS_ENQUEUED);
    }

    long lostLogins() {
        return counted(Counter.LOGINS_DROPPED);
    }

    /** Of the engine's own decisions, those that allow. */
    long allowed() {
        return counted(Counter.ALLOWED);
    }

    /** Of the engine's own decisions, those that refuse. */
    long denied() {
        return counted(Counter.DENIED);
    }

    @Override
    public long getUnawaited() {
        return counted(Counter.UNAWAITED);
    }

    @Override
    public long getDecided() {
        return decided.sum();
    }

    @Override
    public long getRouted() {
        return counted(Counter.ROUTED);
    }

    @Override
    public long getDiscarded() {
        return counted(Counter.DISCARDED) + discardedUnasked.sum();
    }

    @Override
    public long getExcluded() {
        return counted(Counter.EXCLUDED);
    }

    @Override
    public long getSuppressedOwn() {
        return counted(Counter.SUPPRESSED_OWN);
    }

    @Override
    public long getUnwanted() {
        return counted(Counter.UNWANTED) + unwantedUnasked.sum();
    }

    @Override
    public String getAccount() {
        return engine == null ? "" : account().toString();
    }

    @Override
    public boolean isBalanced() {
        return engine == null || account().balances();
    }

    @Override
    public long getEnqueued() {
        return counted(Counter.ENQUEUED);
    }

    @Override
    public long getDroppedQueueFull() {
        return counted(Counter.DROPPED_QUEUE_FULL);
    }

    @Override
    public long getDelivered() {
        return delivered.sum();
    }

    @Override
    public long getSpoolWaiting() {
        return spoolWaiting;
    }

    @Override
    public long getSpoolBytes() {
        return spoolBytes;
    }

    @Override
    public long getSpoolDelivered() {
        return replayed.sum();
    }

    @Override
    public long getSpoolLost() {
        return lostToAge.sum() + lostToDamage.sum();
    }

    @Override
    public long getSpoolFailures() {
        return spoolFailures;
    }

    @Override
    public long getFallback() {
        return fallback.sum();
    }

    @Override
    public long getFallbackFailures() {
        return fallbackFailures.sum();
    }

    @Override
    public long getBadDocuments() {
        return badDocuments.sum();
    }

    @Override
    public long getPanics() {
        return counted(Counter.PANICS) + counted(Counter.MALFORMED) + javaFailures.sum();
    }

    @Override
    public long getDecisionErrors() {
        return decisionErrors.sum();
    }

    @Override
    public long getAcceptedLogins() {
        return acceptedLogins.sum();
    }

    @Override
    public long getRefusedLogins() {
        return refusedLogins.sum();
    }

    @Override
    public long getQueueLength() {
        return counted(Counter.QUEUE_LENGTH);
    }

    @Override
    public long getQueueFillPermille() {
        return counted(Counter.QUEUE_FILL_PERMILLE);
    }

    @Override
    public long getInFlight() {
        return inFlight.getAsLong();
    }

    @Override
    public String getExporterState() {
        return exporterState.get();
    }

    @Override
    String appliedVersion() {
        return appliedResourceVersion;
    }

    @Override
    public String getAppliedResourceVersion() {
        return appliedResourceVersion;
    }

    @Override
    public String getAppliedAt() {
        return appliedAt;
    }

    @Override
    public String getLastDocumentError() {
        return lastDocumentError;
    }

    @Override
    public String getClusterId() {
        return clusterId;
    }
}
