package io.openmds.kafka;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How this node's brokers talk to each other, read from the static settings: the exporter's way to
 * its own cluster where nothing else is configured ({@code audit-logs.md} 6.1).
 */
final class InterBroker {
    private static final String SASL = "SASL";
    private final PluginConfig config;
    private final String listener;

    InterBroker(PluginConfig config) {
        this.config = config;
        listener = config.get("inter.broker.listener.name", config.get("security.inter.broker.protocol", "PLAINTEXT"))
                .toUpperCase(Locale.ROOT);
    }

    /** {@code PLAINTEXT}, {@code SASL_SSL}, ... */
    String protocol() {
        for (String entry : config.list("listener.security.protocol.map")) {
            String[] parts = entry.split(":");
            if (parts.length == 2 && parts[0].trim().equalsIgnoreCase(listener)) {
                return parts[1].trim().toUpperCase(Locale.ROOT);
            }
        }
        return listener;
    }

    String mechanism() {
        return config.get("sasl.mechanism.inter.broker.protocol", "GSSAPI");
    }

    /** The client settings of a connection to that listener. */
    Map<String, String> clientSettings() {
        Map<String, String> settings = new LinkedHashMap<>();
        String protocol = protocol();
        take(settings, config.under(""));
        Map<String, String> ofListener = config.under("listener.name." + listener.toLowerCase(Locale.ROOT) + ".");
        take(settings, ofListener);
        if (protocol.startsWith(SASL)) {
            String mechanism = mechanism().toLowerCase(Locale.ROOT) + ".";
            ofListener.forEach((key, value) -> {
                if (key.startsWith(mechanism)) {
                    settings.put(key.substring(mechanism.length()), value);
                }
            });
            settings.put("sasl.mechanism", mechanism());
        }
        settings.put("security.protocol", protocol);
        return settings;
    }

    /** Who this node is for the others, {@code User:...}; null if its settings do not tell. */
    String user() {
        String jaas = protocol().startsWith(SASL) ? clientSettings().get("sasl.jaas.config") : null;
        return jaas == null ? null : ExporterSettings.user(jaas);
    }

    private static void take(Map<String, String> into, Map<String, String> from) {
        from.forEach((key, value) -> {
            if (key.startsWith("ssl.") || key.startsWith("sasl.")) {
                into.put(key, value);
            }
        });
    }

    /** {@code host:port} of this node's inter-broker listener, or null if it has none. */
    String address() {
        for (String key : new String[] {"advertised.listeners", "listeners"}) {
            for (String entry : config.list(key)) {
                if (entry.toUpperCase(Locale.ROOT).startsWith(listener + "://")) {
                    return withHost(entry.substring(entry.indexOf("://") + 3));
                }
            }
        }
        return null;
    }

    /** All addresses under which the node's own cluster is known here, controllers' excepted. */
    Set<String> ownAddresses() {
        Set<String> addresses = new LinkedHashSet<>();
        Set<String> controllers = new LinkedHashSet<>(config.list("controller.listener.names"));
        for (String key : new String[] {"advertised.listeners", "listeners"}) {
            for (String entry : config.list(key)) {
                int at = entry.indexOf("://");
                if (at > 0 && !controllers.contains(entry.substring(0, at))) {
                    addresses.add(withHost(entry.substring(at + 3)));
                }
            }
        }
        return addresses;
    }

    /** A listener on all interfaces is reached from the node itself by its own name. */
    private static String withHost(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, Math.max(colon, 0));
        return host.isEmpty() || host.equals("0.0.0.0") ? "localhost" + address.substring(colon) : address;
    }
}
