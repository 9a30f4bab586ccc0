package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Decisions to be recorded, the document that routes them, and the lines that become of them. */
final class Lines {
    static final String TOPIC = "confluent-audit-log-events";
    private static final String TO = "{\"allowed\":\"" + TOPIC + "\",\"denied\":\"" + TOPIC + "\"}";
    private static final int DIFFERENT = 1_000;
    private static final int PRODUCE = 0;

    private Lines() {}

    /** Produce requests on topics of this pattern are recorded. */
    static String document(String pattern) {
        return "{\"destinations\":{\"topics\":{\"" + TOPIC + "\":{\"retention_ms\":3600000}}},\"default_topics\":" + TO
                + ",\"routes\":{\"crn:///kafka=*/topic=" + pattern + "\":{\"produce\":" + TO + "}}}";
    }

    /** Settings of a node that publishes there. */
    static Map<String, String> exporter(String servers) {
        return Map.of(PluginConfig.EXPORTER + "bootstrap.servers", servers, PluginConfig.EXPORTER + "topic.replicas", "1",
                PluginConfig.EXPORTER + "topic.partitions", "2");
    }

    /** Where events of this document go. */
    static Destination destination(String servers) {
        return new Destination(servers, false, Map.of(TOPIC, java.util.OptionalLong.of(3_600_000)), true);
    }

    /** A started node that records all of {@link #messages}; {@code more} are pairs. */
    static OpenMdsAuthorizer node(String... more) {
        Map<String, Object> configs = new HashMap<>(Map.of("node.id", "1", PluginConfig.ROUTER_CONFIG, document("*")));
        for (int i = 0; i < more.length; i += 2) {
            configs.put(more[i], more[i + 1]);
        }
        OpenMdsAuthorizer authorizer = new OpenMdsAuthorizer();
        authorizer.configure(configs);
        authorizer.start(Requests.server());
        authorizer.loadSnapshot(Map.of());
        authorizer.completeInitialLoad();
        return authorizer;
    }

    /** An engine without a node: whoever has it drains it. */
    static NativeEngine engine() {
        NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "16777216"));
        engine.identify(Requests.CLUSTER_ID);
        engine.apply(document("*"));
        engine.tell(new Pairs().add("what", "open").add("node", "broker-1"));
        return engine;
    }

    /** As a request thread hands them over: allowed writes. */
    static byte[][] messages() {
        byte[][] messages = new byte[DIFFERENT][];
        for (int i = 0; i < DIFFERENT; i++) {
            RequestCodec codec = new RequestCodec();
            int length = codec.encode(Requests.request(PRODUCE, "bench"),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "topic-" + i)),
                    List.of(AuthorizationResult.ALLOWED));
            messages[i] = java.util.Arrays.copyOf(codec.bytes(), length);
        }
        return messages;
    }

    static void record(NativeEngine engine, byte[] message) {
        int code = engine.record(message, message.length);
        if (code != NativeEngine.DONE) {
            throw new IllegalStateException("recording answered " + code);
        }
    }

    /** Finished events, numbered and chained, that nobody has taken yet. */
    static List<AuditEvent> finished(int count) {
        List<AuditEvent> events = new ArrayList<>();
        byte[] batch = new byte[4 * 1024 * 1024];
        byte[][] messages = messages();
        try (NativeEngine engine = engine()) {
            for (int i = 0; events.size() < count; i++) {
                record(engine, messages[i % messages.length]);
                if (i % 500 == 499) {
                    new EventBatch().read(batch, engine.drain(batch), events::add);
                }
            }
        }
        return events;
    }

    /** When the event was recorded, milliseconds since 1970. */
    static long time(byte[] line) {
        String text = new String(line, 0, Math.min(line.length, 2_000), StandardCharsets.UTF_8);
        int from = text.indexOf("\"time\":\"") + 8;
        return java.time.Instant.parse(text.substring(from, text.indexOf('"', from))).toEpochMilli();
    }

    static void until(String what, int seconds, BooleanSupplier done) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited " + seconds + " s for " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
