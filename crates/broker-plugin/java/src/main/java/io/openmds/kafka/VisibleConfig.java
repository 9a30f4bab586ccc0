package io.openmds.kafka;

import java.lang.reflect.Method;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the pushed document, its companion and their signature readable with {@code kafka-configs --describe}. Kafka hides the value of
 * every broker configuration it does not know; a definition added to its live table of dynamic
 * configurations lifts that ({@code kafka-internals.md} 0a row 3). The table belongs to an internal
 * class, at one place up to Kafka 4.2 and another from 4.3: where neither is found the value stays
 * hidden and the node starts all the same.
 */
final class VisibleConfig {
    private static final Logger LOG = LoggerFactory.getLogger(VisibleConfig.class);

    private static final ConfigDef KEYS = new ConfigDef()
            .define(PluginConfig.ROUTER_CONFIG, ConfigDef.Type.STRING, "", ConfigDef.Importance.HIGH,
                    "The audit-log document that this cluster's brokers and controllers route by.")
            .define(PluginConfig.COMPANION, ConfigDef.Type.STRING, "", ConfigDef.Importance.HIGH,
                    "Its companion: how surely events are recorded before requests are answered, and in which form.")
            .define(PluginConfig.SIGNATURE, ConfigDef.Type.STRING, "", ConfigDef.Importance.HIGH,
                    "The metadata server's signature over both.");

    private VisibleConfig() {}

    /** Whether the value is visible now. */
    static synchronized boolean define() {
        try {
            Map<String, ConfigKey> live = live();
            KEYS.configKeys().forEach(live::putIfAbsent);
            return true;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.warn("The values of {} stay hidden from kafka-configs on this Kafka version: {}", KEYS.names(), e.toString());
            return false;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ConfigKey> live() throws ReflectiveOperationException {
        try {
            Class<?> java = Class.forName("org.apache.kafka.server.config.DynamicConfig$Broker");
            return (Map<String, ConfigKey>) java.getMethod("configKeys").invoke(null);
        } catch (ClassNotFoundException older) {
            Class<?> scala = Class.forName("kafka.server.DynamicConfig$Broker$");
            Method configKeys = scala.getMethod("configKeys");
            return (Map<String, ConfigKey>) configKeys.invoke(scala.getField("MODULE$").get(null));
        }
    }
}
