package io.openmds.kafka;

import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;

/** Whether pushed documents need the server's signature. Static settings, like all of {@link PluginConfig}. */
final class SignatureSettings {
    static final String REQUIRED = "openmds.audit.require.signature";
    static final String WAIT_MS = "openmds.audit.signature.wait.ms";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(REQUIRED, WAIT_MS);

    private static final long DAY_MS = 86_400_000;

    final boolean required;
    /** For how long documents may wait for their signature before that is an alarm. */
    final long waitMs;
    /** The node's private directory; null if none is required. */
    final Path directory;

    SignatureSettings(PluginConfig config) {
        required = config.enabled(REQUIRED, false);
        waitMs = config.number(WAIT_MS, 30_000, 100, DAY_MS);
        String named = config.get(FeedSettings.DIRECTORY);
        if (required && (named == null || config.get(FeedSettings.URLS) == null)) {
            throw new ConfigException(REQUIRED + "=true needs " + FeedSettings.URLS + " and " + FeedSettings.DIRECTORY
                    + ": signatures are checked by the authority that certified this node");
        }
        directory = named == null ? null : Path.of(named).toAbsolutePath();
    }
}
