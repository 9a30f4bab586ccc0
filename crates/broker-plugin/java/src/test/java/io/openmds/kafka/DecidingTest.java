package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizerNotReadyException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/** What the authorizer does around a decision; that the decision itself is right, {@link EquivalenceTest} shows. */
class DecidingTest {
    private static final int PRODUCE = 0;
    private static final int CREATE_TOPICS = 19;
    private static final List<AuthorizationResult> ALLOWED = List.of(AuthorizationResult.ALLOWED);
    private static final List<AuthorizationResult> DENIED = List.of(AuthorizationResult.DENIED);

    private static StandardAcl acl(String topic, String user, AclPermissionType permission) {
        return new StandardAcl(ResourceType.TOPIC, topic, PatternType.LITERAL, user, "*", AclOperation.ALL, permission);
    }

    private static List<Action> write(String topic) {
        return List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, topic));
    }

    private static List<AuthorizationResult> produce(OpenMdsAuthorizer authorizer, String user, String topic) {
        return authorizer.authorize(Requests.request(PRODUCE, user), write(topic));
    }

    @Test
    void beforeTheAclsAreLoadedOnlySuperUsersAreAnswered() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.configured()) {
            authorizer.start(Requests.server());
            assertThrows(AuthorizerNotReadyException.class, () -> produce(authorizer, "alice", "t"));
            assertThrows(AuthorizerNotReadyException.class, () -> authorizer.authorizeByResourceType(
                    Requests.request(22, "alice"), AclOperation.WRITE, ResourceType.TOPIC));
            assertEquals(ALLOWED, produce(authorizer, "admin", "t"));
            authorizer.addAcl(Uuid.randomUuid(), acl("t", "User:alice", AclPermissionType.ALLOW));
            assertThrows(AuthorizerNotReadyException.class, () -> produce(authorizer, "alice", "t"));
            authorizer.completeInitialLoad();
            assertEquals(ALLOWED, produce(authorizer, "alice", "t"));
        }
    }

    @Test
    void aclsAreFollowedAndStillListedByKafka() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            Uuid id = Uuid.randomUuid();
            assertEquals(DENIED, produce(authorizer, "alice", "t"));
            authorizer.addAcl(id, acl("t", "User:alice", AclPermissionType.ALLOW));
            assertEquals(ALLOWED, produce(authorizer, "alice", "t"));
            int listed = 0;
            for (Object ignored : authorizer.acls(new AclBindingFilter(ResourcePatternFilter.ANY, AccessControlEntryFilter.ANY))) {
                listed++;
            }
            assertEquals(1, listed);
            assertEquals("1", authorizer.engineForTest().policy().first("local_acls"));
            authorizer.removeAcl(id);
            assertEquals(DENIED, produce(authorizer, "alice", "t"));
            authorizer.loadSnapshot(Map.of(id, acl("u", "User:*", AclPermissionType.ALLOW)));
            assertEquals(ALLOWED, produce(authorizer, "alice", "u"));
        }
    }

    @Test
    void manyActionsAreAnsweredInOrder() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.addAcl(Uuid.randomUuid(), acl("yes", "User:alice", AclPermissionType.ALLOW));
            for (int count : new int[] {0, 1, 2, 23, 24, 25, 26, 1_000}) {
                List<Action> actions = new ArrayList<>();
                List<AuthorizationResult> expected = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    boolean allowed = i * 7 % 3 == 1;
                    actions.addAll(write(allowed ? "yes" : "no"));
                    expected.addAll(allowed ? ALLOWED : DENIED);
                }
                assertEquals(expected, authorizer.authorize(Requests.request(PRODUCE, "alice"), actions), count + " actions");
            }
        }
    }

    @Test
    void theMetadataServicesTopicsAreClosedToAllButSuperUsers() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.addAcl(Uuid.randomUuid(), acl("*", "User:alice", AclPermissionType.ALLOW));
            assertEquals(ALLOWED, produce(authorizer, "alice", "any"));
            assertEquals(DENIED, produce(authorizer, "alice", "_openmds-metadata"));
            assertEquals(ALLOWED, produce(authorizer, "admin", "_openmds-metadata"));
        }
    }

    @Test
    void theEventNamesTheAclThatDecided() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.addAcl(Uuid.randomUuid(), acl("mine", "User:alice", AclPermissionType.ALLOW));
            authorizer.addAcl(Uuid.randomUuid(), acl("closed", "User:*", AclPermissionType.DENY));
            for (String topic : List.of("mine", "closed", "other")) {
                authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic(topic)));
            }
            String mine = lines.await(text -> text.contains("\"resourceName\":\"mine\""));
            assertTrue(mine.contains("\"aclAuthorization\":{\"permissionType\":\"ALLOW\",\"host\":\"*\"}}"), mine);
            String closed = lines.await(text -> text.contains("\"resourceName\":\"closed\""));
            assertTrue(closed.contains("\"permissionType\":\"DENY\",\"host\":\"*\",\"actingPrincipal\":\"User:*\"}"), closed);
            String other = lines.await(text -> text.contains("\"resourceName\":\"other\""));
            assertFalse(other.contains("Authorization\":{\"permissionType"), other);
        }
    }

    @Test
    void aPanicWhileDecidingDeniesThatRequestAndNoOther() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.addAcl(Uuid.randomUuid(), acl("t", "User:alice", AclPermissionType.ALLOW));
            NativeEngine engine = authorizer.engineForTest();
            engine.breakNextDecisionForTest();
            assertEquals(DENIED, produce(authorizer, "alice", "t"));
            assertEquals(ALLOWED, produce(authorizer, "alice", "t"));
            engine.breakNextDecisionForTest();
            assertEquals(ALLOWED, produce(authorizer, "admin", "t"));
            engine.breakNextDecisionForTest();
            assertEquals(AuthorizationResult.DENIED, authorizer.authorizeByResourceType(Requests.request(22, "alice"),
                    AclOperation.WRITE, ResourceType.TOPIC));
            assertEquals(3, authorizer.countersForTest().getPanics());
            assertEquals(3, authorizer.countersForTest().getDecisionErrors());
        }
    }

    @Test
    void aClosedEngineDeniesAllButSuperUsers() throws Exception {
        OpenMdsAuthorizer authorizer = Requests.started();
        authorizer.addAcl(Uuid.randomUuid(), acl("t", "User:alice", AclPermissionType.ALLOW));
        authorizer.close();
        assertEquals(DENIED, produce(authorizer, "alice", "t"));
        assertEquals(ALLOWED, produce(authorizer, "admin", "t"));
        authorizer.addAcl(Uuid.randomUuid(), acl("u", "User:alice", AclPermissionType.ALLOW));
        assertEquals(DENIED, produce(authorizer, "alice", "u"));
    }

    @Test
    void twoInstancesDecideEachByItsOwnRules() throws Exception {
        try (OpenMdsAuthorizer one = Requests.started(); OpenMdsAuthorizer other = Requests.started()) {
            one.addAcl(Uuid.randomUuid(), acl("t", "User:alice", AclPermissionType.ALLOW));
            for (int i = 0; i < 3; i++) {
                assertEquals(ALLOWED, produce(one, "alice", "t"));
                assertEquals(DENIED, produce(other, "alice", "t"));
            }
        }
    }

    /** While rules change under them, threads see every request decided by the rules before or after. */
    @Test
    void decidingWhileRulesChangeAndTheEngineClosesIsAlwaysAnAnswer() throws Exception {
        OpenMdsAuthorizer authorizer = Requests.started();
        authorizer.addAcl(Uuid.randomUuid(), acl("always", "User:alice", AclPermissionType.ALLOW));
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch ready = new CountDownLatch(3);
        boolean[] closing = new boolean[1];
        List<Thread> threads = IntStream.range(0, 3).mapToObj(number -> new Thread(() -> {
            ready.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                boolean before = closing[0];
                boolean always = produce(authorizer, "alice", "always").equals(ALLOWED);
                boolean never = produce(authorizer, "bob", "never").equals(ALLOWED);
                synchronized (closing) {
                    wrong.addAndGet(never || !always && !before && !closing[0] ? 1 : 0);
                }
                asked.incrementAndGet();
            }
        })).collect(Collectors.toList());
        threads.forEach(Thread::start);
        ready.await();
        for (int round = 0; round < 300 || asked.get() < 3_000; round++) {
            Uuid id = Uuid.randomUuid();
            authorizer.addAcl(id, acl("t" + round % 50, "User:bob", AclPermissionType.ALLOW));
            if (round % 20 == 0) {
                authorizer.loadSnapshot(Map.of(Uuid.randomUuid(), acl("always", "User:alice", AclPermissionType.ALLOW)));
            } else {
                authorizer.removeAcl(id);
            }
        }
        synchronized (closing) {
            closing[0] = true;
        }
        authorizer.close();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        assertEquals(0, wrong.get());
    }

    @Test
    void shadowModeLeavesKafkasDecisionAndListsWhatWouldDiffer() throws Exception {
        try (FallbackLines lines = new FallbackLines();
                OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.MODE, "shadow")) {
            authorizer.addAcl(Uuid.randomUuid(), acl("*", "User:alice", AclPermissionType.ALLOW));
            assertEquals(ALLOWED, produce(authorizer, "alice", "t"));
            assertEquals(ALLOWED, produce(authorizer, "alice", "_openmds-x"));
            assertEquals(ALLOWED, produce(authorizer, "alice", "_openmds-x"));
            assertEquals(DENIED, authorizer.authorize(Requests.request(CREATE_TOPICS, "bob"), List.of(Requests.createTopic("s"))));
            lines.await(text -> text.contains("\"resourceName\":\"s\""));
            String seen = authorizer.engineForTest().shadow();
            assertTrue(seen.startsWith("{\"compared\":4,\"would_allow\":0,\"would_deny\":2,\"unlisted\":0,"), seen);
            assertTrue(seen.contains("{\"principal\":\"User:alice\",\"host\":\"172.21.0.1\",\"operation\":\"Write\","
                    + "\"resource_type\":\"Topic\",\"resource_name\":\"_openmds-x\",\"kafka\":\"allowed\",\"openmds\":\"denied\","),
                    seen);
            assertTrue(seen.contains("\"times\":2,"), seen);
        }
    }

    @Test
    void shadowModeListsNoMoreThanItHasRoomFor() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.MODE, "shadow")) {
            authorizer.addAcl(Uuid.randomUuid(), acl("*", "User:alice", AclPermissionType.ALLOW));
            for (int i = 0; i < 700; i++) {
                produce(authorizer, "alice", "_openmds-" + i);
            }
            String seen = authorizer.engineForTest().shadow();
            assertTrue(seen.startsWith("{\"compared\":700,\"would_allow\":0,\"would_deny\":700,\"unlisted\":200,"), seen);
        }
    }

    @Test
    void switchedOffKafkaDecidesAlone() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.AUTHORIZER_ENABLE, "false")) {
            authorizer.addAcl(Uuid.randomUuid(), acl("*", "User:alice", AclPermissionType.ALLOW));
            assertEquals(ALLOWED, produce(authorizer, "alice", "_openmds-x"));
            assertEquals("0", authorizer.engineForTest().policy().first("local_acls"));
        }
    }

    @Test
    void aDecisionIsExplained() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.addAcl(Uuid.randomUuid(), acl("t", "User:*", AclPermissionType.DENY));
            NativeEngine engine = authorizer.engineForTest();
            Pairs question = new Pairs().add("principal", "User:alice").add("operation", "Write")
                    .add("resource_type", "Topic").add("resource_name", "t").add("host", "10.0.0.1");
            Pairs answer = engine.explain(question);
            assertEquals("denied", answer.first("decision"));
            assertEquals("acl", answer.first("reason"));
            assertEquals("User:*", answer.first("rule_principal"));
            assertEquals("local", answer.first("source"));
            assertEquals("error", engine.explain(new Pairs().add("principal", "x")).first("error") == null ? "" : "error");
        }
    }

    @Test
    void providersAndModeAreNamedAsInTheReference() {
        for (String names : List.of("KRAFT_ACL", "ZK_ACL", "kraft_acl, zk_acl", "")) {
            assertEquals("[KRAFT_ACL]", rules(PluginConfig.PROVIDERS, names).providers.toString());
        }
        assertEquals("[OPENMDS]", rules(PluginConfig.PROVIDERS, "CONFLUENT", FeedSettings.URLS, "https://a").providers.toString());
        assertEquals("[KRAFT_ACL, OPENMDS]", rules(FeedSettings.URLS, "https://a").providers.toString());
        assertThrows(ConfigException.class, () -> rules(PluginConfig.PROVIDERS, "OPENMDS"));
        assertThrows(ConfigException.class, () -> rules(PluginConfig.PROVIDERS, "LDAP"));
        assertEquals(AccessRules.Mode.ENFORCE, rules().mode);
        assertEquals(AccessRules.Mode.SHADOW, rules(PluginConfig.MODE, "Shadow").mode);
        assertEquals(AccessRules.Mode.OFF, rules(PluginConfig.AUTHORIZER_ENABLE, "false").mode);
        assertThrows(ConfigException.class, () -> rules(PluginConfig.MODE, "watch"));
    }

    private static AccessRules rules(String... settings) {
        Map<String, String> configs = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            configs.put(settings[i], settings[i + 1]);
        }
        return new AccessRules(new PluginConfig(configs));
    }
}
