package io.openmds.kafka;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** What single calls cost: the memory they take, and the first one of a principal never met. */
final class SingleCalls {
    private static final int CALLS = 100_000;
    private static final int COLD = 4_000;
    private static final int COLD_GROUPS = 100;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RuleSet rules;

    SingleCalls(int size) {
        rules = new RuleSet(RuleSet.Shape.TYPICAL, size);
    }

    private interface Call {
        List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions);
    }

    void measure() throws Exception {
        try (StandardAuthorizer kafka = Decisions.loaded(new StandardAuthorizer(), rules);
                StandardAuthorizer own = Decisions.loaded(new OpenMdsAuthorizer(), rules)) {
            for (int count : new int[] {1, 3}) {
                double nothing = bytes(SingleCalls::nothing, count);
                double ours = bytes(own::authorize, count);
                Decisions.line("allocated", "actions", count, "forced_bytes", nothing, "openmds_bytes", ours,
                        "kafka_bytes", bytes(kafka::authorize, count), "openmds_more_bytes", ours - nothing);
            }
            cold(own);
        }
    }

    /** What the interface forces: a list of so many answers. */
    private static List<AuthorizationResult> nothing(AuthorizableRequestContext context, List<Action> actions) {
        int count = actions.size();
        if (count == 1) {
            return ALLOWED;
        }
        AuthorizationResult[] results = new AuthorizationResult[count];
        Arrays.fill(results, AuthorizationResult.ALLOWED);
        return Arrays.asList(results);
    }

    private static final List<AuthorizationResult> ALLOWED = Collections.singletonList(AuthorizationResult.ALLOWED);

    /** Bytes of the heap that a call takes. */
    private double bytes(Call call, int actions) {
        List<RuleSet.Question> questions = new ArrayList<>();
        for (RuleSet.Question question : rules.questions(10)) {
            questions.add(new RuleSet.Question(question.context,
                    new ArrayList<>(Collections.nCopies(actions, question.actions.get(0)))));
        }
        long thread = Thread.currentThread().getId();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 4; round++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < CALLS; i++) {
                RuleSet.Question question = questions.get(i % questions.size());
                if (call.authorize(question.context, question.actions).size() != actions) {
                    throw new IllegalStateException("as many answers as actions");
                }
            }
            least = Math.min(least, (double) (THREADS.getThreadAllocatedBytes(thread) - before) / CALLS);
        }
        return least;
    }

    /** The first decision of each of many principals with many groups, and the second. */
    private static void cold(StandardAuthorizer own) {
        List<Action> actions = List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "team-1.orders-1"));
        int[] first = new int[COLD];
        int[] second = new int[COLD];
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < COLD; i++) {
                AuthorizableRequestContext context =
                        Requests.request(0, RuleSet.principal("fresh-" + round + "-" + i, COLD_GROUPS, i));
                first[i] = nanos(own, context, actions);
                second[i] = nanos(own, context, actions);
            }
        }
        Arrays.sort(first);
        Arrays.sort(second);
        Decisions.line("cold", "groups", COLD_GROUPS, "first_p50_ns", first[COLD / 2], "first_p99_ns", first[COLD * 99 / 100],
                "second_p50_ns", second[COLD / 2]);
    }

    private static int nanos(StandardAuthorizer own, AuthorizableRequestContext context, List<Action> actions) {
        long before = System.nanoTime();
        own.authorize(context, actions);
        return (int) (System.nanoTime() - before);
    }
}
