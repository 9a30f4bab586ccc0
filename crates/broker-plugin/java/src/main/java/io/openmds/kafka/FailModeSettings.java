package io.openmds.kafka;

import java.util.LinkedHashSet;
import java.util.Set;

/** How long requests wait for their events, and whose never do. Static settings, like all of {@link PluginConfig}. */
final class FailModeSettings {
    static final String TIMEOUT_MS = "openmds.audit.durable.timeout.ms";
    static final String EXEMPT = "openmds.audit.durable.exempt";

    /** Every name, for the warning about misspelt ones. */
    static final Set<String> KNOWN = Set.of(TIMEOUT_MS, EXEMPT);

    /** Nodes of a quorum give each other up after twice as long. */
    private static final long USUAL_TIMEOUT_MS = 1_000;
    private static final long LONGEST_TIMEOUT_MS = 60_000;
    private static final String ANONYMOUS = "User:ANONYMOUS";

    final long timeoutMs;
    /** Principals that are never held up nor refused, beside super users and what nodes ask of each other. */
    final Set<String> exempt = new LinkedHashSet<>();

    FailModeSettings(PluginConfig config, InterBroker interBroker) {
        timeoutMs = config.number(TIMEOUT_MS, USUAL_TIMEOUT_MS, 1, LONGEST_TIMEOUT_MS);
        for (String principal : config.get(EXEMPT, "").split(";")) {
            if (!principal.isBlank()) {
                exempt.add(principal.trim());
            }
        }
        String exporter = new ExporterSettings(config, interBroker).principal();
        String node = interBroker.user();
        for (String known : new String[] {exporter, node}) {
            if (known != null && !known.equals(ANONYMOUS)) {
                exempt.add(known);
            }
        }
    }
}
