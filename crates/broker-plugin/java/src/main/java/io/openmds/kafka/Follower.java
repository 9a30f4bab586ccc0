package io.openmds.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One instance of the plugin that follows the policy of its cluster. */
final class Follower {
    final String role;
    final NativeEngine engine;
    /** What the instance reports of itself. */
    final Supplier<ObjectNode> report;
    /** Takes the server's public keys when they change. */
    final Consumer<String> keys;

    Follower(String role, NativeEngine engine, Supplier<ObjectNode> report, Consumer<String> keys) {
        this.role = role;
        this.engine = engine;
        this.report = report;
        this.keys = keys;
    }
}
