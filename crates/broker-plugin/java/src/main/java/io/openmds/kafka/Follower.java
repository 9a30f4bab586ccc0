package io.openmds.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;

/** One instance of the plugin that follows the policy of its cluster. */
final class Follower {
    final String role;
    final NativeEngine engine;
    /** What the instance reports of itself. */
    final Supplier<ObjectNode> report;

    Follower(String role, NativeEngine engine, Supplier<ObjectNode> report) {
        this.role = role;
        this.engine = engine;
        this.report = report;
    }
}
