package io.openmds.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * The cost of one decision: one subject in one JVM, as a broker has one authorizer. 1,000 topics with
 * one ACL each; every call asks for one Produce. {@code bench/run authorize} runs the subjects and
 * compares them.
 */
public final class AuthorizeBench {
    private static final int TOPICS = 1_000;
    private static final int PRODUCE = 0;
    private static final int ROUND_MS = 1_000;
    private static final int WARM_UP_ROUNDS = 6;
    private static final int ROUNDS = 5;
    private static final String TO = "{\"allowed\":\"confluent-audit-log-events\",\"denied\":\"confluent-audit-log-events\"}";

    private AuthorizeBench() {}

    private static String document(String pattern) {
        return "{\"destinations\":{\"topics\":{\"confluent-audit-log-events\":{\"retention_ms\":3600000}}},\"default_topics\":"
                + TO + ",\"routes\":{\"crn:///kafka=*/topic=" + pattern + "\":{\"produce\":" + TO + "}}}";
    }

    private static StandardAuthorizer subject(String name, String servers) {
        StandardAuthorizer authorizer = name.equals("plain") ? new StandardAuthorizer() : new OpenMdsAuthorizer();
        Map<String, Object> configs = new HashMap<>(Map.of("node.id", "1"));
        if (name.equals("not-matched")) {
            configs.put(PluginConfig.ROUTER_CONFIG, document("finance-*"));
        } else if (name.equals("routed") || name.equals("published")) {
            configs.put(PluginConfig.ROUTER_CONFIG, document("*"));
        }
        if (!servers.isEmpty()) {
            configs.put(PluginConfig.EXPORTER + "bootstrap.servers", servers);
            configs.put(PluginConfig.EXPORTER + "topic.replicas", "1");
            configs.put(PluginConfig.EXPORTER + "topic.partitions", "2");
        }
        authorizer.configure(configs);
        authorizer.start(Requests.server());
        Map<Uuid, StandardAcl> acls = new HashMap<>();
        for (int i = 0; i < TOPICS; i++) {
            acls.put(Uuid.randomUuid(), new StandardAcl(ResourceType.TOPIC, "topic-" + i, PatternType.LITERAL, "User:bench",
                    "*", AclOperation.WRITE, AclPermissionType.ALLOW));
        }
        authorizer.loadSnapshot(acls);
        authorizer.completeInitialLoad();
        return authorizer;
    }

    /** One thread's work: calls until told to stop; their number, and their single times. */
    private static final class Worker extends Thread {
        private final StandardAuthorizer authorizer;
        private final CyclicBarrier rounds;
        private final long pauseNanos;
        private final List<List<Action>> actions = new ArrayList<>();
        private final AuthorizableRequestContext context = Requests.request(PRODUCE, "bench");
        private final int[] samples = new int[4_000_000];
        private final List<Double> means = new ArrayList<>();
        private final List<Integer> p50 = new ArrayList<>();
        private final List<Integer> p999 = new ArrayList<>();
        private long calls;

        Worker(StandardAuthorizer authorizer, CyclicBarrier rounds, long pauseNanos) {
            this.authorizer = authorizer;
            this.rounds = rounds;
            this.pauseNanos = pauseNanos;
            for (int i = 0; i < TOPICS; i++) {
                actions.add(List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "topic-" + i * 7 % TOPICS)));
            }
        }

        @Override
        public void run() {
            try {
                for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                    rounds.await();
                    round(round >= WARM_UP_ROUNDS);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void round(boolean counts) {
            long end = System.nanoTime() + ROUND_MS * 1_000_000L;
            int taken = 0;
            long spent = 0;
            int next = 0;
            long before = System.nanoTime();
            while (before < end && taken < samples.length) {
                List<AuthorizationResult> results = authorizer.authorize(context, actions.get(next));
                long after = System.nanoTime();
                if (results.get(0) != AuthorizationResult.ALLOWED) {
                    throw new IllegalStateException("a wrong answer");
                }
                spent += after - before;
                samples[taken++] = (int) (after - before);
                next = next + 1 == TOPICS ? 0 : next + 1;
                before = after;
                while (pauseNanos > 0 && before - after < pauseNanos) {
                    before = System.nanoTime();
                }
            }
            calls += taken;
            if (counts) {
                means.add((double) spent / taken);
                Arrays.sort(samples, 0, taken);
                p50.add(samples[taken / 2]);
                p999.add(samples[(int) (taken * 0.999)]);
            }
        }
    }

    private static <T extends Comparable<T>> T median(List<T> values) {
        List<T> sorted = new ArrayList<>(values);
        sorted.sort(null);
        return sorted.get(sorted.size() / 2);
    }

    /** {@code subject threads pause-ns [servers]} */
    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[1]);
        try (StandardAuthorizer authorizer = subject(args[0], args.length > 3 ? args[3] : "")) {
            CyclicBarrier rounds = new CyclicBarrier(threads);
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(new Worker(authorizer, rounds, Long.parseLong(args[2])));
            }
            workers.forEach(Thread::start);
            List<Double> means = new ArrayList<>();
            List<Integer> p50 = new ArrayList<>();
            List<Integer> p999 = new ArrayList<>();
            long calls = 0;
            for (Worker worker : workers) {
                worker.join();
                means.addAll(worker.means);
                p50.addAll(worker.p50);
                p999.addAll(worker.p999);
                calls += worker.calls;
            }
            System.out.printf("subject=%s threads=%d mean=%.0f p50=%d p999=%d calls=%d", args[0], threads, median(means),
                    median(p50), median(p999), calls);
            if (authorizer instanceof OpenMdsAuthorizer) {
                account(((OpenMdsAuthorizer) authorizer).trailForTest(), calls);
            } else {
                System.out.println();
            }
        }
    }

    private static void account(AuditTrail trail, long calls) {
        AuditCounters counters = trail.counters;
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (counters.getEnqueued() > counters.getDelivered() + counters.getFallback() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        System.out.printf(" routed=%d dropped=%d delivered=%d fallback=%d%n", counters.getRouted(),
                counters.getDroppedQueueFull(), counters.getDelivered(), counters.getFallback());
        if (counters.getDecided() != calls) {
            throw new IllegalStateException(calls + " calls, " + counters.getDecided() + " decisions counted");
        }
    }
}
