package io.openmds.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The destination is stopped for a while and goes on, with live traffic all the time: how fast what waits on disk is
 * delivered, and how long live events take meanwhile, from being recorded to the time at which the destination wrote them.
 */
final class Outage {
    private static final int AWAY_SECONDS = Integer.getInteger("bench.away.s", 10);

    private final String servers;
    private final long pid;
    private final Path spool;

    Outage(String servers, long pid, Path spool) {
        this.servers = servers;
        this.pid = pid;
        this.spool = spool;
    }

    void measure(long perSecond) throws Exception {
        timeByDestination();
        long back;
        long over;
        double drained;
        OpenMdsAuthorizer node = node();
        try (node; Feeder feeder = new Feeder(node.engineForTest(), perSecond)) {
            AuditCounters counters = node.countersForTest();
            Lines.until("the exporter", 60, () -> counters.getDelivered() > perSecond);
            signal("STOP");
            Thread.sleep(AWAY_SECONDS * 1_000L);
            signal("CONT");
            Lines.until("the destination", 120, () -> counters.getSpoolDelivered() > 0);
            back = System.currentTimeMillis();
            long waited = counters.getSpoolWaiting();
            long begun = System.nanoTime();
            long replayed = counters.getSpoolDelivered();
            Lines.until("the spool to be empty", 300, () -> counters.getSpoolWaiting() < waited / 20);
            drained = (counters.getSpoolDelivered() - replayed) / ((System.nanoTime() - begun) / 1e9);
            over = System.currentTimeMillis();
            Lines.until("all of it", 60, () -> counters.getSpoolWaiting() == 0);
            Decisions.line("drained", "live_per_s", perSecond, "spooled", waited, "drained_per_s", drained, "ratio",
                    drained / perSecond, "lost", counters.getFallback() + counters.getDroppedQueueFull(),
                    "queue_full", counters.getDroppedQueueFull());
        }
        waits(back, over);
    }

    private OpenMdsAuthorizer node() {
        List<String> settings = new ArrayList<>(List.of(SpoolSettings.DIRECTORY, spool.toString(), SpoolSettings.MAX_BYTES,
                Long.toString(8L << 30)));
        Lines.exporter(servers).forEach((key, value) -> settings.addAll(List.of(key, value)));
        return Lines.node(settings.toArray(new String[0]));
    }

    private void signal(String name) throws Exception {
        if (new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException("kill -" + name + " " + pid + " failed");
        }
    }

    /** A topic of its own, whose records say when the destination wrote them. */
    private void timeByDestination() throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", servers))) {
            admin.deleteTopics(List.of(Lines.TOPIC)).all().get();
            Lines.until("the topic to be gone", 30, () -> {
                try {
                    return !admin.listTopics().names().get().contains(Lines.TOPIC);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            Thread.sleep(1_000);
            admin.createTopics(List.of(new NewTopic(Lines.TOPIC, 2, (short) 1)
                    .configs(Map.of("message.timestamp.type", "LogAppendTime")))).all().get();
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(Map.of("bootstrap.servers", servers, "key.deserializer", ByteArrayDeserializer.class,
                "value.deserializer", ByteArrayDeserializer.class, "max.poll.records", "5000"));
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.partitionsFor(Lines.TOPIC).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).collect(Collectors.toList());
    }

    /** Of the events recorded in between: the longest wait. */
    private void waits(long from, long to) {
        long longest = 0;
        long count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long missing = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
            while (missing > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                    missing--;
                    long time = Lines.time(record.value());
                    if (time >= from && time < to) {
                        longest = Math.max(longest, record.timestamp() - time);
                        count++;
                    }
                }
            }
        }
        Decisions.line("live", "events", count, "longest_wait_ms", longest);
    }
}
