package io.openmds.kafka;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** What a node says when it asks for what is new: who it is, what it holds, how it fares. */
final class FeedRequest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int FORMAT = 1;

    private FeedRequest() {}

    /**
     * The request as JSON.
     *
     * @param held the policy in figures
     * @param whole whether a whole policy is wanted, whatever is held
     * @param answers to what the server asked with its last answer
     */
    static byte[] of(PolicyFollower node, Pairs held, boolean whole, ArrayNode answers) throws IOException {
        ObjectNode body = JSON.createObjectNode().put("cluster_id", node.clusterId).put("node_id", node.nodeId)
                .put("plugin", NativeLibrary.version()).put("format", FORMAT)
                .put("wait_seconds", node.settings.waitMs / 1000);
        Set<String> roles = new TreeSet<>();
        ObjectNode report = JSON.createObjectNode();
        for (Follower follower : node.followers) {
            roles.add(follower.role);
            add(report, follower.report.get());
        }
        roles.forEach(body.putArray("roles")::add);
        body.put("server", held.first("server"));
        String generation = held.first("generation");
        if (whole || generation == null) {
            body.putNull("generation");
        } else {
            body.put("generation", Long.parseLong(generation));
        }
        if (node.ageMs() >= 0) {
            report.put("policy_age_ms", node.ageMs());
        }
        if (node.copy.trouble() != null) {
            report.put("trouble", "the copy of the policy on disk is behind: " + node.copy.trouble());
        }
        if (!answers.isEmpty()) {
            report.set("answers", answers);
        }
        body.set("report", report.put("stale", node.isStale()));
        return JSON.writeValueAsBytes(body);
    }

    /** Numbers of the instances of one process add up; what is compared, the instance for clients compares. */
    private static void add(ObjectNode sum, ObjectNode one) {
        one.fields().forEachRemaining(field -> {
            if (field.getValue().isNumber()) {
                sum.put(field.getKey(), sum.path(field.getKey()).asLong() + field.getValue().asLong());
            } else if (!sum.has(field.getKey())) {
                sum.set(field.getKey(), field.getValue());
            }
        });
    }
}
