package io.openmds.kafka;

import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rates under the reference product's names ({@code audit-logs.md} 6.5), of all instances in the process:
 * {@code kafka.server:type=confluent-audit-metrics}. Each is taken over the time since a reading at least half a minute
 * ago, so that whoever reads once a minute misses nothing.
 */
final class AuditRates implements DynamicMBean {
    static final String NAME = "kafka.server:type=confluent-audit-metrics";
    private static final Logger LOG = LoggerFactory.getLogger(AuditRates.class);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final List<AuditCounters> INSTANCES = new CopyOnWriteArrayList<>();
    private static boolean registered;

    private final List<AuditCounters> of;
    private final LongSupplier clock;
    private final Map<String, Rate> rates = new LinkedHashMap<>();

    AuditRates(List<AuditCounters> of, LongSupplier clock) {
        this.of = of;
        this.clock = clock;
        add("audit-log-rate-per-minute", 60, AuditCounters::getEnqueued, "events recorded");
        add("audit-log-fallback-rate-per-minute", 60, AuditCounters::getFallback, "events that went to the fallback log");
        add("authentication-audit-log-rate", 1, AuditCounters::recordedLogins, "log ins recorded");
        add("authentication-audit-log-failure-rate", 1, AuditCounters::lostLogins, "log ins that were not recorded: the queue was full");
        add("authorization-audit-log-rate", 1, all -> all.getEnqueued() - all.recordedLogins(), "decisions recorded");
        add("authorization-audit-log-failure-rate", 1, all -> all.getDroppedQueueFull() - all.lostLogins(),
                "decisions that were not recorded: the queue was full");
    }

    /** The first instance makes the bean visible; a failure is logged, never thrown. */
    static synchronized void add(AuditCounters instance) {
        INSTANCES.add(instance);
        if (!registered) {
            try {
                ManagementFactory.getPlatformMBeanServer().registerMBean(new AuditRates(INSTANCES, System::nanoTime), new ObjectName(NAME));
                registered = true;
            } catch (JMException e) {
                LOG.warn("The rates of the audit trail are not visible in JMX", e);
            }
        }
    }

    static synchronized void remove(AuditCounters instance) {
        INSTANCES.remove(instance);
        if (INSTANCES.isEmpty() && registered) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(NAME));
            } catch (JMException e) {
                LOG.debug("The rates of the audit trail were already gone from JMX", e);
            }
            registered = false;
        }
    }

    private void add(String name, int seconds, Count count, String meaning) {
        rates.put(name, new Rate(seconds, () -> of.stream().mapToLong(count::of).sum(), clock, meaning));
    }

    /** A figure of one instance that only grows. */
    private interface Count {
        long of(AuditCounters instance);
    }

    private static final class Rate {
        private final int seconds;
        private final LongSupplier count;
        private final LongSupplier clock;
        private final String meaning;
        /** Time and count of each reading, oldest first; of those older than the window only the last. */
        private final Deque<long[]> readings = new ArrayDeque<>();

        Rate(int seconds, LongSupplier count, LongSupplier clock, String meaning) {
            this.seconds = seconds;
            this.count = count;
            this.clock = clock;
            this.meaning = meaning;
            readings.add(new long[] {clock.getAsLong(), count.getAsLong()});
        }

        synchronized double read() {
            long now = clock.getAsLong();
            long total = count.getAsLong();
            while (readings.size() > 1 && now - second()[0] >= WINDOW_NANOS) {
                readings.removeFirst();
            }
            long[] before = readings.getFirst();
            if (now - readings.getLast()[0] >= WINDOW_NANOS / 10) {
                readings.addLast(new long[] {now, total});
            }
            double elapsed = (now - before[0]) / 1e9;
            return elapsed <= 0 ? 0 : Math.max(0, total - before[1]) / elapsed * seconds;
        }

        private long[] second() {
            return readings.stream().skip(1).findFirst().orElseThrow();
        }
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Rate rate = rates.get(name);
        if (rate == null) {
            throw new AttributeNotFoundException(name + " is none of " + rates.keySet());
        }
        return rate.read();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList list = new AttributeList();
        for (String name : names) {
            Rate rate = rates.get(name);
            if (rate != null) {
                list.add(new Attribute(name, rate.read()));
            }
        }
        return list;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " can only be read");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) {
        throw new UnsupportedOperationException(action);
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanAttributeInfo[] attributes = rates.entrySet().stream()
                .map(rate -> new MBeanAttributeInfo(rate.getKey(), "double", rate.getValue().meaning, true, false, false))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(AuditRates.class.getName(), "Rates of the audit trail", attributes, null, null, null);
    }
}
