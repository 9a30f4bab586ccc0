package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;

/** Kafka's log of decisions: whole, but for a flood of denials, of which it says how many it has left out. */
class DecisionLogTest {
    private static final String NAME = "kafka.authorizer.logger";
    private final AtomicLong second = new AtomicLong(7);

    private static void write(DecisionLog log, int times, AuthorizationResult result) {
        for (int i = 0; i < times; i++) {
            log.write(Requests.request(0, "alice"), List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "t")),
                    List.of(result));
        }
    }

    private static long denials(FallbackLines lines) {
        return lines.whole().stream().filter(line -> line.contains("is Denied operation = WRITE")).count();
    }

    @Test
    void aFloodIsCutAndCounted() {
        DecisionLog log = new DecisionLog(new LineBudget(10, second::get));
        try (FallbackLines lines = new FallbackLines(NAME)) {
            write(log, 35, AuthorizationResult.DENIED);
            assertEquals(10, denials(lines));
            assertEquals(10, lines.whole().size(), "nothing is said while it goes on");
            second.incrementAndGet();
            write(log, 1, AuthorizationResult.DENIED);
            assertEquals(11, denials(lines));
            assertTrue(lines.whole().get(10).startsWith("25 denials before this one are not in this log"), lines.whole().get(10));
            second.incrementAndGet();
            write(log, 10, AuthorizationResult.DENIED);
            assertEquals(21, denials(lines));
            assertEquals(22, lines.whole().size(), "said once");
        }
    }

    @Test
    void withoutALimitOrATrailNothingIsCut() {
        for (DecisionLog whole : List.of(new DecisionLog(new LineBudget(0, second::get)),
                DecisionLog.of(new PluginConfig(Map.of(PluginConfig.LOG_DENIALS_PER_SECOND, "0"))),
                DecisionLog.of(new PluginConfig(Map.of(PluginConfig.ENABLE, "false", PluginConfig.LOG_DENIALS_PER_SECOND, "3"))))) {
            try (FallbackLines lines = new FallbackLines(NAME)) {
                write(whole, 3_000, AuthorizationResult.DENIED);
                write(whole, 5, AuthorizationResult.ALLOWED);
                assertEquals(3_000, lines.whole().size());
            }
        }
    }

    @Test
    void noLineIsLostOrCountedTwiceBetweenThreads() throws Exception {
        LineBudget budget = new LineBudget(1_000, second::get);
        AtomicInteger taken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 5_000; j++) {
                    taken.addAndGet(budget.takes() ? 1 : 0);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1_000, taken.get());
        assertEquals(0, budget.owed(), "its second is not over");
        second.incrementAndGet();
        assertEquals(39_000, budget.owed());
        assertEquals(0, budget.owed());
    }
}
