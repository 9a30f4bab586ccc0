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
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * What deciding and recording cost the thread of a request: one subject in one JVM, as a broker has one authorizer. 1,000
 * topics with one ACL each; every call asks for one Produce, allowed or, in a flood, denied. {@code bench/run audit} runs the
 * subjects and compares them.
 */
public final class RequestThread {
    private static final int TOPICS = 1_000;
    private static final int PRODUCE = 0;
    private static final int ROUND_MS = Integer.getInteger("bench.round.ms", 1_000);
    private static final int WARM_UP_ROUNDS = Integer.getInteger("bench.warm", 6);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);

    private RequestThread() {}

    /** Kafka's authorizer; ours with nothing recorded, with a document without a rule for it, or with one. */
    private static StandardAuthorizer subject(String name, String servers, String spool) {
        StandardAuthorizer authorizer = name.startsWith("kafka") ? new StandardAuthorizer() : new OpenMdsAuthorizer();
        Map<String, Object> configs = new HashMap<>(Map.of("node.id", "1"));
        if (name.equals("off")) {
            configs.put(PluginConfig.ENABLE, "false");
        } else if (name.equals("not-matched")) {
            configs.put(PluginConfig.ROUTER_CONFIG, Lines.document("finance-*"));
        } else if (name.equals("recorded")) {
            configs.put(PluginConfig.ROUTER_CONFIG, Lines.document("*"));
            configs.putAll(Lines.exporter(servers));
            configs.put(SpoolSettings.DIRECTORY, spool);
        }
        authorizer.configure(configs);
        metrics(authorizer);
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

    /** Since 4.1 a broker gives its metrics to the authorizer, and Kafka's does nothing without. */
    private static void metrics(StandardAuthorizer authorizer) {
        try {
            Class<?> type = Class.forName("org.apache.kafka.common.metrics.PluginMetrics");
            Object metrics = Class.forName("org.apache.kafka.common.metrics.internals.PluginMetricsImpl")
                    .getConstructor(Metrics.class, Map.class).newInstance(new Metrics(), Map.of());
            StandardAuthorizer.class.getMethod("withPluginMetrics", type).invoke(authorizer, metrics);
        } catch (ClassNotFoundException e) {
            // An older one.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One thread's work: calls until told to stop; their number, and their single times. */
    private static final class Worker extends Thread {
        private final StandardAuthorizer authorizer;
        private final CyclicBarrier rounds;
        private final long pauseNanos;
        private final List<List<Action>> actions = new ArrayList<>();
        private final AuthorizableRequestContext context;
        private final AuthorizationResult expected;
        private final int[] samples = new int[4_000_000];
        private final List<Double> means = new ArrayList<>();
        private final List<Integer> p50 = new ArrayList<>();
        private final List<Integer> p999 = new ArrayList<>();
        private long calls;

        Worker(StandardAuthorizer authorizer, CyclicBarrier rounds, long pauseNanos, boolean allowed) {
            context = Requests.request(PRODUCE, allowed ? "bench" : "stranger");
            expected = allowed ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
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
                if (results.get(0) != expected) {
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

    /** {@code subject allowed|denied threads pause-ns [servers spool]} */
    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[2]);
        try (StandardAuthorizer authorizer = subject(args[0], args.length > 4 ? args[4] : "", args.length > 5 ? args[5] : "")) {
            CyclicBarrier rounds = new CyclicBarrier(threads);
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(new Worker(authorizer, rounds, Long.parseLong(args[3]), args[1].equals("allowed")));
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
            List<Object> pairs = new ArrayList<>(List.of("subject", args[0], "answer", args[1], "threads", threads, "mean", median(means),
                    "p50", median(p50), "p999", median(p999), "calls", calls));
            if (authorizer instanceof OpenMdsAuthorizer) {
                pairs.addAll(account((OpenMdsAuthorizer) authorizer, calls, args[0].equals("recorded")));
            }
            Decisions.line("thread", pairs.toArray());
        }
    }

    /** Once nothing is under way any more: every decision is in exactly one figure. */
    private static List<Object> account(OpenMdsAuthorizer authorizer, long calls, boolean recorded) {
        AuditCounters counters = authorizer.countersForTest();
        if (recorded) {
            Lines.until("the queue to be empty", 60, () -> counters.account().of("waiting") == 0 && counters.isBalanced());
        }
        Account account = counters.account();
        if (recorded && (account.of("decided") != calls || account.of("routed") != calls)) {
            throw new IllegalStateException(calls + " calls, but " + account);
        }
        return List.of("delivered", counters.getDelivered(), "spilled", recorded ? account.of("spilled") : 0, "fallback",
                counters.getFallback(), "dropped", counters.getDroppedQueueFull());
    }
}
