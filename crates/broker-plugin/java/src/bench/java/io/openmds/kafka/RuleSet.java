package io.openmds.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * Rules of one size and shape, and requests that they are asked about. Both authorizers get the same
 * ACLs. Kafka's knows no groups: those that ACLs name hold another right than the one asked for, so
 * that the answers are the same while the engine has them to look at.
 */
final class RuleSet {
    /** So many different principals ask: few enough to be warm, as in a broker. */
    static final int PRINCIPALS = 64;
    static final int REQUESTS = 1_024;
    /** So many groups are named by rules. */
    static final int GROUPS = 1_000;
    private static final int PRODUCE = 0;
    /** ACLs of one topic where names have long common beginnings. */
    private static final int ACLS_A_TOPIC = 10;
    private static final String LONG = "company.europe.production.platform.payments.settlement.ledger-entries-";

    enum Shape {
        /** One ACL a topic, one in ten a prefix, one in fifty a denial; more than half of the requests are allowed. */
        TYPICAL,
        /** Ten ACLs a topic, all names begin with the same 71 letters; three of four requests are allowed. */
        PREFIXES,
        /** The rules of TYPICAL; whoever asks has no rule for what it asks about. */
        DENIED
    }

    static final class Question {
        final AuthorizableRequestContext context;
        final List<Action> actions;

        Question(AuthorizableRequestContext context, List<Action> actions) {
            this.context = context;
            this.actions = actions;
        }
    }

    final Map<Uuid, StandardAcl> acls;
    private final Shape shape;
    private final int size;

    RuleSet(Shape shape, int size) {
        this.shape = shape;
        this.size = size;
        acls = new HashMap<>(2 * size);
        for (int i = 0; i < size; i++) {
            acls.put(new Uuid(1, i), rule(i));
        }
    }

    private static StandardAcl acl(String name, boolean prefixed, String principal, AclOperation operation, boolean allows) {
        return new StandardAcl(ResourceType.TOPIC, name, prefixed ? PatternType.PREFIXED : PatternType.LITERAL, principal, "*",
                operation, allows ? AclPermissionType.ALLOW : AclPermissionType.DENY);
    }

    private StandardAcl rule(int number) {
        if (shape == Shape.PREFIXES) {
            int topic = number / ACLS_A_TOPIC;
            int place = number % ACLS_A_TOPIC;
            if (place == 9) {
                return acl(topic(topic), false, "Group:g" + topic % GROUPS, AclOperation.ALTER, true);
            }
            // Every tenth topic's name is a prefix of its neighbours': 12345 -> 1234.
            boolean prefixed = place == 8;
            String name = prefixed ? LONG + topic / 10 : topic(topic);
            return acl(name, prefixed, user(topic + place), prefixed ? AclOperation.READ : AclOperation.WRITE, true);
        }
        if (number % 5 == 4) {
            return acl(topic(number - 1), false, "Group:g" + number / 5 % GROUPS, AclOperation.ALTER, true);
        }
        boolean prefixed = number % 10 == 7;
        boolean denies = number % 50 == 13;
        return acl(prefixed ? topic(number) + "-" : topic(number), prefixed, user(number), AclOperation.WRITE, !denies);
    }

    private String topic(int number) {
        return shape == Shape.PREFIXES ? LONG + number : "team-" + number % 97 + ".orders-" + number;
    }

    /** A multiple of so many users that each of {@link #PRINCIPALS} has its share of the rules. */
    private static String user(int number) {
        return "User:service-" + number % PRINCIPALS;
    }

    /** Requests of principals whose credentials name so many groups. */
    List<Question> questions(int groups) {
        Random random = new Random(20_261_123);
        List<KafkaPrincipal> principals = new ArrayList<>();
        for (int i = 0; i < PRINCIPALS; i++) {
            principals.add(principal((shape == Shape.DENIED ? "stranger-" : "service-") + i, groups, i));
        }
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int number = random.nextInt(size);
            int user = random.nextInt(4) == 0 ? random.nextInt(PRINCIPALS) : number % PRINCIPALS;
            String topic = topic(number);
            if (shape == Shape.PREFIXES) {
                int of = number / ACLS_A_TOPIC;
                topic = topic(of);
                user = random.nextInt(4) == 0 ? (of + 20) % PRINCIPALS : (of + number % 8) % PRINCIPALS;
            } else if (number % 10 == 7) {
                topic += "-a";
            }
            questions.add(new Question(Requests.request(PRODUCE, principals.get(user)),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, topic))));
        }
        return questions;
    }

    static KafkaPrincipal principal(String name, int groups, int from) {
        if (groups == 0) {
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, name);
        }
        String[] names = new String[groups];
        for (int i = 0; i < groups; i++) {
            names[i] = "g" + (from * 13 + i * 7) % GROUPS;
        }
        return new Grouped(name, names);
    }
}
