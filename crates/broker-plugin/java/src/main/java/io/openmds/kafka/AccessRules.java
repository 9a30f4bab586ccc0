package io.openmds.kafka;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;

/** Where the rules come from that this node decides by, and whose decision stands; static settings only. */
final class AccessRules {
    /** {@code KRAFT_ACL} and {@code OPENMDS}; the reference's names are aliases ({@code spec/native-bridge.md}). */
    enum Provider {
        KRAFT_ACL, OPENMDS
    }

    enum Mode {
        /** Our decision stands. */
        ENFORCE,
        /** Kafka's own decision stands; ours is made beside it and differences are counted. */
        SHADOW,
        /** Kafka's own decision stands alone. */
        OFF
    }

    final Mode mode;
    final Set<Provider> providers;
    private final boolean allowEveryone;

    AccessRules(PluginConfig config) {
        mode = mode(config);
        providers = providers(config);
        // As StandardAuthorizer reads it: anything but "true" is false.
        allowEveryone = Boolean.parseBoolean(config.get(PluginConfig.ALLOW_EVERYONE, "false"));
    }

    private static Mode mode(PluginConfig config) {
        if (!config.enabled(PluginConfig.AUTHORIZER_ENABLE, true)) {
            return Mode.OFF;
        }
        String mode = config.get(PluginConfig.MODE, "enforce");
        switch (mode.toLowerCase(Locale.ROOT)) {
            case "enforce":
                return Mode.ENFORCE;
            case "shadow":
                return Mode.SHADOW;
            default:
                throw new ConfigException(PluginConfig.MODE, mode, "must be enforce or shadow");
        }
    }

    private static Set<Provider> providers(PluginConfig config) {
        List<String> names = config.list(PluginConfig.PROVIDERS);
        if (names.isEmpty()) {
            return config.get(FeedSettings.URLS) == null
                    ? EnumSet.of(Provider.KRAFT_ACL) : EnumSet.allOf(Provider.class);
        }
        Set<Provider> providers = EnumSet.noneOf(Provider.class);
        for (String name : names) {
            switch (name.toUpperCase(Locale.ROOT)) {
                case "KRAFT_ACL":
                case "ZK_ACL":
                    providers.add(Provider.KRAFT_ACL);
                    break;
                case "OPENMDS":
                case "CONFLUENT":
                    providers.add(Provider.OPENMDS);
                    break;
                default:
                    throw new ConfigException(PluginConfig.PROVIDERS, name,
                            "must be KRAFT_ACL (or ZK_ACL) or OPENMDS (or CONFLUENT)");
            }
        }
        if (providers.contains(Provider.OPENMDS) && config.get(FeedSettings.URLS) == null) {
            throw new ConfigException(PluginConfig.PROVIDERS + " names OPENMDS, so " + FeedSettings.URLS
                    + " must name the servers whose rules count");
        }
        return providers;
    }

    /** As settings of the native engine. */
    void addTo(Pairs settings) {
        settings.add("mode", mode.name().toLowerCase(Locale.ROOT));
        providers.forEach(provider -> settings.add("provider", provider.name()));
        settings.add("allow_everyone", Boolean.toString(allowEveryone));
    }
}
