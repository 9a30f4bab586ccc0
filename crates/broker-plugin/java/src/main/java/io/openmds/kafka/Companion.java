package io.openmds.kafka;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The companion of the audit document in force: how surely events are recorded, and in which form. Nothing but white space
 * asks for nothing.
 */
final class Companion {
    private static final Logger LOG = LoggerFactory.getLogger(Companion.class);

    private final NativeEngine engine;
    private final ModeCounters counters;
    private String text;

    /** A bad static one keeps the node from starting: whoever wrote it is at hand. */
    Companion(PluginConfig config, NativeEngine engine, ModeCounters counters) {
        this.engine = engine;
        this.counters = counters;
        String initial = config.get(PluginConfig.COMPANION, "");
        validate(initial);
        apply(initial);
    }

    /** Refuses a bad one with all its errors. */
    void validate(String candidate) {
        List<String> errors;
        try {
            errors = engine.checkCompanion(candidate).all("error");
        } catch (RuntimeException | LinkageError e) {
            throw new ConfigException(PluginConfig.COMPANION + " cannot be judged on this node: " + e.getMessage());
        }
        if (!errors.isEmpty()) {
            throw refusal(errors);
        }
    }

    private static ConfigException refusal(List<String> errors) {
        return new ConfigException(PluginConfig.COMPANION + " has " + errors.size()
                + (errors.size() == 1 ? " error: " : " errors: ") + String.join("; ", errors));
    }

    /** Follows one from now on; a bad one is reported and the last good one stays. Never throws. */
    synchronized void apply(String candidate) {
        if (candidate.equals(text)) {
            return;
        }
        try {
            Pairs judged = engine.accompany(candidate);
            List<String> errors = judged.all("error");
            if (!errors.isEmpty()) {
                refused(refusal(errors).getMessage());
                return;
            }
            text = candidate;
            counters.companionVersion = judged.first("resource_version");
            counters.companionAppliedAt = Instant.now().toString();
            counters.lastCompanionError = "";
            if (!candidate.isBlank()) {
                LOG.info("Audit events are recorded as version {} of the companion asks for",
                        counters.companionVersion.isEmpty() ? "(none)" : counters.companionVersion);
            }
        } catch (RuntimeException | LinkageError e) {
            refused(e.toString());
        }
    }

    private void refused(String why) {
        counters.badCompanions.increment();
        counters.lastCompanionError = why;
        LOG.error("The companion of the audit document was refused and version {} stays in force: {}",
                counters.companionVersion.isEmpty() ? "(none)" : counters.companionVersion, why);
    }
}
