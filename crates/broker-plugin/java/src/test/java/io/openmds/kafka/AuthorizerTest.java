package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/** The authorizer in a JVM without a broker: no server is configured, so events go to the fallback log. */
class AuthorizerTest {
    private static final int PRODUCE = 0;
    private static final int FETCH = 1;
    private static final int METADATA = 3;
    private static final int CREATE_TOPICS = 19;
    private static final int INIT_PRODUCER_ID = 22;
    private static final int ENVELOPE = 58;
    private static final String TOPICS = "\"destinations\":{\"topics\":{\"confluent-audit-log-events\":{}}}";
    private static final String LEAF =
            "{\"allowed\":\"confluent-audit-log-events\",\"denied\":\"confluent-audit-log-events\"}";
    static final String EVERYTHING = "{" + TOPICS + ",\"routes\":{\"crn:///kafka=*/topic=*\":{\"produce\":" + LEAF
            + ",\"describe\":" + LEAF + ",\"consume\":" + LEAF + "},\"crn:///kafka=*\":{\"produce\":" + LEAF
            + ",\"interbroker\":" + LEAF + "}},\"default_topics\":" + LEAF + "}";

    @Test
    void aDeniedCreateTopicsReachesTheFallbackAsOneEvent() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started()) {
            assertEquals(List.of(AuthorizationResult.DENIED),
                    authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("orders"))));
            String line = lines.await(text -> text.contains("\"resourceName\":\"orders\""));
            assertTrue(line.startsWith("{\"specversion\":\"1.0\",\"id\":\""), line);
            for (String part : List.of(
                    "\"source\":\"crn:///kafka=" + Requests.CLUSTER_ID + "\"",
                    "\"type\":\"io.confluent.kafka.server/authorization\"",
                    "\"subject\":\"crn:///kafka=" + Requests.CLUSTER_ID + "/topic=orders\"",
                    "\"route\":\"confluent-audit-log-events\"",
                    "\"methodName\":\"kafka.CreateTopics\"",
                    "\"authenticationInfo\":{\"principal\":\"User:alice\",\"principalResourceId\":\"\"}",
                    "\"authorizationInfo\":{\"granted\":false,\"operation\":\"Create\",\"resourceType\":\"Topic\","
                            + "\"resourceName\":\"orders\",\"patternType\":\"LITERAL\"}",
                    "\"request\":{\"correlation_id\":\"53\",\"client_id\":\"console-producer\"}",
                    "\"requestMetadata\":{\"client_address\":\"/172.21.0.1\"}")) {
                assertTrue(line.contains(part), part + " is not in " + line);
            }
            assertEquals(1, authorizer.trailForTest().counters.getEnqueued());
        }
    }

    @Test
    void aSuperUserIsNamedAsTheReason() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started()) {
            assertEquals(List.of(AuthorizationResult.ALLOWED),
                    authorizer.authorize(Requests.request(CREATE_TOPICS, "admin"), List.of(Requests.createTopic("t"))));
            assertTrue(lines.await(text -> text.contains("User:admin")).contains("\"superUserAuthorization\":true"));
        }
    }

    @Test
    void theDefaultDocumentRecordsNoProducing() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.authorize(Requests.request(PRODUCE, "alice"),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders")));
            AuditCounters counters = authorizer.trailForTest().counters;
            assertEquals(1, counters.getDecided());
            assertEquals(1, counters.getDiscarded());
            assertEquals(0, counters.getRouted());
        }
    }

    @Test
    void kafkasLogFlagsAreHonoured() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"),
                    List.of(Requests.unlogged(AclOperation.CREATE, ResourceType.CLUSTER, "kafka-cluster")));
            AuditCounters counters = authorizer.trailForTest().counters;
            assertEquals(1, counters.getUnwanted());
            assertEquals(0, counters.getEnqueued());
        }
    }

    @Test
    void anEnvelopeIsSilentAndAFollowersFetchIsInterbroker() throws Exception {
        try (FallbackLines lines = new FallbackLines();
                OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, EVERYTHING)) {
            var clusterAction = List.of(Requests.action(AclOperation.CLUSTER_ACTION, ResourceType.CLUSTER, "kafka-cluster"));
            authorizer.authorize(Requests.request(ENVELOPE, "admin"), clusterAction);
            authorizer.authorize(Requests.request(FETCH, "admin"), clusterAction);
            lines.await(text -> text.contains("kafka.FetchFollower"));
            assertFalse(lines.all().stream().anyMatch(text -> text.contains("Envelope")), "Envelope was recorded");
        }
    }

    @Test
    void onlyWhatPublishingNeedsOfTheExporterIsLeftOut() throws Exception {
        try (FallbackLines lines = new FallbackLines();
                OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, EVERYTHING,
                        PluginConfig.EXPORTER_PRINCIPAL, "User:writer")) {
            var write = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "confluent-audit-log-events"));
            var describe = List.of(Requests.action(AclOperation.DESCRIBE, ResourceType.TOPIC, "confluent-audit-log-events"));
            var delete = List.of(Requests.action(AclOperation.DELETE, ResourceType.TOPIC, "confluent-audit-log-events"));
            var other = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders"));
            authorizer.authorize(Requests.request(PRODUCE, "writer"), write);
            authorizer.authorize(Requests.request(METADATA, "writer"), describe);
            authorizer.authorize(Requests.request(INIT_PRODUCER_ID, "writer"),
                    List.of(Requests.action(AclOperation.IDEMPOTENT_WRITE, ResourceType.CLUSTER, "kafka-cluster")));
            assertEquals(3, authorizer.trailForTest().counters.getSuppressedOwn());
            authorizer.authorize(Requests.request(PRODUCE, "writer"), other);
            authorizer.authorize(Requests.request(PRODUCE, "alice"), write);
            authorizer.authorize(Requests.request(20, "writer"), delete);
            assertEquals(3, authorizer.trailForTest().counters.getSuppressedOwn());
            FallbackLines.until(() -> lines.all().size() == 3, () -> "3 events expected: " + lines.all());
        }
    }

    @Test
    void askingByResourceTypeIsOneEventAboutNoInventedTopic() throws Exception {
        try (FallbackLines lines = new FallbackLines();
                OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, EVERYTHING)) {
            assertEquals(AuthorizationResult.DENIED, authorizer.authorizeByResourceType(
                    Requests.request(INIT_PRODUCER_ID, "alice"), AclOperation.WRITE, ResourceType.TOPIC));
            assertEquals(AuthorizationResult.ALLOWED, authorizer.authorizeByResourceType(
                    Requests.request(INIT_PRODUCER_ID, "admin"), AclOperation.WRITE, ResourceType.TOPIC));
            lines.await(text -> text.contains("\"resourceType\":\"Topic\",\"resourceName\":\"*\""));
            assertEquals(2, authorizer.trailForTest().counters.getDecided());
            assertEquals(1, authorizer.trailForTest().counters.getEnqueued());
        }
    }

    @Test
    void aDocumentTakesEffectAndItsDeletionBringsBackTheBuiltInOne() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            AuditCounters counters = authorizer.trailForTest().counters;
            var write = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders"));
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, EVERYTHING));
            authorizer.authorize(Requests.request(PRODUCE, "alice"), write);
            assertEquals(1, counters.getEnqueued());
            authorizer.reconfigure(Map.of());
            authorizer.authorize(Requests.request(PRODUCE, "alice"), write);
            assertEquals(1, counters.getEnqueued());
        }
    }

    @Test
    void whatTheDocumentDiscardsOfKafkasDecisionsIsAskedOnceAndForgottenWithTheDocument() throws Exception {
        String finance = "{" + TOPICS + ",\"routes\":{\"crn:///kafka=*/topic=fin-*\":{\"produce\":" + LEAF + "}}}";
        try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, finance,
                PluginConfig.AUTHORIZER_ENABLE, "false")) {
            AuditCounters counters = authorizer.trailForTest().counters;
            var orders = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders"));
            var fin = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "fin-1"));
            for (int i = 0; i < 10; i++) {
                authorizer.authorize(Requests.request(PRODUCE, "alice"), orders);
                authorizer.authorize(Requests.request(PRODUCE, "alice"), fin);
                authorizer.authorize(Requests.request(PRODUCE, "admin"), orders);
            }
            assertEquals(10, counters.getEnqueued());
            assertEquals(20, counters.getDiscarded());
            assertEquals(18, counters.discardedUnasked.sum(), "allowed and denied are each asked once");
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, EVERYTHING));
            authorizer.authorize(Requests.request(PRODUCE, "alice"), orders);
            assertEquals(11, counters.getEnqueued());
        }
    }

    @Test
    void aDecisionThatKafkaDidNotWantLoggedIsNotTakenForADiscardedOne() throws Exception {
        String denials = "{" + TOPICS + ",\"routes\":{\"crn:///kafka=*/topic=b\":{\"describe\":" + LEAF + "}}}";
        try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, denials)) {
            AuditCounters counters = authorizer.trailForTest().counters;
            var wanted = Requests.action(AclOperation.DESCRIBE, ResourceType.TOPIC, "a");
            authorizer.authorize(Requests.request(METADATA, "alice"),
                    List.of(wanted, Requests.unlogged(AclOperation.DESCRIBE, ResourceType.TOPIC, "b")));
            authorizer.authorize(Requests.request(METADATA, "alice"),
                    List.of(Requests.action(AclOperation.DESCRIBE, ResourceType.TOPIC, "b")));
            assertEquals(1, counters.getUnwanted());
            assertEquals(1, counters.getEnqueued());
        }
    }

    @Test
    void aBadDocumentKeepsTheLastGoodOneAndIsNeverThrown() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            AuditCounters counters = authorizer.trailForTest().counters;
            String good = "{\"metadata\":{\"resource_version\":\"v1\"}," + EVERYTHING.substring(1);
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, good));
            assertEquals("v1", counters.getAppliedResourceVersion());
            for (String bad : List.of("{", "[]", "nonsense", "{\"routes\":7}", "\u0000", "x".repeat(100_000))) {
                authorizer.validateReconfiguration(Map.of(PluginConfig.ROUTER_CONFIG, bad));
                authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, bad));
            }
            assertEquals(6, counters.getBadDocuments());
            assertEquals("v1", counters.getAppliedResourceVersion());
            assertFalse(counters.getLastDocumentError().isEmpty());
            authorizer.authorize(Requests.request(PRODUCE, "alice"),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders")));
            assertEquals(1, counters.getEnqueued());
        }
    }

    @Test
    void thePreCheckNamesEveryErrorToTheSender() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            String bad = "{\"destinations\":{\"topics\":{\"audit\":{}}},\"default_topics\":{\"allowed\":\"x\"},\"routes\":{\"crn:nonsense\":{}}}";
            Throwable[] thrown = new Throwable[1];
            Thread requestHandler = new Thread(() -> thrown[0] = assertThrows(ConfigException.class,
                    () -> authorizer.validateReconfiguration(Map.of(PluginConfig.ROUTER_CONFIG, bad))),
                    "data-plane-kafka-request-handler-0");
            requestHandler.start();
            requestHandler.join();
            for (String field : List.of("destinations.topics.audit", "default_topics.allowed", "routes")) {
                assertTrue(thrown[0].getMessage().contains(field), field + " is not in " + thrown[0].getMessage());
            }
        }
    }

    @Test
    void aDocumentCannotSendEventsWhereTheNodesSettingsDoNotAllow() throws Exception {
        String elsewhere = EVERYTHING.replace("\"destinations\":{", "\"destinations\":{\"bootstrap_servers\":[\"evil:9092\"],");
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, elsewhere));
            AuditCounters counters = authorizer.trailForTest().counters;
            assertEquals(1, counters.getBadDocuments());
            assertTrue(counters.getLastDocumentError().contains(PluginConfig.DESTINATIONS_ALLOWED));
            assertTrue(counters.getLastDocumentError().contains("evil:9092"));
        }
        ConfigException refused = assertThrows(ConfigException.class,
                () -> Requests.configured(PluginConfig.ROUTER_CONFIG, elsewhere));
        assertTrue(refused.getMessage().contains("evil:9092"));
    }

    @Test
    void switchedOffItIsTheStandardAuthorizerAlone() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ENABLE, "false")) {
            assertEquals(List.of(AuthorizationResult.DENIED),
                    authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t"))));
            assertEquals(null, authorizer.trailForTest());
            assertTrue(authorizer.reconfigurableConfigs().isEmpty());
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, "nonsense"));
        }
    }

    @Test
    void noActionsAreAnsweredWithNoResults() throws Exception {
        try (OpenMdsAuthorizer authorizer = Requests.started()) {
            assertEquals(List.of(), authorizer.authorize(Requests.request(METADATA, "alice"), List.of()));
        }
    }
}
