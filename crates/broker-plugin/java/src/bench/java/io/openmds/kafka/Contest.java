package io.openmds.kafka;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;

/**
 * Rounds of the same requests to one authorizer or another, on the same threads. Every answer is
 * compared with the first one given to that request, by whichever authorizer.
 */
final class Contest implements AutoCloseable {
    /** So many requests between two looks at the clock. */
    private static final int STRIDE = 32;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final List<ExecutorService> threads = new ArrayList<>();
    private final long roundNanos;
    private List<RuleSet.Question> questions;
    private boolean[] expected;
    private long compared;

    Contest(int threads, long roundMs) {
        for (int i = 0; i < threads; i++) {
            this.threads.add(Executors.newSingleThreadExecutor());
        }
        roundNanos = roundMs * 1_000_000;
    }

    /** What is asked from now on; both must answer alike, one request for one. The share allowed. */
    double ask(List<RuleSet.Question> asked, Authorizer one, Authorizer other) {
        questions = asked;
        expected = new boolean[asked.size()];
        int allowed = 0;
        for (int i = 0; i < expected.length; i++) {
            expected[i] = isAllowed(one, i);
            if (isAllowed(other, i) != expected[i]) {
                throw new IllegalStateException("the authorizers differ: " + asked.get(i).context.principal() + " on "
                        + asked.get(i).actions + " is " + (expected[i] ? "" : "not ") + "allowed by " + one.getClass());
            }
            allowed += expected[i] ? 1 : 0;
        }
        compared += expected.length;
        return (double) allowed / expected.length;
    }

    private boolean isAllowed(Authorizer authorizer, int number) {
        RuleSet.Question question = questions.get(number);
        return authorizer.authorize(question.context, question.actions).get(0) == AuthorizationResult.ALLOWED;
    }

    /** How many answers were compared with another authorizer's. */
    long compared() {
        return compared;
    }

    /** What so many threads did together. */
    static final class Round {
        /** Calls a second, by the clock. */
        double rate;
        /** Processor time of one call, nanoseconds: what else runs on the machine changes it least. */
        double nanos;
    }

    Round round(Authorizer authorizer, int count) {
        List<Future<double[]>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = i * 37;
            running.add(threads.get(i).submit(() -> calls(authorizer, first)));
        }
        Round round = new Round();
        try {
            for (Future<double[]> thread : running) {
                double[] counted = thread.get();
                round.rate += counted[0] / counted[1] * 1e9;
                round.nanos += counted[2] / counted[0] / count;
                compared += (long) counted[0];
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return round;
    }

    private double[] calls(Authorizer authorizer, int first) {
        int count = expected.length;
        int next = first % count;
        long calls = 0;
        long spent = THREADS.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        long now = start;
        while (now - start < roundNanos) {
            for (int i = 0; i < STRIDE; i++) {
                if (isAllowed(authorizer, next) != expected[next]) {
                    throw new IllegalStateException("the answer to request " + next + " changed");
                }
                next = next + 1 == count ? 0 : next + 1;
            }
            calls += STRIDE;
            now = System.nanoTime();
        }
        return new double[] {calls, now - start, THREADS.getCurrentThreadCpuTime() - spent};
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::shutdown);
    }
}
