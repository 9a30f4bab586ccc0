package io.openmds.kafka;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Live memory of the audit path while more is recorded than it can take: with the destination away, without a place on
 * disk and with one. On the heap by what full collections leave, beyond it by what the process holds, less the same of a
 * node that has nothing to record. Needs a heap touched beforehand, and the serial collector.
 */
final class PathMemory {
    private static final int LOOKS = 5;

    private final String servers;
    private final Path spool;

    /** @param servers where nobody answers */
    PathMemory(String servers, Path spool) {
        this.servers = servers;
        this.spool = spool;
    }

    void measure() throws Exception {
        long idle = 0;
        try (OpenMdsAuthorizer node = Lines.node()) {
            for (int i = 0; i < 3; i++) {
                idle = held();
            }
        }
        Decisions.line("memory", "way", "fallback", "mib", (overloaded() - idle) / 1048576.0);
        Decisions.line("memory", "way", "spool", "mib", (overloaded(SpoolSettings.DIRECTORY, spool.toString(),
                SpoolSettings.MAX_BYTES, Long.toString(8L << 30)) - idle) / 1048576.0);
    }

    /** The most that was held at any look. */
    private long overloaded(String... more) throws Exception {
        List<String> settings = new ArrayList<>(List.of(more));
        Lines.exporter(servers).forEach((key, value) -> settings.addAll(List.of(key, value)));
        long most = 0;
        try (OpenMdsAuthorizer node = Lines.node(settings.toArray(new String[0]))) {
            AuditCounters counters = node.countersForTest();
            try (Feeder one = new Feeder(node.engineForTest(), 1_000_000); Feeder other = new Feeder(node.engineForTest(), 1_000_000)) {
                Lines.until("the queue to be full", 60, () -> counters.getDroppedQueueFull() > 0);
                for (int i = 0; i < LOOKS; i++) {
                    Thread.sleep(1_000);
                    most = Math.max(most, held());
                }
            }
        }
        return most;
    }

    private static long held() throws IOException {
        System.gc();
        long heap = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null) {
                heap += pool.getCollectionUsage().getUsed();
            }
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                return heap + Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IllegalStateException("/proc/self/status names no RssAnon");
    }
}
