package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/**
 * The engine, fed role bindings, decides what a naive reading of the role table says: generated
 * requests under generated bindings and groups that come and go. Options as in {@link EquivalenceTest}.
 */
class RoleEquivalenceTest {
    private static final int REQUESTS = Integer.getInteger("openmds.equivalence.requests", 1_000_000);
    private static final long SEED = Long.getLong("openmds.equivalence.seed", 20_261_123);
    private static final int REQUESTS_A_WORLD = 4_000;
    private static final int REQUESTS_BETWEEN_CHANGES = 25;

    private static final List<AclOperation> OPERATIONS = EquivalenceTest.OPERATIONS;
    /** As roles spell them, by Kafka's type; the first four can be bound to roles. */
    private static final Map<ResourceType, String> TYPES = types();
    private static final List<ResourceType> ALL_TYPES = new ArrayList<>(TYPES.keySet());
    private static final String[] NAMES = {"a", "ab", "abc", "b", "orders", "orders-eu", "orders-eu-1", "ü", "_openmds-x"};
    private static final String CLUSTER = "kafka-cluster";
    private static final String[] USERS = {"alice", "bob", "carol", "dave", "root"};
    private static final String[] GROUPS = {"ops", "dev", "qa", "alice"};

    private final Random random = new Random(SEED);
    private final RoleTable table;
    private final Set<AclOperation> allowed = EnumSet.noneOf(AclOperation.class);
    private final Set<AclOperation> denied = EnumSet.noneOf(AclOperation.class);
    private final Set<String> deciding = new HashSet<>();
    private int allowances;
    private int denials;

    RoleEquivalenceTest() throws Exception {
        table = RoleTable.read();
        NativeLibrary.load(null);
    }

    private static Map<ResourceType, String> types() {
        Map<ResourceType, String> types = new LinkedHashMap<>();
        types.put(ResourceType.TOPIC, "Topic");
        types.put(ResourceType.GROUP, "Group");
        types.put(ResourceType.TRANSACTIONAL_ID, "TransactionalId");
        types.put(ResourceType.CLUSTER, "Cluster");
        types.put(ResourceType.DELEGATION_TOKEN, "DelegationToken");
        types.put(ResourceType.USER, "User");
        return types;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private <T> T one(T[] of) {
        return of[random.nextInt(of.length)];
    }

    /** As roles spell operations: {@code ALTER_CONFIGS} is {@code AlterConfigs}. */
    private static String spelled(AclOperation operation) {
        StringBuilder text = new StringBuilder();
        for (String word : operation.name().split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return text.toString();
    }

    private List<String[]> patterns(String role) {
        List<String[]> patterns = new ArrayList<>();
        if (table.ofResources.contains(role)) {
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                String type = TYPES.get(ALL_TYPES.get(random.nextInt(3) == 0 ? random.nextInt(4) : 0));
                boolean ofCluster = type.equals("Cluster");
                boolean prefixed = !ofCluster && random.nextInt(3) == 0;
                String name = ofCluster ? CLUSTER : !prefixed && random.nextInt(4) == 0 ? "*" : one(NAMES);
                if (patterns.stream().noneMatch(other -> other[0].equals(type) && other[1].equals(name))) {
                    patterns.add(Feed.pattern(type, name, prefixed));
                }
            }
        }
        return patterns;
    }

    /** One engine and what it was told. */
    private final class World implements AutoCloseable {
        private final boolean open;
        private final NativeEngine engine;
        private final Decider decider;
        /** Patterns by principal and role. */
        private final Map<List<String>, List<String[]>> grants = new LinkedHashMap<>();
        private final Map<String, List<String>> memberships = new TreeMap<>();
        private long generation = 1;

        World(boolean open) {
            this.open = open;
            engine = new NativeEngine(new Pairs().add("queue_max_bytes", "100000").add("audit", "false")
                    .add("provider", "OPENMDS").add("super_user", "User:root").add("super_user", "Group:qa")
                    .add("allow_everyone", Boolean.toString(open)));
            engine.identify(Requests.CLUSTER_ID);
            AuditCounters counters = new AuditCounters();
            decider = new Decider(engine, new LocalAcls(engine, counters), counters, Set.of("User:root"),
                    Decider.Trail.NONE, new DecisionLog(new LineBudget(0, () -> 0)));
            for (int i = random.nextInt(20); i > 0; i--) {
                put(random.nextInt(10) == 0 ? one(table.roles) : one(new ArrayList<>(table.ofResources)));
            }
            follow(snapshot());
        }

        private byte[] snapshot() {
            Feed.Items all = new Feed.Items();
            grants.forEach((key, patterns) -> all.grant(key.get(0), key.get(1), patterns));
            Feed.Items users = new Feed.Items();
            memberships.forEach(users::membership);
            return Feed.snapshot(Requests.CLUSTER_ID, generation, all, new Feed.Items(), users);
        }

        private void follow(byte[] frame) {
            Pairs answer = engine.follow(frame);
            assertNull(answer.first("refused"), answer.first("reason"));
            assertNull(answer.first("damaged"), answer.first("reason"));
        }

        private List<String> put(String role) {
            String principal = random.nextBoolean() ? "User:" + one(USERS) : "Group:" + one(GROUPS);
            List<String> key = List.of(principal, role);
            grants.put(key, patterns(role));
            return key;
        }

        void change() {
            Feed.Items changes = new Feed.Items();
            int kind = random.nextInt(10);
            if (kind < 2) {
                String user = one(USERS);
                List<String> groups = new ArrayList<>();
                for (String group : GROUPS) {
                    // Super users of a group are few.
                    if (random.nextInt(group.equals("qa") ? 12 : 3) == 0) {
                        groups.add(group);
                    }
                }
                memberships.put(user, groups);
                changes.membershipChange(user, groups);
            } else if (kind < 6 || grants.isEmpty()) {
                List<String> key = put(random.nextInt(8) == 0 ? one(table.roles) : one(new ArrayList<>(table.ofResources)));
                changes.grantChange(key.get(0), key.get(1), grants.get(key));
            } else {
                List<String> key = one(new ArrayList<>(grants.keySet()));
                grants.remove(key);
                changes.grantChange(key.get(0), key.get(1), null);
            }
            follow(Feed.changes(Requests.CLUSTER_ID, generation, ++generation, changes));
            if (random.nextInt(40) == 0) {
                follow(snapshot());
            }
        }

        void ask() {
            String user = one(USERS);
            List<String> fromToken = random.nextInt(4) == 0 ? List.of(one(GROUPS), "unknown") : List.of();
            AuthorizableRequestContext context = Requests.request(0, fromToken.isEmpty()
                    ? new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user) : new Grouped(user, fromToken.toArray(new String[0])));
            Set<String> who = new HashSet<>(Set.of("User:" + user));
            fromToken.forEach(group -> who.add("Group:" + group));
            memberships.getOrDefault(user, List.of()).forEach(group -> who.add("Group:" + group));
            List<Action> actions = new ArrayList<>();
            List<AuthorizationResult> expected = new ArrayList<>();
            for (int i = random.nextInt(5) == 0 ? 3 : 1; i > 0; i--) {
                ResourceType type = random.nextInt(3) == 0 ? one(ALL_TYPES) : ResourceType.TOPIC;
                AclOperation operation = one(OPERATIONS);
                String name = type == ResourceType.CLUSTER ? CLUSTER : one(NAMES) + (random.nextInt(4) == 0 ? "-1" : "");
                actions.add(Requests.action(operation, type, name));
                boolean grant = isAllowed(who, operation, type, name);
                expected.add(grant ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED);
                (grant ? allowed : denied).add(operation);
                allowances += grant ? 1 : 0;
                denials += grant ? 0 : 1;
            }
            List<AuthorizationResult> decided = decider.decide(context, actions);
            if (!expected.equals(decided)) {
                assertEquals(expected, decided, () -> "seed " + SEED + ": " + who + " asks " + actions + " under " + described());
            }
        }

        /** Naively: the order of {@code rulings.md} 18, without ACLs. */
        private boolean isAllowed(Set<String> who, AclOperation operation, ResourceType type, String name) {
            if (who.contains("User:root") || who.contains("Group:qa")) {
                return true;
            }
            if (type == ResourceType.TOPIC && name.startsWith("_openmds-")) {
                return false;
            }
            boolean named = false;
            for (Map.Entry<List<String>, List<String[]>> grant : grants.entrySet()) {
                String role = grant.getKey().get(1);
                boolean holds = !table.ofResources.contains(role);
                for (String[] pattern : grant.getValue()) {
                    boolean about = pattern[0].equals(TYPES.get(type)) && (pattern[2].equals("PREFIXED")
                            ? name.startsWith(pattern[1]) : pattern[1].equals("*") || pattern[1].equals(name));
                    named |= about;
                    holds |= about;
                }
                if (holds && who.contains(grant.getKey().get(0)) && table.allows(role, TYPES.get(type), spelled(operation))) {
                    deciding.add(role);
                    return true;
                }
            }
            return open && !named;
        }

        private String described() {
            StringBuilder text = new StringBuilder();
            grants.forEach((key, patterns) -> {
                text.append(key);
                patterns.forEach(pattern -> text.append(Arrays.toString(pattern)));
            });
            return text.append(memberships).toString();
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @Test
    void theEngineReadsTheRoleTableAsItIs() {
        int asked = 0;
        for (int number = 0; asked < REQUESTS; number++) {
            try (World world = new World(number % 4 == 3)) {
                for (int i = 0; i < REQUESTS_A_WORLD; i++, asked++) {
                    if (i % REQUESTS_BETWEEN_CHANGES == 0) {
                        world.change();
                    }
                    world.ask();
                }
            }
        }
        int all = allowances + denials;
        String share = "seed " + SEED + ": " + asked + " requests, " + allowances + " allowed and " + denials + " denied";
        System.out.println("Role bindings beside the role table, " + share);
        assertTrue(allowances >= all / 4 && denials >= all / 4, share);
        assertEquals(EnumSet.copyOf(OPERATIONS), allowed);
        assertEquals(EnumSet.copyOf(OPERATIONS), denied);
        Set<String> brokers = new HashSet<>(table.roles);
        brokers.removeAll(Set.of("AuditAdmin", "SecurityAdmin", "UserAdmin"));
        assertEquals(brokers, deciding, "the roles that allowed something");
    }
}
