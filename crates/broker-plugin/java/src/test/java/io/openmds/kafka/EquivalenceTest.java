package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/**
 * Kafka's own authorizer and ours, given the same ACLs, decide the same: generated requests under
 * generated ACLs that come and go. {@code -Dopenmds.equivalence.requests=10000000} asks more,
 * {@code -Dopenmds.equivalence.seed=...} asks others.
 */
class EquivalenceTest {
    private static final int REQUESTS = Integer.getInteger("openmds.equivalence.requests", 1_000_000);
    private static final long SEED = Long.getLong("openmds.equivalence.seed", 20_260_801);
    private static final int REQUESTS_A_WORLD = 2_000;
    private static final int REQUESTS_BETWEEN_CHANGES = 25;

    static final List<AclOperation> OPERATIONS = operations();
    private static final List<ResourceType> TYPES = List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.CLUSTER,
            ResourceType.TRANSACTIONAL_ID, ResourceType.DELEGATION_TOKEN, ResourceType.USER);
    private static final String[] NAMES = {"a", "ab", "abc", "abd", "orders", "orders-eu", "orders-eu-1", "b", "kafka-cluster",
        "ünïcode", "ü"};
    private static final String[] PRINCIPALS = {"User:alice", "User:bob", "User:carol", "Robot:alice", "User:*", "User:root"};
    private static final String[] HOSTS = {"*", "10.0.0.1", "10.0.0.2", "0:0:0:0:0:0:0:1", "::1"};
    private static final String[] ENDINGS = {"", "-1", "x", "c"};
    private static final byte[][] ADDRESSES = {{10, 0, 0, 1}, {10, 0, 0, 2}, {10, 0, 0, 3}, loopback()};

    private final Random random = new Random(SEED);
    private final Set<AclOperation> allowed = EnumSet.noneOf(AclOperation.class);
    private final Set<AclOperation> denied = EnumSet.noneOf(AclOperation.class);
    private final Set<String> rules = new HashSet<>();
    private int allowances;
    private int denials;
    private int typesAllowed;
    private int typesDenied;

    private static List<AclOperation> operations() {
        List<AclOperation> operations = new ArrayList<>(Arrays.asList(AclOperation.values()));
        operations.removeAll(List.of(AclOperation.UNKNOWN, AclOperation.ANY, AclOperation.ALL));
        return operations;
    }

    private static byte[] loopback() {
        byte[] v6 = new byte[16];
        v6[15] = 1;
        return v6;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    private StandardAcl acl() {
        boolean prefixed = random.nextInt(3) == 0;
        String name = !prefixed && random.nextInt(6) == 0 ? "*" : one(NAMES);
        AclOperation operation = random.nextInt(3) == 0 ? AclOperation.ALL : one(OPERATIONS);
        AclPermissionType permission = random.nextInt(5) == 0 ? AclPermissionType.DENY : AclPermissionType.ALLOW;
        String host = random.nextInt(3) == 0 ? one(HOSTS) : "*";
        String principal = one(PRINCIPALS);
        rules.add((prefixed ? "PREFIXED" : name.equals("*") ? "*" : "LITERAL") + " " + permission);
        rules.add("host " + host + " " + permission);
        rules.add("principal " + principal + " " + permission);
        return new StandardAcl(one(TYPES), name, prefixed ? PatternType.PREFIXED : PatternType.LITERAL, principal, host,
                operation, permission);
    }

    private AuthorizableRequestContext asker() {
        String[] principal = one(PRINCIPALS).split(":");
        String name = principal[1].equals("*") ? "stranger" : principal[1];
        return Requests.request(0, new KafkaPrincipal(principal[0], name), one(ADDRESSES));
    }

    private Action action() {
        String name = random.nextInt(4) == 0 ? one(NAMES) + one(ENDINGS) : one(NAMES);
        return Requests.action(one(OPERATIONS), one(TYPES), name);
    }

    private List<Action> actions() {
        int kind = random.nextInt(1_000);
        int count = kind < 850 ? 1 : kind < 990 ? 2 + random.nextInt(3) : kind < 997 ? 24 + random.nextInt(2) : 60;
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            actions.add(action());
        }
        return actions;
    }

    /** One pair of authorizers and what they were told. */
    private final class World implements AutoCloseable {
        private final Map<Uuid, StandardAcl> acls = new LinkedHashMap<>();
        private final StandardAuthorizer kafka = new StandardAuthorizer();
        private final StandardAuthorizer own = new OpenMdsAuthorizer();
        private final List<StandardAuthorizer> both = List.of(kafka, own);

        World(boolean open, boolean audited) {
            Map<String, Object> configs = new HashMap<>(Map.of("node.id", "1", "super.users", "User:root;User:ceo",
                    PluginConfig.ALLOW_EVERYONE, Boolean.toString(open), PluginConfig.ENABLE, Boolean.toString(audited)));
            int count = random.nextInt(60);
            for (int i = 0; i < count; i++) {
                put(acl());
            }
            for (StandardAuthorizer authorizer : both) {
                authorizer.configure(configs);
                authorizer.start(Requests.server());
                authorizer.loadSnapshot(new HashMap<>(acls));
                authorizer.completeInitialLoad();
            }
        }

        /** Kafka holds an ACL once. */
        private Uuid put(StandardAcl acl) {
            if (acls.containsValue(acl)) {
                return null;
            }
            Uuid id = new Uuid(random.nextLong(), random.nextLong());
            acls.put(id, acl);
            return id;
        }

        void change() {
            if (random.nextBoolean() || acls.isEmpty()) {
                StandardAcl acl = acl();
                Uuid id = put(acl);
                if (id != null) {
                    both.forEach(authorizer -> authorizer.addAcl(id, acl));
                }
            } else {
                Uuid id = one(new ArrayList<>(acls.keySet()));
                acls.remove(id);
                both.forEach(authorizer -> authorizer.removeAcl(id));
            }
            if (random.nextInt(40) == 0) {
                both.forEach(authorizer -> authorizer.loadSnapshot(new HashMap<>(acls)));
            }
        }

        void ask() {
            AuthorizableRequestContext context = asker();
            List<Action> actions = actions();
            List<AuthorizationResult> kafkas = kafka.authorize(context, actions);
            List<AuthorizationResult> ours = own.authorize(context, actions);
            assertEquals(actions.size(), ours.size());
            for (int i = 0; i < actions.size(); i++) {
                Action action = actions.get(i);
                if (kafkas.get(i) != ours.get(i)) {
                    assertEquals(kafkas.get(i), ours.get(i), "seed " + SEED + ": " + context.principal() + " from " + context.clientAddress() + ": "
                            + action + " under " + acls.values());
                }
                boolean granted = ours.get(i) == AuthorizationResult.ALLOWED;
                (granted ? allowed : denied).add(action.operation());
                allowances += granted ? 1 : 0;
                denials += granted ? 0 : 1;
            }
        }

        void askByType() {
            AuthorizableRequestContext context = asker();
            // What idempotent producers ask; beyond it Kafka does not know that reading implies describing.
            ResourceType type = random.nextBoolean() ? ResourceType.TOPIC : one(TYPES);
            AclOperation operation = random.nextBoolean() ? AclOperation.WRITE : one(OPERATIONS);
            AuthorizationResult kafkas = kafka.authorizeByResourceType(context, operation, type);
            AuthorizationResult ours = own.authorizeByResourceType(context, operation, type);
            boolean implied = operation == AclOperation.DESCRIBE || operation == AclOperation.DESCRIBE_CONFIGS;
            if (!implied || kafkas == AuthorizationResult.ALLOWED) {
                assertEquals(kafkas, ours, () -> "seed " + SEED + ": " + context.principal() + " from " + context.clientAddress() + ": " + operation
                        + " any " + type + " under " + acls.values());
            }
            typesAllowed += ours == AuthorizationResult.ALLOWED ? 1 : 0;
            typesDenied += ours == AuthorizationResult.ALLOWED ? 0 : 1;
        }

        @Override
        public void close() throws IOException {
            for (StandardAuthorizer authorizer : both) {
                authorizer.close();
            }
        }
    }

    @Test
    void kafkaAndWeDecideTheSame() throws Exception {
        int worlds = (REQUESTS + REQUESTS_A_WORLD - 1) / REQUESTS_A_WORLD;
        for (int number = 0; number < worlds; number++) {
            try (World world = new World(number % 4 == 3, number % 10 == 9)) {
                for (int i = 0; i < REQUESTS_A_WORLD; i++) {
                    if (i % REQUESTS_BETWEEN_CHANGES == 0) {
                        world.change();
                        world.askByType();
                    }
                    world.ask();
                }
            }
        }
        int all = allowances + denials;
        String share = "seed " + SEED + ": " + allowances + " allowed and " + denials + " denied, by type " + typesAllowed + " and " + typesDenied;
        System.out.println("Kafka's authorizer beside ours, " + share);
        assertTrue(all >= REQUESTS, share);
        assertTrue(allowances >= all / 4 && denials >= all / 4, share);
        assertTrue(Math.min(typesAllowed, typesDenied) >= (typesAllowed + typesDenied) / 10, share);
        assertEquals(EnumSet.copyOf(OPERATIONS), allowed);
        assertEquals(EnumSet.copyOf(OPERATIONS), denied);
        assertEquals(2 * (3 + HOSTS.length + PRINCIPALS.length), rules.size(), () -> "not all kinds of rules: " + rules);
    }
}
