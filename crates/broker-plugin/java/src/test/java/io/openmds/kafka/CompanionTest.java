package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

/** The companion of the document, as Kafka hands it over. */
class CompanionTest {
    private static final int CREATE_TOPICS = 19;
    private static final String OCSF = "{\"formats\":{\"confluent-audit-log-events\":\"ocsf\"},"
            + "\"metadata\":{\"resource_version\":\"c1\"}}";

    private static void ask(OpenMdsAuthorizer authorizer, String topic) {
        authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic(topic)));
    }

    @Test
    void eventsTakeTheFormThatItAsksForAndLoseItWithTheCompanion() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started()) {
            assertEquals(Set.of(PluginConfig.ROUTER_CONFIG, PluginConfig.COMPANION, PluginConfig.SIGNATURE), authorizer.reconfigurableConfigs());
            authorizer.reconfigure(Map.of(PluginConfig.COMPANION, OCSF));
            AuditCounters counters = authorizer.countersForTest();
            assertEquals("c1", counters.getCompanionVersion());
            assertFalse(counters.getCompanionAppliedAt().isEmpty());
            ask(authorizer, "orders");
            String line = lines.await(text -> text.contains("\"name\":\"orders\""));
            assertTrue(line.startsWith("{\"metadata\":{\"version\":\"1.8.0\""), line);
            authorizer.reconfigure(Map.of());
            assertEquals("", counters.getCompanionVersion());
            ask(authorizer, "payments");
            line = lines.await(text -> text.contains("\"resourceName\":\"payments\""));
            assertTrue(line.startsWith("{\"specversion\":\"1.0\""), line);
        }
    }

    @Test
    void aBadOneKeepsTheLastGoodOneAndIsNeverThrown() throws Exception {
        try (FallbackLines lines = new FallbackLines();
                OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.COMPANION, OCSF)) {
            AuditCounters counters = authorizer.countersForTest();
            assertEquals("c1", counters.getCompanionVersion(), "a static one is followed from the start");
            for (String bad : List.of("{", "[]", "\u0000", "{\"formats\":{\"t\":\"xml\"}}", "x".repeat(100_000))) {
                authorizer.validateReconfiguration(Map.of(PluginConfig.COMPANION, bad));
                authorizer.reconfigure(Map.of(PluginConfig.COMPANION, bad));
            }
            assertEquals(5, counters.getBadCompanions());
            assertEquals(0, counters.getBadDocuments());
            assertEquals("c1", counters.getCompanionVersion());
            assertTrue(counters.getLastCompanionError().contains(PluginConfig.COMPANION), counters.getLastCompanionError());
            ask(authorizer, "orders");
            lines.await(text -> text.contains("\"class_uid\":6003"));
            authorizer.reconfigure(Map.of(PluginConfig.COMPANION, OCSF));
            assertEquals(5, counters.getBadCompanions());
        }
    }

    @Test
    void whoSendsOrWritesABadOneIsTold() throws Exception {
        String bad = "{\"formats\":{\"t\":\"xml\"},\"fail_modes\":{\"default\":\"sure\"}}";
        Throwable[] thrown = new Throwable[1];
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            Thread requestHandler = new Thread(() -> thrown[0] = assertThrows(ConfigException.class,
                    () -> authorizer.validateReconfiguration(Map.of(PluginConfig.COMPANION, bad))),
                    "data-plane-kafka-request-handler-0");
            requestHandler.start();
            requestHandler.join();
        }
        ConfigException atStart = assertThrows(ConfigException.class, () -> Requests.configured(PluginConfig.COMPANION, bad));
        for (Throwable refusal : List.of(thrown[0], atStart)) {
            for (String part : List.of(PluginConfig.COMPANION, "formats.t", "fail_modes.default", "durable")) {
                assertTrue(refusal.getMessage().contains(part), part + " is not in " + refusal.getMessage());
            }
        }
    }
}
