package io.openmds.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** What one instance tells the server of itself with every request of the feed. */
final class InstanceReport {
    private static final JsonMapper JSON = new JsonMapper();
    /** The server lists no more of one node. */
    private static final int MOST_DIFFERENCES = 100;

    private InstanceReport() {}

    /** @param shadow what {@link NativeEngine#shadow} says; null if the instance does not compare */
    static ObjectNode of(AuditCounters counters, String shadow) {
        ObjectNode report = JSON.createObjectNode().put("decisions", counters.decided.sum())
                .put("denials", counters.denied()).put("errors", counters.decisionErrors.sum())
                .put("panics", counters.getPanics());
        if (shadow != null) {
            report.set("shadow", shadow(shadow));
        }
        return report;
    }

    private static ObjectNode shadow(String text) {
        ObjectNode told = JSON.createObjectNode();
        JsonNode seen;
        try {
            seen = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the native engine reports its comparisons in no JSON", e);
        }
        told.put("compared", seen.path("compared").asLong())
                .put("allowed_by_openmds_only", seen.path("would_allow").asLong())
                .put("denied_by_openmds_only", seen.path("would_deny").asLong());
        ArrayNode differences = told.putArray("differences");
        for (JsonNode difference : seen.path("differences")) {
            if (differences.size() == MOST_DIFFERENCES) {
                break;
            }
            ObjectNode one = differences.addObject();
            for (String same : new String[] {"principal", "host", "operation", "resource_type", "resource_name"}) {
                one.set(same, difference.path(same));
            }
            one.put("present", word(difference, "kafka")).put("openmds", word(difference, "openmds"))
                    .put("reason", difference.path("why").asText()).put("count", difference.path("times").asLong());
        }
        return told;
    }

    private static String word(JsonNode difference, String who) {
        return difference.path(who).asText().toUpperCase(Locale.ROOT);
    }
}
