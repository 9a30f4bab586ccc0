package io.openmds.kafka;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a document may send events. Its addresses decide who receives the exporter's credentials, so
 * only servers that the static settings name are accepted ({@code rulings.md} 9).
 */
final class Destinations {
    private final Set<String> allowed = new LinkedHashSet<>();

    Destinations(PluginConfig config, InterBroker interBroker) {
        add(config.list(PluginConfig.DESTINATIONS_ALLOWED));
        add(config.list(PluginConfig.EXPORTER + "bootstrap.servers"));
        add(interBroker.ownAddresses());
    }

    private void add(Iterable<String> servers) {
        servers.forEach(server -> allowed.add(server.toLowerCase(Locale.ROOT)));
    }

    /** One sentence for each server that is not allowed. */
    List<String> refuse(List<String> servers) {
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            if (!allowed.contains(servers.get(i).toLowerCase(Locale.ROOT))) {
                refused.add("destinations.bootstrap_servers[" + i + "]: `" + servers.get(i)
                        + "` is not a destination that this node allows; add it to "
                        + PluginConfig.DESTINATIONS_ALLOWED + " in the node's static settings");
            }
        }
        return refused;
    }
}
