package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that wait on disk. No destination answers, unless a test says so. */
class SpoolTest {
    private static final int CREATE_TOPICS = 19;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() {
        NativeLibrary.load(null);
    }

    private OpenMdsAuthorizer started() {
        return Requests.started(SpoolSettings.DIRECTORY, directory.resolve("spool").toString());
    }

    private static void ask(OpenMdsAuthorizer authorizer, int from, int to) {
        for (int i = from; i < to; i++) {
            authorizer.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("t" + i)));
        }
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory.resolve("spool/broker-1"))) {
            return files.sorted().collect(java.util.stream.Collectors.toList());
        }
    }

    @Test
    void whatNoDestinationTakesWaitsOnDiskForTheNextEpoch() throws Exception {
        try (FallbackLines lines = new FallbackLines()) {
            AuditCounters counters;
            try (OpenMdsAuthorizer authorizer = started()) {
                counters = authorizer.countersForTest();
                ask(authorizer, 0, 50);
                AuditCounters now = counters;
                FallbackLines.until(() -> now.account().of("spilled") == 50, now::getAccount);
                assertTrue(now.isBalanced(), now.getAccount());
                // At the end, with a queue that nobody had the time to empty.
                ask(authorizer, 50, 3_050);
            }
            Account end = counters.account();
            assertEquals(3_050, end.of("spilled"), end.toString());
            assertEquals(0, end.of("waiting") + end.of("fallback") + end.of("delivered"), end.toString());
            assertTrue(end.balances(), end.toString());
            long waiting = counters.getSpoolWaiting();
            assertTrue(waiting > 3_050, "its own events wait, too: " + waiting);
            for (Path file : files()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), file.toString());
            }
            try (OpenMdsAuthorizer next = started()) {
                counters = next.countersForTest();
                assertEquals(waiting, counters.getSpoolWaiting());
                assertEquals(0, counters.account().of("spilled"), "another epoch's events are not of this account");
                ask(next, 0, 1);
                AuditCounters now = counters;
                FallbackLines.until(() -> now.account().of("spilled") == 1, now::getAccount);
                assertTrue(now.isBalanced(), now.getAccount());
            }
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void withoutAPlaceOnDiskThereIsTheFallback() throws Exception {
        Files.writeString(directory.resolve("spool"), "a file");
        try (FallbackLines lines = new FallbackLines()) {
            try (OpenMdsAuthorizer authorizer = started()) {
                ask(authorizer, 0, 2);
            }
            assertEquals(2, lines.all().size());
        }
    }

    @Test
    void aSecondOwnerLeavesTheSpoolAlone() throws Exception {
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer owner = started()) {
            ask(owner, 0, 1);
            FallbackLines.until(() -> owner.countersForTest().getSpoolWaiting() > 0, owner.countersForTest()::getAccount);
            List<Path> before = files();
            try (OpenMdsAuthorizer other = started()) {
                ask(other, 0, 3);
            }
            assertEquals(3, lines.all().size());
            assertEquals(before, files());
        }
    }

    @Test
    void settingsAreChecked() {
        for (String[] wrong : new String[][] {{SpoolSettings.FSYNC, "sometimes"}, {SpoolSettings.MAX_BYTES, "1000"},
            {SpoolSettings.MAX_AGE_MS, "-1"}}) {
            RuntimeException error = org.junit.jupiter.api.Assertions.assertThrows(RuntimeException.class,
                    () -> Requests.configured(wrong).close());
            assertTrue(error.toString().contains(wrong[0]), error.toString());
        }
    }

    @Test
    void whatWaitedIsDeliveredInOrderAndABatchThatFailedComesAgain() {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spill(4);
            assertEquals(4, bench.counters.spilled.sum());
            assertEquals(0, bench.counters.underWay.sum());
            assertFalse(bench.replay.step(bench, 900, 0), "live events come first");
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(List.of("1", "2", "3", "4"), bench.sent());
            assertTrue(bench.producer.completeNext());
            assertTrue(bench.producer.errorNext(new TimeoutException("no")));
            assertFalse(bench.replay.step(bench, 0, 0), "two are still under way");
            assertTrue(bench.producer.completeNext() && bench.producer.completeNext());
            assertFalse(bench.replay.step(bench, 0, 10));
            assertEquals(4, bench.counters.spilled.sum());
            assertFalse(bench.replay.step(bench, 0, 20), "it waits a little");
            assertTrue(bench.replay.step(bench, 0, 2_000));
            assertEquals(List.of("1", "2", "3", "4", "1", "2", "3", "4"), bench.sent());
            while (bench.producer.completeNext()) {
                assertEquals(4, bench.counters.spilled.sum());
            }
            assertTrue(bench.replay.step(bench, 0, 2_000));
            assertEquals(0, bench.counters.spilled.sum());
            assertEquals(4, bench.counters.delivered.sum());
            assertEquals(0, bench.counters.spoolWaiting);
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void severalBatchesAreUnderWayAndReleasedInOrder() {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spillLarge(9);
            assertTrue(bench.replay.step(bench, 0, 0));
            List<String> all = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9");
            assertEquals(all.subList(0, 8), bench.sent(), "four batches of two");
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(all, bench.sent());
            assertFalse(bench.replay.step(bench, 0, 0), "there is no more");
            for (int i = 0; i < 3; i++) {
                assertTrue(bench.producer.completeNext());
            }
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(2, bench.counters.delivered.sum(), "the second batch is not whole");
            assertEquals(7, bench.counters.spoolWaiting);
            assertTrue(bench.producer.errorNext(new TimeoutException("no")));
            assertTrue(bench.producer.completeNext() && bench.producer.completeNext());
            assertFalse(bench.replay.step(bench, 0, 0), "what is behind the one that failed has not ended");
            while (bench.producer.completeNext()) {
                assertEquals(7, bench.counters.spilled.sum());
            }
            assertFalse(bench.replay.step(bench, 0, 10));
            assertTrue(bench.replay.step(bench, 0, 2_000));
            while (bench.producer.completeNext()) {
                assertEquals(7, bench.counters.spilled.sum());
            }
            assertTrue(bench.replay.step(bench, 0, 2_000));
            assertEquals(all.subList(2, 9), bench.sent().subList(9, 16));
            assertEquals(9, bench.counters.delivered.sum());
            assertEquals(0, bench.counters.spilled.sum());
            assertEquals(0, bench.counters.spoolWaiting);
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void theLongerBatchesTakeTheFewerAreUnderWay() {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spillLarge(50);
            List<Integer> underWay = new ArrayList<>();
            long now = 0;
            for (int took : new int[] {1_000, 1_000, 1_000, 1, 1, 1, 1, 1}) {
                while (bench.replay.step(bench, 0, now)) {
                    assertTrue(bench.spool.isOpen());
                }
                now += took;
                int completed = 0;
                while (bench.producer.completeNext()) {
                    completed++;
                }
                underWay.add(completed);
            }
            assertEquals("[20, 2, 2, 2, 2, 4, 6, 10]", underWay.toString());
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void aNodeThatStopsDeliversWhatWaitsIfTheDestinationTakesIt() {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spill(4);
            bench.replay.finish(bench, () -> false);
            assertEquals(4, bench.counters.spilled.sum());
            assertEquals(List.of(), bench.sent());
            bench.replay.finish(bench, () -> {
                bench.producer.completeNext();
                return true;
            });
            assertEquals(List.of("1", "2", "3", "4"), bench.sent());
            assertEquals(0, bench.counters.spilled.sum());
            assertEquals(0, bench.counters.spoolWaiting);
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void whatAFormerEpochLosesOnDiskIsNamedByTheNextOne() throws Exception {
        String epoch;
        try (SpoolBench bench = new SpoolBench(directory)) {
            bench.spill(1, 1);
            bench.spill(2, 2);
            bench.spill(3, 3);
            epoch = bench.epoch;
        }
        Segments.damage(directory.resolve("broker-1/00000000000000000001.oms"), 1);
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.replay.finish(bench, () -> {
                bench.producer.completeNext();
                return true;
            });
            assertEquals(List.of("1", "3"), bench.sent());
            assertEquals(0, bench.counters.lostToDamage.sum(), "it is not of this account");
            assertFalse(bench.losses.isEmpty());
            Pairs loss = bench.losses.take().get(0);
            assertEquals(List.of("spool-damaged", epoch, "2-2", "1"), List.of(loss.first("reason"), loss.first("epoch"),
                    loss.first("range"), loss.first("count")));
            assertTrue(bench.losses.isEmpty());
            assertEquals("2", bench.engine.tell(loss).first("sequence"), "after the opening of the epoch");
            byte[] batch = new byte[4_096];
            List<String> events = new ArrayList<>();
            new EventBatch().read(batch, bench.engine.drain(batch), event -> events.add(new String(event.line)));
            assertTrue(events.get(1).contains("\"reason\":\"spool-damaged\",\"epoch\":\"" + epoch + "\",\"ranges\":[[2,2]]"),
                    events.get(1));
            assertEquals(List.of(), lines.whole());
        }
    }

    @Test
    void whatNoDestinationWillTakeHoldsUpNothing() {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spill(7);
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(List.of("1", "2", "3", "4", "6", "7"), bench.sent(), "5 is of a topic that is gone");
            assertTrue(bench.producer.errorNext(new RecordTooLargeException()));
            assertTrue(bench.producer.errorNext(new TopicAuthorizationException("no right")));
            while (bench.producer.completeNext()) {
                assertEquals(List.of(), lines.whole());
            }
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(3, lines.whole().size());
            assertEquals(0, bench.counters.spilled.sum());
            assertEquals(4, bench.counters.delivered.sum());
            assertEquals(3, bench.counters.keptInFallback.sum());
            List<String> told = new ArrayList<>();
            bench.losses.take().forEach(loss -> told.add(loss.first("reason") + " " + loss.all("range")));
            assertEquals(List.of("record-too-large [1-1]", "fallback [2-2, 5-5]"), told);
        }
    }

    @Test
    void aNeighboursEditIsALossWithANumber() throws Exception {
        try (FallbackLines lines = new FallbackLines(); SpoolBench bench = new SpoolBench(directory)) {
            bench.spill(1, 1);
            bench.spill(2, 4);
            bench.spill(6, 6);
            Segments.damage(directory.resolve("broker-1/00000000000000000001.oms"), 1);
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(List.of("1", "6"), bench.sent());
            while (bench.producer.completeNext()) {
                assertEquals(5, bench.counters.spilled.sum());
            }
            assertTrue(bench.replay.step(bench, 0, 0));
            assertEquals(0, bench.counters.spilled.sum());
            assertEquals(3, bench.counters.lostToDamage.sum());
            Pairs loss = bench.losses.take().get(0);
            assertEquals("spool-damaged [2-4]", loss.first("reason") + " " + loss.all("range"));
            assertEquals(List.of(), lines.whole());
        }
    }
}
