package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

/** What the static settings mean for the exporter. */
class SettingsTest {
    private static final String E = PluginConfig.EXPORTER;
    private static final String JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"auditlogwriter\" password=\"secret\";";
    private static final Map<String, String> NODE = Map.of(
            "listeners", "CLIENT://:9092,REPL://10.0.0.1:9093,CONTROLLER://:9094",
            "controller.listener.names", "CONTROLLER",
            "inter.broker.listener.name", "REPL",
            "listener.security.protocol.map", "CLIENT:SASL_SSL,REPL:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "sasl.mechanism.inter.broker.protocol", "PLAIN",
            "listener.name.repl.plain.sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"b\" user_broker=\"b\";");

    private static PluginConfig config(String... settings) {
        Map<String, Object> configs = new HashMap<>(NODE);
        for (int i = 0; i < settings.length; i += 2) {
            configs.put(settings[i], settings[i + 1]);
        }
        return new PluginConfig(configs);
    }

    private static ExporterSettings exporter(PluginConfig config) {
        return new ExporterSettings(config, new InterBroker(config));
    }

    private static Destination destination(PluginConfig config, String... servers) {
        Pairs summary = new Pairs().add("resource_version", "").add("routes", "0").add("interest", "0".repeat(130));
        for (String server : servers) {
            summary.add("bootstrap_server", server);
        }
        return Destination.of(new AppliedDocument(summary), true, config, new InterBroker(config));
    }

    @Test
    void withoutExporterSettingsTheOwnClusterIsReachedAsBrokersReachEachOther() {
        PluginConfig config = config();
        Destination own = destination(config);
        assertEquals("10.0.0.1:9093", own.servers);
        Map<String, Object> producer = exporter(config).producer(own, "id");
        assertEquals("SASL_PLAINTEXT", producer.get("security.protocol"));
        assertEquals("PLAIN", producer.get("sasl.mechanism"));
        assertTrue(producer.get("sasl.jaas.config").toString().contains("username=\"broker\""));
        assertEquals("User:broker", exporter(config).principal());
    }

    @Test
    void theBrokersOwnCredentialsGoNowhereElse() {
        PluginConfig config = config();
        Map<String, Object> producer = exporter(config).producer(destination(config, "logs:9092"), "id");
        assertEquals("logs:9092", producer.get("bootstrap.servers"));
        assertNull(producer.get("sasl.jaas.config"));
        assertNull(producer.get("security.protocol"));
    }

    @Test
    void theDocumentsServersReplaceTheExportersOwn() {
        PluginConfig config = config(E + "bootstrap.servers", "old:1", E + "security.protocol", "SASL_SSL",
                E + "sasl.mechanism", "SCRAM-SHA-256", E + "sasl.jaas.config", JAAS, E + "linger.ms", "7",
                E + "topic.create", "false");
        assertEquals("old:1", destination(config).servers);
        Destination named = destination(config, "a:1", "b:2");
        assertEquals("a:1,b:2", named.servers);
        Map<String, Object> producer = exporter(config).producer(named, "id");
        assertEquals("7", producer.get("linger.ms"));
        assertEquals("all", producer.get("acks"));
        assertEquals("SASL_SSL", producer.get("security.protocol"));
        assertFalse(producer.containsKey("topic.create"));
        assertFalse(exporter(config).topicCreate);
        assertEquals("User:auditlogwriter", exporter(config).principal());
    }

    @Test
    void theExportersPrincipalCanBeSaid() {
        assertEquals("User:CN=audit", exporter(config(PluginConfig.EXPORTER_PRINCIPAL, "User:CN=audit")).principal());
        assertNull(exporter(config(E + "security.protocol", "SSL")).principal());
    }

    @Test
    void aPasswordIsNotShownToADestinationWithoutVerifiedTls() {
        String[] plain = {E + "sasl.mechanism", "PLAIN", E + "security.protocol", "SASL_PLAINTEXT"};
        ConfigException refused = assertThrows(ConfigException.class, () -> exporter(config(plain)));
        assertTrue(refused.getMessage().contains(PluginConfig.PLAIN_ALLOWED));
        assertThrows(ConfigException.class, () -> exporter(config(E + "sasl.mechanism", "PLAIN", E + "security.protocol",
                "SASL_SSL", E + "ssl.endpoint.identification.algorithm", "")));
        exporter(config(E + "sasl.mechanism", "PLAIN", E + "security.protocol", "SASL_SSL"));
        exporter(config(E + "sasl.mechanism", "PLAIN", E + "security.protocol", "SASL_PLAINTEXT",
                PluginConfig.PLAIN_ALLOWED, "true"));
        exporter(config(E + "sasl.mechanism", "SCRAM-SHA-512", E + "security.protocol", "SASL_PLAINTEXT"));
    }

    @Test
    void onlyServersOfTheStaticSettingsAreDestinations() {
        PluginConfig config = config(E + "bootstrap.servers", "logs:9092", PluginConfig.DESTINATIONS_ALLOWED, "dr:1, dr:2");
        Destinations destinations = new Destinations(config, new InterBroker(config));
        assertEquals(List.of(), destinations.refuse(List.of("logs:9092", "DR:2", "localhost:9092", "10.0.0.1:9093")));
        assertEquals(2, destinations.refuse(List.of("logs:9093", "localhost:9094")).size());
    }

    @Test
    void aDedicatedControllerKnowsNoBroker() {
        PluginConfig config = new PluginConfig(Map.of("process.roles", "controller", "listeners", "CONTROLLER://:9094",
                "controller.listener.names", "CONTROLLER", "inter.broker.listener.name", "REPL"));
        assertNull(destination(config).servers);
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThrows(ConfigException.class, () -> config(PluginConfig.QUEUE_MAX_BYTES, "1").queueMaxBytes());
        ConfigException batch = assertThrows(ConfigException.class, () -> exporter(config(E + "batch.size", "33554432")));
        assertTrue(batch.getMessage().contains("buffer.memory=16777216"), batch.getMessage());
        exporter(config(E + "batch.size", "33554432", E + "buffer.memory", "33554432"));
        assertThrows(ConfigException.class, () -> exporter(config(E + "topic.create", "yes")));
        assertThrows(ConfigException.class, () -> exporter(config(E + "topic.replicas", "0")));
        ConfigException jaas = assertThrows(ConfigException.class,
                () -> exporter(config(E + "sasl.jaas.config", "nonsense with a secret")).principal());
        assertFalse(jaas.getMessage().contains("secret"), jaas.getMessage());
        assertEquals(Set.of("openmds.audit.queue.max.byte"), config("openmds.audit.queue.max.byte", "1").unknownKeys());
    }

    @Test
    void superUsersAreReadAsKafkaReadsThem() {
        assertEquals(Set.of("User:CN=a,O=b", "User:c"), config("super.users", "User:CN=a,O=b; User:c;").superUsers());
    }
}
