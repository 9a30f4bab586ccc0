package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/**
 * Eight request threads at once: the events are exactly the decisions that a listener around the authorizer has seen, each
 * once, with its own fields. What a document asks for is read here a second time, plainly.
 */
class DifferentialTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int THREADS = 8;
    private static final int REQUESTS = 2_000;
    private static final long SEED = Long.getLong("openmds.test.seed", 20261123);
    private static final int PRODUCE = 0;
    private static final int METADATA = 3;
    private static final int CREATE_TOPICS = 19;
    private static final int ENVELOPE = 58;
    private static final int[] APIS = {PRODUCE, METADATA, CREATE_TOPICS, ENVELOPE};
    private static final AclOperation[] OPERATIONS = {AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.CREATE, AclOperation.READ};
    /** Every character that Kafka lets into a name, and what a careless writer of JSON trips over. */
    private static final String[] NAMES = {"orders", "fin-1", "a.b_c-D", "x".repeat(249), "quote\"back\\slash", "line\nfeed\r\ttab",
        "nul\u0000esc\u001b", "\u2028\u202egnp.exe", "{\"sequence\":\"1\",\"data\":{}}", "\ud83d\ude00", ""};
    private static final String[] USERS = {"alice", "bob", "robot", "ANONYMOUS", "CN=a,O=\"b\",C=d", "ad\nmin", "admin"};
    private static final String DOCUMENT = "{\"destinations\":{\"topics\":{\"confluent-audit-log-events\":{},"
            + "\"confluent-audit-log-events-p\":{}}},\"default_topics\":{\"allowed\":\"confluent-audit-log-events\",\"denied\":"
            + "\"confluent-audit-log-events\"},\"excluded_principals\":[\"User:robot\"],\"routes\":{\"crn:///kafka=*/topic=fin-*\":"
            + "{\"produce\":{\"allowed\":\"confluent-audit-log-events-p\",\"denied\":\"\"}}}}";

    private final Map<String, Integer> expected = new ConcurrentHashMap<>();
    private final AtomicInteger correlation = new AtomicInteger();

    /** The topic of such an event; null if there is none. */
    private static String topic(int api, String user, String name, boolean granted) {
        if (user.equals("robot") || api == ENVELOPE || api == METADATA) {
            return null;
        }
        if (api == PRODUCE) {
            return name.startsWith("fin-") && granted ? "confluent-audit-log-events-p" : null;
        }
        return "confluent-audit-log-events";
    }

    private static String fields(Object... fields) {
        StringBuilder text = new StringBuilder();
        for (Object field : fields) {
            text.append(field).append('\u0001');
        }
        return text.toString();
    }

    /** Asks, and keeps what was answered. */
    private void listen(OpenMdsAuthorizer authorizer, Random random) {
        int api = APIS[random.nextInt(APIS.length)];
        String user = USERS[random.nextInt(USERS.length)];
        int id = correlation.incrementAndGet();
        String client = random.nextInt(200) == 0 ? "c".repeat(30_000) : NAMES[random.nextInt(NAMES.length)];
        List<Action> actions = new ArrayList<>();
        for (int count = random.nextInt(100) == 0 ? 1_000 : 1 + random.nextInt(4); count > 0; count--) {
            ResourcePattern resource = new ResourcePattern(ResourceType.TOPIC, NAMES[random.nextInt(NAMES.length)], PatternType.LITERAL);
            actions.add(new Action(OPERATIONS[random.nextInt(OPERATIONS.length)], resource, 1, random.nextInt(5) > 0, random.nextInt(5) > 0));
        }
        List<AuthorizationResult> results = authorizer.authorize(new Request(api, user, client, id), actions);
        assertEquals(actions.size(), results.size());
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            boolean granted = results.get(i) == AuthorizationResult.ALLOWED;
            String topic = topic(api, user, action.resourcePattern().name(), granted);
            if (topic != null && (granted ? action.logIfAllowed() : action.logIfDenied())) {
                expected.merge(fields(topic, id, "User:" + user, client, granted, action.operation(), action.resourcePattern().name()), 1,
                        Integer::sum);
            }
        }
    }

    private static String fields(JsonNode event) {
        JsonNode data = event.path("data");
        JsonNode authorization = data.path("authorizationInfo");
        JsonNode request = data.path("request");
        return fields(event.path("route").asText(), request.path("correlation_id").asInt(),
                data.path("authenticationInfo").path("principal").asText(), request.path("client_id").asText(),
                authorization.path("granted").asBoolean(),
                AclOperation.fromString(authorization.path("operation").asText().toUpperCase(java.util.Locale.ROOT)),
                authorization.path("resourceName").asText());
    }

    private static void put(OpenMdsAuthorizer authorizer, String name, PatternType pattern, AclOperation operation, AclPermissionType type) {
        authorizer.addAcl(Uuid.randomUuid(), new StandardAcl(ResourceType.TOPIC, name, pattern, "User:*", "*", operation, type));
    }

    @Test
    void eventsAreWhatAListenerHasSeen() throws Exception {
        System.out.println("Events beside a listener, seed " + SEED);
        try (FallbackLines lines = new FallbackLines()) {
            AuditCounters counters;
            try (OpenMdsAuthorizer authorizer = Requests.started(PluginConfig.ROUTER_CONFIG, DOCUMENT,
                    PluginConfig.QUEUE_MAX_BYTES, Long.toString(24L << 20))) {
                counters = authorizer.countersForTest();
                put(authorizer, "fin-", PatternType.PREFIXED, AclOperation.WRITE, AclPermissionType.ALLOW);
                put(authorizer, "orders", PatternType.LITERAL, AclOperation.ALL, AclPermissionType.ALLOW);
                put(authorizer, "*", PatternType.LITERAL, AclOperation.CREATE, AclPermissionType.ALLOW);
                put(authorizer, "a.b", PatternType.PREFIXED, AclOperation.CREATE, AclPermissionType.DENY);
                List<Thread> threads = new ArrayList<>();
                List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(SEED + i);
                    Thread thread = new Thread(() -> {
                        for (int j = 0; j < REQUESTS; j++) {
                            FallbackLines.until(() -> authorizer.engineForTest().fillPermille() < 600, () -> "the queue is not emptied");
                            listen(authorizer, random);
                        }
                    }, "data-plane-kafka-request-handler-" + i);
                    thread.setUncaughtExceptionHandler((who, failure) -> failures.add(failure));
                    threads.add(thread);
                    thread.start();
                }
                for (Thread thread : threads) {
                    thread.join();
                }
                assertEquals(List.of(), failures);
            }
            Map<String, Integer> seen = new HashMap<>();
            for (String line : lines.all()) {
                assertTrue(line.chars().noneMatch(Character::isISOControl), line);
                seen.merge(fields(JSON.readTree(line)), 1, Integer::sum);
            }
            int events = expected.values().stream().mapToInt(Integer::intValue).sum();
            assertTrue(events > 20_000, "too few to show anything: " + events);
            expected.forEach((fields, count) -> assertEquals(count, seen.get(fields), fields));
            assertEquals(expected.size(), seen.size());
            Account account = counters.account();
            assertEquals(events, account.of("routed"), account.toString());
            assertEquals(0, counters.getDroppedQueueFull());
            assertTrue(account.balances(), account.toString());
        }
    }

    private static final class Request implements AuthorizableRequestContext {
        private final int api;
        private final String user;
        private final String client;
        private final int id;

        Request(int api, String user, String client, int id) {
            this.api = api;
            this.user = user;
            this.client = client;
            this.id = id;
        }

        @Override
        public String listenerName() {
            return "CLIENT";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.SASL_PLAINTEXT;
        }

        @Override
        public KafkaPrincipal principal() {
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user, id % 2 == 0);
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public int requestType() {
            return api;
        }

        @Override
        public int requestVersion() {
            return 7;
        }

        @Override
        public String clientId() {
            return client;
        }

        @Override
        public int correlationId() {
            return id;
        }
    }
}
