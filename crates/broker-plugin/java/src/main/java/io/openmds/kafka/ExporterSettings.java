package io.openmds.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The clients' settings: everything under {@code confluent.security.event.logger.exporter.kafka.}
 * that is not about topics, over defaults that bound memory and waiting. The brokers' own credentials
 * are used for the inter-broker listener only.
 */
final class ExporterSettings {
    private static final String TOPIC = "topic.";
    /** Bytes of events sent but not acknowledged; beyond it nothing is sent. */
    static final long MOST_IN_FLIGHT = 12L * 1024 * 1024;
    private static final int BATCH_BYTES = 128 * 1024;
    private static final long BUFFER_BYTES = 16L * 1024 * 1024;

    final boolean topicCreate;
    final int topicPartitions;
    final short topicReplicas;
    private final PluginConfig config;
    private final InterBroker interBroker;
    private final Map<String, String> given = new LinkedHashMap<>();

    ExporterSettings(PluginConfig config, InterBroker interBroker) {
        this.config = config;
        this.interBroker = interBroker;
        config.under(PluginConfig.EXPORTER).forEach((key, value) -> {
            if (!key.startsWith(TOPIC) && !value.isEmpty()) {
                given.put(key, value);
            }
        });
        topicCreate = config.enabled(PluginConfig.EXPORTER + "topic.create", true);
        topicPartitions = config.positive(PluginConfig.EXPORTER + "topic.partitions", 12);
        topicReplicas = (short) config.positive(PluginConfig.EXPORTER + "topic.replicas", 3);
        refusePlainInClear();
        refuseBatchesWithoutRoom();
    }

    /** A producer takes room for a whole batch before it takes the first event: without that it takes none, ever. */
    private void refuseBatchesWithoutRoom() {
        long batch = given(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        long buffer = given(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        if (batch > buffer) {
            throw new ConfigException(PluginConfig.EXPORTER + "batch.size=" + batch + " is more than " + PluginConfig.EXPORTER
                    + "buffer.memory=" + buffer + ": no event could ever be sent. Make the batches smaller, or the buffer larger.");
        }
    }

    /** A number, if it is one; what is none the producer names itself. */
    private long given(String key, long otherwise) {
        try {
            return Long.parseLong(given.getOrDefault(key, "").trim());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** Whether the static settings say how the exporter authenticates or encrypts. */
    static boolean hasSecurity(PluginConfig config) {
        return config.under(PluginConfig.EXPORTER).keySet().stream()
                .anyMatch(key -> key.equals("security.protocol") || key.startsWith("sasl.") || key.startsWith("ssl."));
    }

    /** A destination that is told a password in clear can use it: only verified TLS, unless said otherwise. */
    private void refusePlainInClear() {
        String protocol = given.getOrDefault("security.protocol", "PLAINTEXT");
        boolean plain = given.getOrDefault("sasl.mechanism", "GSSAPI").equals("PLAIN") && protocol.startsWith("SASL");
        String verified = config.get(PluginConfig.EXPORTER + "ssl.endpoint.identification.algorithm", "https");
        boolean unverified = config.under(PluginConfig.EXPORTER).containsKey("ssl.endpoint.identification.algorithm")
                && given.get("ssl.endpoint.identification.algorithm") == null;
        boolean safe = protocol.equals("SASL_SSL") && !unverified && verified.equalsIgnoreCase("https");
        if (plain && !safe && !config.enabled(PluginConfig.PLAIN_ALLOWED, false)) {
            throw new ConfigException(PluginConfig.EXPORTER + "sasl.mechanism=PLAIN would show the exporter's password"
                    + " to whoever answers at the destination: use " + PluginConfig.EXPORTER
                    + "security.protocol=SASL_SSL with verified host names, or SCRAM, or set "
                    + PluginConfig.PLAIN_ALLOWED + "=true if that is meant.");
        }
    }

    /** Who the exporter is for the own cluster's authorizer, or null if the settings do not tell. */
    String principal() {
        String said = config.get(PluginConfig.EXPORTER_PRINCIPAL);
        if (said != null) {
            return said;
        }
        if (given.containsKey("sasl.jaas.config")) {
            return user(given.get("sasl.jaas.config"));
        }
        if (hasSecurity(config) || given.containsKey("bootstrap.servers")) {
            return given.getOrDefault("security.protocol", "PLAINTEXT").equals("PLAINTEXT") ? "User:ANONYMOUS" : null;
        }
        Map<String, String> own = interBroker.clientSettings();
        if (own.get("security.protocol").equals("PLAINTEXT")) {
            return "User:ANONYMOUS";
        }
        boolean sasl = own.get("security.protocol").startsWith("SASL") && own.containsKey("sasl.jaas.config");
        return sasl ? user(own.get("sasl.jaas.config")) : null;
    }

    static String user(String jaas) {
        try {
            JaasContext context = JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(jaas)));
            Object name = context.configurationEntries().get(0).getOptions().get("username");
            return name == null ? null : "User:" + name;
        } catch (RuntimeException e) {
            throw new ConfigException(PluginConfig.EXPORTER + "sasl.jaas.config cannot be read: write"
                    + " `<login module> required username=\"...\" password=\"...\";`");
        }
    }

    Map<String, Object> producer(Destination destination, String clientId) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, lz4() ? "lz4" : "none");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        settings.put("enable.metrics.push", false);
        take(settings, destination, clientId, ProducerConfig.configNames());
        // Whoever sends must never be held: requests wait for that thread to bring their events to disk.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0L);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    Map<String, Object> admin(Destination destination, String clientId) {
        Map<String, Object> settings = new LinkedHashMap<>();
        take(settings, destination, clientId, AdminClientConfig.configNames());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        settings.put("enable.metrics.push", false);
        return settings;
    }

    private void take(Map<String, Object> into, Destination destination, String clientId, Set<String> known) {
        Map<String, String> from = new LinkedHashMap<>();
        if (destination.ownCluster) {
            from.putAll(interBroker.clientSettings());
        }
        from.putAll(given);
        from.forEach((key, value) -> {
            if (known.contains(key)) {
                into.put(key, value);
            }
        });
        into.putIfAbsent("client.id", clientId);
        into.put("bootstrap.servers", destination.servers);
    }

    /** How long the destination may keep an event before it counts as not delivered. */
    long deliveryTimeoutMs() {
        return millis(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    }

    /** How long a producer may know nothing of a topic before the destination is asked anew. */
    long maxBlockMs() {
        return millis(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    }

    private long millis(String key, int otherwise) {
        return config.positive(PluginConfig.EXPORTER + key, otherwise);
    }

    private static boolean lz4() {
        try {
            Class.forName("net.jpountz.lz4.LZ4Factory");
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
