package io.openmds.kafka;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.TrustManager;
import org.apache.kafka.common.config.ConfigException;

/** Where the node gets its cluster's policy from, and where it keeps it. Static settings, like all of {@link PluginConfig}. */
final class FeedSettings {
    static final String URLS = "openmds.feed.urls";
    static final String DIRECTORY = "openmds.feed.dir";
    static final String JOIN_TOKEN_PATH = "openmds.feed.join.token.path";
    static final String TRUSTSTORE = "openmds.feed.ssl.truststore.location";
    static final String TRUSTSTORE_TYPE = "openmds.feed.ssl.truststore.type";
    static final String TRUSTSTORE_PASSWORD = "openmds.feed.ssl.truststore.password";
    static final String WAIT_MS = "openmds.feed.wait.ms";
    static final String STALE_MS = "openmds.policy.stale.ms";
    static final String EARLY_LISTENERS = "openmds.listeners.early";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(URLS, DIRECTORY, JOIN_TOKEN_PATH, TRUSTSTORE, TRUSTSTORE_TYPE, TRUSTSTORE_PASSWORD,
            WAIT_MS, STALE_MS, EARLY_LISTENERS);

    private static final long MOST_WAIT_MS = 60_000;
    private static final long DAY_MS = 86_400_000;

    /** One or more servers that hold the same policy; asked in order. */
    final List<URI> urls;
    /** Holds the node's key, its certificate and the copy of the policy; for the broker's user alone. */
    final Path directory;
    /** Null if the node is expected to have a certificate already. */
    final Path joinToken;
    /** Null for what Java trusts anyway. */
    final TrustManager[] trust;
    /** How long the server may hold a request back until there is something new. */
    final long waitMs;
    /** From which age on a policy counts as stale: it goes on deciding, with a warning. */
    final long staleMs;
    private final Set<String> early;

    private FeedSettings(PluginConfig config) {
        urls = urls(config);
        directory = Path.of(required(config, DIRECTORY, "a directory for the node's key, certificate and copy of the policy"))
                .toAbsolutePath();
        String token = config.get(JOIN_TOKEN_PATH);
        joinToken = token == null ? null : Path.of(token).toAbsolutePath();
        trust = trust(config);
        waitMs = config.number(WAIT_MS, 25_000, 100, MOST_WAIT_MS);
        staleMs = config.number(STALE_MS, 300_000, 1_000, DAY_MS);
        early = new LinkedHashSet<>(config.list(EARLY_LISTENERS));
    }

    /** Null if the node follows no server. */
    static FeedSettings of(PluginConfig config) {
        return config.get(URLS) == null ? null : new FeedSettings(config);
    }

    /** Whether the listener, by its name, opens before there is a policy, beside those that Kafka itself needs. */
    boolean isEarly(String listener) {
        return early.contains(listener);
    }

    private static List<URI> urls(PluginConfig config) {
        List<URI> found = new ArrayList<>();
        for (String url : config.list(URLS)) {
            URI uri;
            try {
                uri = URI.create(url);
            } catch (IllegalArgumentException e) {
                throw new ConfigException(URLS, url, "must be a URL");
            }
            if (!"https".equals(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) || uri.getHost() == null) {
                throw new ConfigException(URLS, url, "must be an https URL such as https://mds.example.com:8091: a node shows its"
                        + " certificate there, and whoever could change the answer could allow everything");
            }
            found.add(uri);
        }
        if (found.isEmpty()) {
            throw new ConfigException(URLS + " names no server");
        }
        return found;
    }

    private static TrustManager[] trust(PluginConfig config) {
        String location = config.get(TRUSTSTORE);
        if (location == null) {
            return null;
        }
        try {
            return TrustStore.load(Path.of(location), config.get(TRUSTSTORE_TYPE), config.get(TRUSTSTORE_PASSWORD));
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(TRUSTSTORE, location, "cannot be read: " + e);
        }
    }

    private static String required(PluginConfig config, String key, String what) {
        String value = config.get(key);
        if (value == null) {
            throw new ConfigException(key + " must be set beside " + URLS + ": " + what);
        }
        return value;
    }
}
