package io.openmds.kafka;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/**
 * What one decision costs, with Kafka's {@code StandardAuthorizer} and with ours, in one JVM, on the
 * same rules and the same requests. {@code bench/run authorize} starts it; every line it prints is
 * {@code key=value} pairs, a kind of measurement first.
 */
public final class Decisions {
    private static final long ROUND_MS = Long.getLong("bench.round.ms", 200);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int[] GROUPS = {0, 10, 100};
    /** Kafka's authorizer gets no more rules than fit into the heap twice. */
    private static final int KAFKAS_LARGEST = Integer.getInteger("bench.kafka.largest", 1_000_000);

    private Decisions() {}

    static StandardAuthorizer loaded(StandardAuthorizer authorizer, RuleSet rules) {
        Map<String, Object> configs = new HashMap<>(Map.of("node.id", "1"));
        authorizer.configure(configs);
        authorizer.start(Requests.server());
        authorizer.loadSnapshot(new HashMap<>(rules.acls));
        authorizer.completeInitialLoad();
        return authorizer;
    }

    static void line(String kind, Object... pairs) {
        StringBuilder line = new StringBuilder(kind);
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            line.append(' ').append(pairs[i]).append('=')
                    .append(value instanceof Double ? String.format(Locale.ROOT, "%.3f", value) : value);
        }
        System.out.println(line);
    }

    /** {@code sizes...}: numbers of rules. */
    public static void main(String[] args) throws Exception {
        long compared = 0;
        try (Contest contest = new Contest(2, ROUND_MS)) {
            warmUp(contest);
            for (String size : args) {
                for (RuleSet.Shape shape : RuleSet.Shape.values()) {
                    compare(contest, shape, Integer.parseInt(size));
                }
            }
            compared = contest.compared();
        }
        line("answers", "compared", compared, "different", 0);
        int largest = Integer.parseInt(args[args.length - 1]);
        new SingleCalls(Math.min(largest, 100_000)).measure();
        new Policies(largest).measure();
    }

    /** Until both are compiled, and with each number of groups. */
    private static void warmUp(Contest contest) throws IOException {
        RuleSet rules = new RuleSet(RuleSet.Shape.TYPICAL, 1_000);
        try (StandardAuthorizer kafka = loaded(new StandardAuthorizer(), rules);
                StandardAuthorizer own = loaded(new OpenMdsAuthorizer(), rules)) {
            for (int groups : GROUPS) {
                contest.ask(rules.questions(groups), kafka, own);
                for (int i = 0; i < 6; i++) {
                    contest.round(kafka, 2);
                    contest.round(own, 2);
                }
            }
        }
    }

    private static void compare(Contest contest, RuleSet.Shape shape, int size) throws IOException {
        RuleSet rules = new RuleSet(shape, size);
        boolean both = size <= KAFKAS_LARGEST;
        try (StandardAuthorizer own = loaded(new OpenMdsAuthorizer(), rules);
                StandardAuthorizer kafka = both ? loaded(new StandardAuthorizer(), rules) : null) {
            for (int groups : GROUPS) {
                double allowed = contest.ask(rules.questions(groups), own, both ? kafka : own);
                List<Object> pairs = new ArrayList<>(List.of("rules", size, "shape", shape.name().toLowerCase(Locale.ROOT),
                        "groups", groups, "allowed", allowed));
                measure(contest, both ? List.of(kafka, own) : List.of(own), pairs);
                line("decision", pairs.toArray());
            }
        }
    }

    /**
     * Forwards and backwards; the best round of each counts: whatever else runs here only makes a round
     * worse. Costs are processor time, so that they are comparable on a busy machine; what a second thread
     * adds is by the clock, since waiting for each other takes no processor time.
     */
    private static void measure(Contest contest, List<StandardAuthorizer> subjects, List<Object> pairs) {
        double[][] rate = new double[subjects.size()][3];
        double[][] nanos = new double[subjects.size()][3];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            for (int i = 0; i < rate.length; i++) {
                int subject = round % 2 == 0 ? i : rate.length - 1 - i;
                for (int threads = 1; threads <= 2; threads++) {
                    Contest.Round taken = contest.round(subjects.get(subject), threads);
                    rate[subject][threads] = Math.max(rate[subject][threads], taken.rate);
                    double least = nanos[subject][threads];
                    nanos[subject][threads] = least == 0 ? taken.nanos : Math.min(least, taken.nanos);
                }
            }
        }
        int own = rate.length - 1;
        pairs.addAll(List.of("openmds_ns", nanos[own][1], "openmds_second_thread_adds", rate[own][2] / rate[own][1] - 1));
        if (own > 0) {
            pairs.addAll(List.of("kafka_ns", nanos[0][1], "kafka_second_thread_adds", rate[0][2] / rate[0][1] - 1,
                    "times_faster", nanos[0][1] / nanos[own][1], "times_faster_two_threads", nanos[0][2] / nanos[own][2]));
        }
    }
}
