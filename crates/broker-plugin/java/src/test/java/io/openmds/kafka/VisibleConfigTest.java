package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.junit.jupiter.api.Test;

/** The canary for Kafka's internal table; real brokers of every release are tried by the playground. */
class VisibleConfigTest {
    @Test
    void theDocumentsKeyIsDefinedAsTextThatMayBeShown() throws Exception {
        assertTrue(VisibleConfig.define());
        assertTrue(VisibleConfig.define(), "a second instance in the same JVM failed");
        Class<?> broker = Class.forName("kafka.server.DynamicConfig$Broker$");
        Object module = broker.getField("MODULE$").get(null);
        Map<?, ?> keys = (Map<?, ?>) broker.getMethod("configKeys").invoke(module);
        ConfigKey key = (ConfigKey) keys.get(PluginConfig.ROUTER_CONFIG);
        assertEquals(ConfigDef.Type.STRING, key.type());
        assertEquals(ConfigDef.Type.STRING, ((ConfigKey) keys.get(PluginConfig.COMPANION)).type());
    }
}
