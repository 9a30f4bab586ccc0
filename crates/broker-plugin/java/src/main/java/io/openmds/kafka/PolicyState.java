package io.openmds.kafka;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How deciding fares at one instance, for JMX: {@code io.openmds:type=policy,role=...,node=...}. */
final class PolicyState implements PolicyStateMBean, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyState.class);

    private final NativeEngine engine;
    private final AuditCounters counters;
    /** Null if the node follows no server. */
    private final PolicyFeed feed;
    private ObjectName name;

    PolicyState(NativeEngine engine, AuditCounters counters, PolicyFeed feed) {
        this.engine = engine;
        this.counters = counters;
        this.feed = feed;
    }

    /** A failure is logged, never thrown. */
    synchronized void register(String role, int node) {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName wanted = new ObjectName("io.openmds:type=policy,role=" + role + ",node=" + node);
            if (server.isRegistered(wanted)) {
                server.unregisterMBean(wanted);
            }
            server.registerMBean(this, wanted);
            name = wanted;
        } catch (JMException e) {
            LOG.warn("The state of the policy is not visible in JMX", e);
        }
    }

    @Override
    public synchronized void close() {
        if (name != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            } catch (JMException e) {
                LOG.debug("The state of the policy was already gone from JMX", e);
            }
            name = null;
        }
    }

    private PolicyFollower follower() {
        return feed == null ? null : feed.follower();
    }

    @Override
    public long getAllowed() {
        return counters.allowed();
    }

    @Override
    public long getDenied() {
        return counters.denied();
    }

    @Override
    public long getErrors() {
        return counters.getDecisionErrors();
    }

    @Override
    public long getPanics() {
        return counters.getPanics();
    }

    @Override
    public int getReady() {
        return "true".equals(engine.policy().first("ready")) ? 1 : 0;
    }

    @Override
    public long getPolicyGeneration() {
        String generation = engine.policy().first("generation");
        return generation == null ? -1 : Long.parseLong(generation);
    }

    @Override
    public long getPolicyAgeMs() {
        PolicyFollower follower = follower();
        return follower == null ? -1 : follower.ageMs();
    }

    @Override
    public int getPolicyStale() {
        PolicyFollower follower = follower();
        return follower != null && follower.isStale() ? 1 : 0;
    }

    @Override
    public String getPolicyCopyTrouble() {
        PolicyFollower follower = follower();
        String trouble = follower == null ? null : follower.copy.trouble();
        return trouble == null ? "" : trouble;
    }
}
