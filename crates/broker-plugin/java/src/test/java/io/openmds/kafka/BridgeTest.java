package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/** The bytes between Java and Rust are those of {@code spec/native-bridge.md}; the Rust tests read the same files. */
class BridgeTest {
    @Test
    void aRequestIsPackedByteForByte() throws Exception {
        List<Action> actions = List.of(
                new Action(AclOperation.CREATE, new ResourcePattern(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL),
                        1, true, false),
                new Action(AclOperation.CREATE, new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                        1, true, true));
        int length = RequestCodec.ofThread().encode(Requests.request(19, new Grouped("Zoë", "ops", "a")), actions,
                List.of(AuthorizationResult.DENIED, AuthorizationResult.ALLOWED));
        assertArrayEquals(Golden.read("bridge-request.v2.hex"), Arrays.copyOf(RequestCodec.ofThread().bytes(), length));
    }

    @Test
    void aRequestMayLackAClientIdAndComeByIpv6() throws Exception {
        byte[] v6 = new byte[16];
        v6[15] = 1;
        int length = RequestCodec.ofThread().encode(Requests.request(3, "alice", null, v6), List.of());
        assertArrayEquals(Golden.read("bridge-request-bare.v2.hex"),
                Arrays.copyOf(RequestCodec.ofThread().bytes(), length));
    }

    @Test
    void largeAndOddNamesArePackedWhole() {
        String odd = "\u0000ü\uD83D\uDE00\uD800".repeat(50_000);
        RequestCodec codec = RequestCodec.ofThread();
        int length = codec.encode(Requests.request(3, odd), List.of(Requests.createTopic(odd)),
                List.of(AuthorizationResult.DENIED));
        String packed = new String(codec.bytes(), 0, length, StandardCharsets.UTF_8);
        assertTrue(packed.contains("\u0000ü\uD83D\uDE00?\u0000"), "not UTF-8 with a question mark for half a character");
    }

    @Test
    void aclsArePackedByteForByte() throws Exception {
        List<StandardAcl> acls = List.of(
                new StandardAcl(ResourceType.TOPIC, "orders-", PatternType.PREFIXED, "User:Zoë", "*", AclOperation.READ,
                        AclPermissionType.ALLOW),
                new StandardAcl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, "Robot:r2", "10.0.0.0/8",
                        AclOperation.ALL, AclPermissionType.DENY));
        assertArrayEquals(Golden.read("bridge-acls.v1.hex"), AclCodec.encode(acls));
    }

    @Test
    void pairsAreWrittenAndReadByteForByte() throws Exception {
        byte[] golden = Golden.read("bridge-pairs.v1.hex");
        assertArrayEquals(golden, new Pairs().add("topic", "a").add("topic", "ü").add("retention_ms", "").encode());
        assertEquals(List.of("a", "ü"), Pairs.decode(golden).all("topic"));
        for (int end = 0; end < golden.length; end++) {
            byte[] cut = Arrays.copyOf(golden, end);
            assertThrows(IllegalStateException.class, () -> Pairs.decode(cut));
        }
    }

    @Test
    void aBatchIsReadEventByEvent() throws Exception {
        byte[] golden = Golden.read("bridge-batch.v3.hex");
        List<String> events = new ArrayList<>();
        new EventBatch().read(golden, golden.length,
                event -> events.add((event.isAhead() ? "ahead " : "") + (event.own ? "own " : "") + event.number + " " + event.topic + " "
                        + new String(event.line, StandardCharsets.UTF_8)));
        assertEquals(3, events.size());
        assertTrue(events.get(0).startsWith("ahead 0 confluent-audit-log-events {\"specversion\":\"1.0\",\"id\":\"00000000-"));
        assertTrue(events.get(0).endsWith("}}}"));
        assertTrue(events.get(1).startsWith("own 1 own {\"id\":\"1\",\"emitter\":\"A/broker-1\""), events.get(1));
        assertTrue(events.get(2).startsWith("ahead own 4 own {\"id\":\"2\""), events.get(2));
        assertThrows(IllegalStateException.class, () -> new EventBatch().read(golden, golden.length - 1, event -> { }));
        byte[] longer = golden.clone();
        longer[12 + 1 + 8 + 8 + 2 + 26] = 1;
        assertThrows(BufferUnderflowException.class, () -> new EventBatch().read(longer, longer.length, event -> { }));
    }
}
