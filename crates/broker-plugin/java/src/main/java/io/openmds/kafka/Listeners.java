package io.openmds.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Endpoint;

/** The node's listeners as its static settings name them. */
final class Listeners {
    private final Map<Integer, Listener> byPort = new HashMap<>();
    private final Set<String> controllers;

    /** One listener. */
    static final class Listener {
        /** {@code SASL_SSL}, ... */
        final String protocol;
        final List<String> mechanisms;

        Listener(String protocol, List<String> mechanisms) {
            this.protocol = protocol;
            this.mechanisms = mechanisms;
        }
    }

    /** @param endpoints those of this instance, for ports that the system chose */
    Listeners(PluginConfig config, Collection<Endpoint> endpoints) {
        controllers = new HashSet<>(config.list("controller.listener.names"));
        for (Endpoint endpoint : endpoints) {
            add(config, name(endpoint), endpoint.securityProtocol().name, endpoint.port());
        }
        for (String entry : config.list("listeners")) {
            String name = entry.substring(0, Math.max(entry.indexOf("://"), 0));
            try {
                add(config, name, protocol(config, name), Integer.parseInt(entry.substring(entry.lastIndexOf(':') + 1)));
            } catch (NumberFormatException e) {
                // Kafka has judged the setting; here only the mechanism of a refusal would be missing.
            }
        }
    }

    private void add(PluginConfig config, String name, String protocol, int port) {
        String own = config.get("listener.name." + name.toLowerCase(Locale.ROOT) + ".sasl.enabled.mechanisms",
                config.get("sasl.enabled.mechanisms", "GSSAPI"));
        byPort.put(port, new Listener(protocol, List.of(own.replaceAll("\\s", "").split(","))));
    }

    private static String protocol(PluginConfig config, String name) {
        for (String entry : config.list("listener.security.protocol.map")) {
            String[] parts = entry.split(":");
            if (parts.length == 2 && parts[0].trim().equalsIgnoreCase(name)) {
                return parts[1].trim().toUpperCase(Locale.ROOT);
            }
        }
        return name.toUpperCase(Locale.ROOT);
    }

    @SuppressWarnings("deprecation")
    private static String name(Endpoint endpoint) {
        return endpoint.listenerName().orElse("");
    }

    /** Null if there is none. */
    Listener atPort(int port) {
        return byPort.get(port);
    }

    boolean isOfControllers(String name) {
        return controllers.contains(name);
    }
}
