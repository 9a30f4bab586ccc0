package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.junit.jupiter.api.Test;

class PrincipalBuilderTest {
    private static OpenMdsPrincipalBuilder builder() {
        OpenMdsPrincipalBuilder builder = new OpenMdsPrincipalBuilder();
        builder.configure(Map.of("ssl.principal.mapping.rules", "DEFAULT"));
        return builder;
    }

    private static String token(String payload) {
        String body = Base64.getUrlEncoder().withoutPadding().encodeToString(payload.getBytes(StandardCharsets.UTF_8));
        return "e30." + body + ".c2ln";
    }

    @Test
    void groupsReachTheController() {
        KafkaPrincipal sent = new OpenMdsPrincipal("User", "zoë", true, List.of("finance", "Ops Zürich"));
        KafkaPrincipal come = builder().deserialize(builder().serialize(sent));
        assertEquals(List.of("finance", "Ops Zürich"), ((OpenMdsPrincipal) come).groups());
        assertEquals("User:zoë", come.toString());
        assertTrue(come.tokenAuthenticated());
    }

    @Test
    void kafkasOwnBuilderReadsThePrincipalWithoutItsGroups() {
        byte[] sent = builder().serialize(new OpenMdsPrincipal("User", "alice", false, List.of("finance")));
        assertEquals(new KafkaPrincipal("User", "alice"), new DefaultKafkaPrincipalBuilder(null, null).deserialize(sent));
    }

    @Test
    void whatKafkasOwnBuilderWroteIsRead() {
        byte[] sent = new DefaultKafkaPrincipalBuilder(null, null).serialize(new KafkaPrincipal("User", "alice"));
        assertEquals(new KafkaPrincipal("User", "alice"), builder().deserialize(sent));
        assertEquals(KafkaPrincipal.class, builder().deserialize(sent).getClass());
    }

    @Test
    void aPrincipalStaysWhoItIsWhenItsGroupsChange() {
        KafkaPrincipal before = new OpenMdsPrincipal("User", "alice", false, List.of("finance"));
        assertEquals(before, new OpenMdsPrincipal("User", "alice", false, List.of("ops")));
        assertEquals(before, new KafkaPrincipal("User", "alice"));
        assertEquals(before.hashCode(), new KafkaPrincipal("User", "alice").hashCode());
        assertFalse(before.equals(new KafkaPrincipal("User", "bob")));
    }

    @Test
    void cutGroupsAreRefused() {
        byte[] packed = new OpenMdsPrincipal("User", "alice", false, List.of("finance")).packedGroups();
        for (int length = 0; length < packed.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(packed, length);
            assertThrows(SerializationException.class, () -> OpenMdsPrincipal.unpack(cut));
        }
    }

    @Test
    void groupsAreReadFromTheClaim() {
        TokenGroups groups = new TokenGroups("groups");
        assertEquals(List.of("a", "b"), groups.of(token("{\"groups\":[\"a\",\"b\",\"a\",7,\"\"]}")));
        assertEquals(List.of("one"), groups.of(token("{\"groups\":\"one\"}")));
        assertEquals(List.of(), groups.of(token("{\"sub\":\"alice\"}")));
        assertEquals(List.of(), groups.of(token("{\"groups\":{\"a\":1}}")));
        assertEquals(List.of(), groups.of("not a token"));
        assertEquals(List.of("x"), new TokenGroups("roles").of(token("{\"groups\":[\"a\"],\"roles\":[\"x\"]}")));
    }

    @Test
    void aTokenWhoseGroupsCannotBeKnownLetsNobodyIn() {
        TokenGroups groups = new TokenGroups("groups");
        assertThrows(KafkaException.class, () -> groups.of(token("{\"groups\":[\"a\"],\"groups\":[]}")));
        assertThrows(KafkaException.class, () -> groups.of(token("{")));
        String many = IntStream.range(0, 1_001).mapToObj(i -> "\"g" + i + "\"").collect(Collectors.joining(",", "[", "]"));
        KafkaException refused = assertThrows(KafkaException.class, () -> groups.of(token("{\"groups\":" + many + "}")));
        assertTrue(refused.getMessage().contains("1001 groups"), refused.getMessage());
    }
}
