package io.openmds.kafka;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.config.ConfigException;

/**
 * The settings of {@link OpenMdsTokenValidator}. Each is looked for among the options of the listener's
 * {@code sasl.jaas.config}, then among the broker's properties, then under the name that Kafka's own validator
 * has for it, which takes a prefix for one listener: {@code listener.name.token.sasl.oauthbearer.expected.audience}.
 * Beside options Kafka demands {@code unsecuredLoginStringClaim_sub="unused"} in that line.
 */
final class TokenSettings {
    static final String CACHE_PATH = "openmds.jwks.cache.path";
    static final String URL = "openmds.jwks.url";
    static final String REFRESH_MS = "openmds.jwks.refresh.ms";
    static final String EARLY_REFRESH_MS = "openmds.jwks.early.refresh.ms";
    static final String HTTP_ALLOWED = "openmds.jwks.http.allowed";
    static final String TRUSTSTORE = "openmds.jwks.ssl.truststore.location";
    static final String TRUSTSTORE_TYPE = "openmds.jwks.ssl.truststore.type";
    static final String TRUSTSTORE_PASSWORD = "openmds.jwks.ssl.truststore.password";
    static final String ISSUER = "openmds.token.issuer";
    static final String AUDIENCE = "openmds.token.audience";
    static final String SKEW = "openmds.token.clock.skew.seconds";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(CACHE_PATH, URL, REFRESH_MS, EARLY_REFRESH_MS, HTTP_ALLOWED, TRUSTSTORE,
            TRUSTSTORE_TYPE, TRUSTSTORE_PASSWORD, ISSUER, AUDIENCE, SKEW);

    private static final String KAFKA = "sasl.oauthbearer.";
    private static final Map<String, String> KAFKAS_NAME = Map.of(
            URL, KAFKA + "jwks.endpoint.url",
            ISSUER, KAFKA + "expected.issuer",
            AUDIENCE, KAFKA + "expected.audience",
            SKEW, KAFKA + "clock.skew.seconds");

    private static final long DEFAULT_REFRESH_MS = 300_000;
    private static final long DEFAULT_EARLY_REFRESH_MS = 10_000;
    private static final long DAY_MS = 86_400_000;

    final Path cache;
    /** Null to look at the file alone. */
    final URI url;
    /** Null for what Java trusts anyway. */
    final SSLContext trust;
    /** The directory of the node's feed, which brings the keys; null if it follows none. */
    final Path feed;
    final long refreshMs;
    final long earlyRefreshMs;
    final String issuer;
    final Set<String> audiences;
    final long skewMs;

    private final Map<String, ?> configs;
    private final Map<String, ?> options;

    TokenSettings(Map<String, ?> configs, Map<String, ?> options) {
        this.configs = configs;
        this.options = options;
        for (String option : options.keySet()) {
            if (option.startsWith("openmds.") && !KNOWN.contains(option)) {
                throw new ConfigException("The option " + option + " of sasl.jaas.config is none of " + KNOWN);
            }
        }
        cache = Path.of(required(CACHE_PATH, "the file in which this broker keeps the server's public keys")).toAbsolutePath();
        if (!Files.isDirectory(cache.getParent())) {
            throw new ConfigException(CACHE_PATH, cache, "must be a file in a directory that exists");
        }
        url = url();
        trust = url != null && "https".equals(url.getScheme()) ? trust() : null;
        refreshMs = number(REFRESH_MS, DEFAULT_REFRESH_MS, 100, DAY_MS);
        earlyRefreshMs = number(EARLY_REFRESH_MS, DEFAULT_EARLY_REFRESH_MS, 100, DAY_MS);
        feed = feed();
        issuer = required(ISSUER, "the issuer (iss) of the server's tokens");
        audiences = audiences();
        skewMs = 1000 * number(SKEW, 30, 0, 3600);
    }

    private Path feed() {
        Object directory = configs.get(FeedSettings.DIRECTORY);
        boolean follows = configs.get(FeedSettings.URLS) != null && directory != null;
        return follows ? Path.of(String.valueOf(directory).trim()).toAbsolutePath() : null;
    }

    private URI url() {
        String value = get(URL);
        if (value == null) {
            return null;
        }
        URI found;
        try {
            found = URI.create(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(URL, value, "must be a URL");
        }
        String scheme = String.valueOf(found.getScheme());
        if (scheme.equals("https") && found.getHost() != null) {
            return found;
        }
        if (!scheme.equals("http") || found.getHost() == null) {
            throw new ConfigException(URL, value, "must be an http or https URL; for keys in a file set " + CACHE_PATH + " alone");
        }
        if (!isLoopback(found.getHost()) && !Boolean.parseBoolean(get(HTTP_ALLOWED))) {
            throw new ConfigException(URL, value, "must be an https URL: whoever can change keys on their way can make"
                    + " tokens for everybody. On a network where nobody can, set " + HTTP_ALLOWED + "=true");
        }
        return found;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private Set<String> audiences() {
        Set<String> found = new LinkedHashSet<>();
        for (String one : required(AUDIENCE, "one or more audiences (aud), of which a token must name one, separated by commas").split(",")) {
            if (!one.isBlank()) {
                found.add(one.trim());
            }
        }
        return found;
    }

    private SSLContext trust() {
        String location = get(TRUSTSTORE);
        if (location == null) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, TrustStore.load(Path.of(location), get(TRUSTSTORE_TYPE), get(TRUSTSTORE_PASSWORD)), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(TRUSTSTORE, location, "cannot be read: " + e);
        }
    }

    private String required(String key, String what) {
        String value = get(key);
        if (value == null) {
            String kafkas = KAFKAS_NAME.get(key);
            throw new ConfigException(key + (kafkas == null ? "" : " (or " + kafkas + ")") + " must be set: " + what);
        }
        return value;
    }

    private long number(String key, long otherwise, long least, long most) {
        String value = get(key);
        try {
            long number = value == null ? otherwise : Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw new ConfigException(key, value, "must be a whole number from " + least + " to " + most);
    }

    private String get(String key) {
        Object value = options.get(key);
        if (value == null) {
            value = configs.get(key);
        }
        String kafkas = KAFKAS_NAME.get(key);
        if (value == null && kafkas != null) {
            value = configs.get(kafkas);
        }
        return value == null ? null : text(value);
    }

    private static String text(Object value) {
        String text = value instanceof Collection
                ? ((Collection<?>) value).stream().map(String::valueOf).reduce((a, b) -> a + "," + b).orElse("")
                : String.valueOf(value).trim();
        return text.isEmpty() ? null : text;
    }
}
