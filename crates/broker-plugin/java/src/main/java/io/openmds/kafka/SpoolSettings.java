package io.openmds.kafka;

import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.config.ConfigException;

/** Where events wait that their destination does not take. Static settings, like all of {@link PluginConfig}. */
final class SpoolSettings {
    static final String DIRECTORY = "openmds.audit.spool.dir";
    static final String MAX_BYTES = "openmds.audit.spool.max.bytes";
    static final String MAX_AGE_MS = "openmds.audit.spool.max.age.ms";
    static final String FSYNC = "openmds.audit.spool.fsync";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(DIRECTORY, MAX_BYTES, MAX_AGE_MS, FSYNC);

    private static final Set<String> POLICIES = Set.of("always", "batch", "roll");
    private static final long SEGMENT_BYTES = 16L * 1024 * 1024;
    private static final long DAY_MS = 86_400_000;

    /** Null if nothing is spooled. Each node has a directory of its own in it. */
    final Path directory;
    final long maxBytes;
    final long maxAgeMs;
    final String fsync;

    SpoolSettings(PluginConfig config) {
        String named = config.get(DIRECTORY);
        directory = named == null ? null : Path.of(named).toAbsolutePath();
        maxBytes = config.number(MAX_BYTES, 1L << 30, 2 * SEGMENT_BYTES, Long.MAX_VALUE);
        maxAgeMs = config.number(MAX_AGE_MS, 7 * DAY_MS, 1_000, 3_650 * DAY_MS);
        fsync = config.get(FSYNC, "batch");
        if (!POLICIES.contains(fsync)) {
            throw new ConfigException(FSYNC, fsync, "must be always, batch or roll");
        }
    }

    /** As a message to {@link NativeEngine#tell}. */
    Pairs open(String node) {
        return new Pairs().add("what", "spool-open").add("dir", directory.resolve(node).toString())
                .add("max_bytes", Long.toString(maxBytes)).add("max_age_ms", Long.toString(maxAgeMs)).add("fsync", fsync);
    }
}
