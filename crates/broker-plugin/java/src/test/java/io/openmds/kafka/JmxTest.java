package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What an operator sees in JMX. */
class JmxTest {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final int CREATE_TOPICS = 19;

    @Test
    void decisionsAndThePolicyAreShown() throws Exception {
        ObjectName name = new ObjectName("io.openmds:type=policy,role=broker,node=1");
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t")));
            authorizer.authorize(Requests.request(CREATE_TOPICS, "admin"), List.of(Requests.createTopic("t")));
            authorizer.engineForTest().breakNextDecisionForTest();
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t")));
            assertEquals(1L, BEANS.getAttribute(name, "Allowed"));
            assertEquals(1L, BEANS.getAttribute(name, "Denied"));
            assertEquals(1L, BEANS.getAttribute(name, "Errors"));
            assertEquals(1L, BEANS.getAttribute(name, "Panics"));
            assertEquals(1, BEANS.getAttribute(name, "Ready"));
            assertEquals(-1L, BEANS.getAttribute(name, "PolicyGeneration"));
            assertEquals(-1L, BEANS.getAttribute(name, "PolicyAgeMs"));
            assertEquals(0, BEANS.getAttribute(name, "PolicyStale"));
            assertEquals("", BEANS.getAttribute(name, "PolicyCopyTrouble"));
            assertTrue(BEANS.isRegistered(new ObjectName(AuditRates.NAME)));
        }
        assertFalse(BEANS.isRegistered(name));
        assertFalse(BEANS.isRegistered(new ObjectName(AuditRates.NAME)));
    }

    @Test
    void ratesAreTakenOverTheTimeBetweenReadings() throws Exception {
        AuditCounters counters = new AuditCounters();
        AtomicLong seconds = new AtomicLong();
        AuditRates rates = new AuditRates(List.of(counters), () -> seconds.get() * 1_000_000_000L);
        String fallback = "audit-log-fallback-rate-per-minute";
        assertEquals(0.0, rates.getAttribute(fallback));
        seconds.set(60);
        counters.fallback.add(30);
        assertEquals(30.0, rates.getAttribute(fallback));
        seconds.set(120);
        counters.fallback.add(60);
        assertEquals(60.0, rates.getAttribute(fallback));
        seconds.set(180);
        assertEquals(0.0, rates.getAttribute(fallback));
        assertEquals(0.0, rates.getAttribute("authentication-audit-log-rate"));
        assertEquals(6, rates.getMBeanInfo().getAttributes().length);
    }
}
