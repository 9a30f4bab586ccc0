package io.openmds.kafka;

import java.nio.file.Path;
import java.util.Set;

/** How the audit trail proves itself. Static settings, like all of {@link PluginConfig}. */
final class TrailSettings {
    static final String DIRECTORY = "openmds.trail.dir";
    static final String ACCOUNT_MS = "openmds.trail.account.ms";
    static final String CHECKPOINT_MS = "openmds.trail.checkpoint.ms";
    static final String CHECKPOINT_EVENTS = "openmds.trail.checkpoint.events";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(DIRECTORY, ACCOUNT_MS, CHECKPOINT_MS, CHECKPOINT_EVENTS);

    private static final long DAY_MS = 86_400_000;

    /** Where the last epoch is kept; null if nowhere. */
    final Path directory;
    final long accountMs;
    final long checkpointMs;
    final long checkpointEvents;

    TrailSettings(PluginConfig config) {
        String named = config.get(DIRECTORY, config.get(FeedSettings.DIRECTORY));
        directory = named == null ? null : Path.of(named).toAbsolutePath();
        accountMs = config.number(ACCOUNT_MS, 60_000, 100, DAY_MS);
        checkpointMs = config.number(CHECKPOINT_MS, 60_000, 100, DAY_MS);
        checkpointEvents = config.number(CHECKPOINT_EVENTS, 1_000, 1, 1_000_000);
    }
}
