package io.openmds.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigException;

/**
 * The static settings of the node, as far as the plugin reads them. Built once, from the map given to
 * {@code configure}: nothing here is ever read from a reconfiguration, because anybody with
 * AlterConfigs could then name himself a super user.
 */
final class PluginConfig {
    /** The pushed document. */
    static final String ROUTER_CONFIG = "confluent.security.event.router.config";

    /** The pushed companion of the document. */
    static final String COMPANION = "openmds.audit.companion";

    /** The server's signature over both ({@code spec/document-signature.md}). */
    static final String SIGNATURE = "openmds.audit.signature";

    static final String ENABLE = "confluent.security.event.logger.enable";
    static final String AUTHENTICATION_ENABLE = "confluent.security.event.logger.authentication.enable";
    static final String EXPORTER = "confluent.security.event.logger.exporter.kafka.";
    static final String AUTHORITY = "confluent.authorizer.authority.name";
    static final String LIBRARY_PATH = "openmds.native.library.path";
    static final String QUEUE_MAX_BYTES = "openmds.audit.queue.max.bytes";
    static final String EXPORTER_PRINCIPAL = "openmds.audit.exporter.principal";
    static final String DESTINATIONS_ALLOWED = "openmds.audit.destinations.allowed";
    static final String PLAIN_ALLOWED = "openmds.audit.plain.allowed";

    static final String PROVIDERS = "confluent.authorizer.access.rule.providers";
    static final String ALLOW_EVERYONE = "allow.everyone.if.no.acl.found";
    static final String AUTHORIZER_ENABLE = "openmds.authorizer.enable";
    static final String MODE = "openmds.authorizer.mode";
    static final String LOG_DENIALS_PER_SECOND = "openmds.authorizer.log.denials.per.second";

    private static final String OURS = "openmds.";
    private static final Set<String> KNOWN =
            Set.of(COMPANION, SIGNATURE, LIBRARY_PATH, QUEUE_MAX_BYTES, EXPORTER_PRINCIPAL, DESTINATIONS_ALLOWED, PLAIN_ALLOWED,
                    AUTHORIZER_ENABLE, MODE, LOG_DENIALS_PER_SECOND);
    private static final long DEFAULT_QUEUE_MAX_BYTES = 16L * 1024 * 1024;
    private static final long LEAST_QUEUE_BYTES = 64 * 1024;
    private static final long MOST_QUEUE_BYTES = 24L * 1024 * 1024;

    private final Map<String, String> values = new LinkedHashMap<>();

    PluginConfig(Map<String, ?> configs) {
        configs.forEach((key, value) -> {
            if (value != null) {
                values.put(key, String.valueOf(value).trim());
            }
        });
    }

    /** The value, or {@code otherwise} if absent or empty. */
    String get(String key, String otherwise) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    String get(String key) {
        return get(key, null);
    }

    /** All settings under the prefix, without it. */
    Map<String, String> under(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    List<String> list(String key) {
        List<String> items = new ArrayList<>();
        for (String item : get(key, "").split(",")) {
            if (!item.isBlank()) {
                items.add(item.trim());
            }
        }
        return items;
    }

    boolean enabled(String key, boolean otherwise) {
        String value = get(key, Boolean.toString(otherwise));
        if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(value);
        }
        throw new ConfigException(key, value, "must be true or false");
    }

    int positive(String key, int otherwise) {
        return (int) number(key, otherwise, 1, Integer.MAX_VALUE);
    }

    long queueMaxBytes() {
        return number(QUEUE_MAX_BYTES, DEFAULT_QUEUE_MAX_BYTES, LEAST_QUEUE_BYTES, MOST_QUEUE_BYTES);
    }

    /** A whole number within bounds, {@code otherwise} if absent. */
    long number(String key, long otherwise, long least, long most) {
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

    /** As {@code StandardAuthorizer} reads them: separated by semicolons. */
    Set<String> superUsers() {
        Set<String> users = new LinkedHashSet<>();
        for (String user : get("super.users", "").split(";")) {
            if (!user.isBlank()) {
                users.add(user.trim());
            }
        }
        return users;
    }

    /** Keys under our prefix that nobody reads: probably a typing error. */
    Set<String> unknownKeys() {
        Set<String> unknown = new TreeSet<>();
        for (String key : values.keySet()) {
            if (key.startsWith(OURS) && !known().contains(key)) {
                unknown.add(key);
            }
        }
        return unknown;
    }

    /** Every name under our prefix that some part of the plugin reads. */
    static Set<String> known() {
        Set<String> known = new TreeSet<>(KNOWN);
        known.addAll(TokenSettings.KNOWN);
        known.addAll(FeedSettings.KNOWN);
        known.addAll(TrailSettings.KNOWN);
        known.addAll(SpoolSettings.KNOWN);
        known.addAll(FailModeSettings.KNOWN);
        known.addAll(SignatureSettings.KNOWN);
        known.add(OpenMdsPrincipalBuilder.GROUPS_CLAIM);
        return known;
    }
}
