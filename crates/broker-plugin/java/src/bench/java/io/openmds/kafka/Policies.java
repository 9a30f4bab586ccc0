package io.openmds.kafka;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** Role bindings as a server feeds them: how long they take to load, their memory, and deciding while they change. */
final class Policies {
    private static final int PATTERNS_A_BINDING = 10;
    private static final int WINDOWS = Integer.getInteger("bench.windows", 8);
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final long BETWEEN_CHANGES_MS = 50;
    private static final int SWAPPED_LARGEST = 100_000;

    private final int largest;

    Policies(int largest) {
        this.largest = largest;
    }

    void measure() throws Exception {
        load(largest);
        swap(Math.min(largest, SWAPPED_LARGEST));
    }

    /** Bindings of a role on a resource: each principal holds one role on ten topics. */
    private static byte[] snapshot(int bindings, long generation) {
        Feed.Items grants = new Feed.Items();
        for (int i = 0; i < bindings / PATTERNS_A_BINDING; i++) {
            List<String[]> patterns = new ArrayList<>();
            for (int j = 0; j < PATTERNS_A_BINDING; j++) {
                patterns.add(Feed.pattern("Topic", topic(i * PATTERNS_A_BINDING + j), j == 7));
            }
            grants.grant("User:service-" + i, "DeveloperWrite", patterns);
        }
        return Feed.snapshot(Requests.CLUSTER_ID, generation, grants, new Feed.Items(), new Feed.Items());
    }

    private static String topic(int number) {
        return "team-" + number % 97 + ".orders-" + number;
    }

    private static NativeEngine engine() {
        NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "1000000").add("audit", "false")
                .add("provider", "OPENMDS"));
        engine.identify(Requests.CLUSTER_ID);
        return engine;
    }

    private static void follow(NativeEngine engine, byte[] frame) {
        Pairs answer = engine.follow(frame);
        if (answer.first("reason") != null) {
            throw new IllegalStateException(answer.first("reason"));
        }
    }

    private static void load(int bindings) throws Exception {
        byte[] frame = snapshot(bindings, 1);
        long before = nativeBytes();
        try (NativeEngine engine = engine()) {
            long start = System.nanoTime();
            follow(engine, frame);
            double seconds = (System.nanoTime() - start) / 1e9;
            long index = Long.parseLong(engine.policy().first("index_bytes"));
            Decisions.line("load", "bindings", bindings, "seconds", seconds, "frame_mib", frame.length / 1048576.0,
                    "index_bytes_per_binding", (double) index / bindings,
                    "native_bytes_per_binding", (double) (nativeBytes() - before) / bindings);
        }
    }

    /** Memory of this process beyond files, which the Java heap, touched beforehand, does not change. */
    private static long nativeBytes() throws IOException, JMException {
        System.gc();
        ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "systemTrimNativeHeap", null, null);
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IllegalStateException("/proc/self/status names no RssAnon");
    }

    /** Single calls while nothing changes, and while twenty changes a second arrive; in turns. */
    private static void swap(int bindings) throws InterruptedException {
        try (NativeEngine engine = engine()) {
            follow(engine, snapshot(bindings, 1));
            List<byte[]> messages = messages(bindings);
            calls(engine, messages);
            int[] calm = new int[WINDOWS];
            int[] changing = new int[WINDOWS];
            int[] calmP50 = new int[WINDOWS];
            int[] changingP50 = new int[WINDOWS];
            long[] generation = {1};
            for (int i = 0; i < WINDOWS; i++) {
                int[] times = calls(engine, messages);
                calm[i] = at(times, 0.999);
                calmP50[i] = at(times, 0.5);
                AtomicBoolean over = new AtomicBoolean();
                Thread server = new Thread(() -> change(engine, generation, over));
                server.start();
                times = calls(engine, messages);
                over.set(true);
                server.join();
                changing[i] = at(times, 0.999);
                changingP50[i] = at(times, 0.5);
            }
            for (int[] values : new int[][] {calm, changing, calmP50, changingP50}) {
                Arrays.sort(values);
            }
            int median = WINDOWS / 2;
            Decisions.line("swap", "bindings", bindings, "changes", generation[0] - 1, "p999_ratio",
                    (double) changing[median] / calm[median], "calm_p999_ns", calm[median], "changing_p999_ns",
                    changing[median], "calm_p50_ns", calmP50[median], "changing_p50_ns", changingP50[median]);
        }
    }

    private static void change(NativeEngine engine, long[] generation, AtomicBoolean over) {
        while (!over.get()) {
            long from = generation[0]++;
            Feed.Items changes = new Feed.Items().grantChange("User:other-" + from % 100, "DeveloperRead",
                    List.<String[]>of(Feed.pattern("Topic", topic((int) from % 1_000), false)));
            follow(engine, Feed.changes(Requests.CLUSTER_ID, from, generation[0], changes));
            try {
                Thread.sleep(BETWEEN_CHANGES_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static List<byte[]> messages(int bindings) {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < RuleSet.REQUESTS; i++) {
            int user = i % RuleSet.PRINCIPALS * (bindings / PATTERNS_A_BINDING / RuleSet.PRINCIPALS);
            RequestCodec codec = new RequestCodec();
            int length = codec.encode(Requests.request(0, new KafkaPrincipal(KafkaPrincipal.USER_TYPE, "service-" + user)),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC,
                            topic(user * PATTERNS_A_BINDING + i / RuleSet.PRINCIPALS % 7))));
            messages.add(Arrays.copyOf(codec.bytes(), length));
        }
        return messages;
    }

    /** Their single times, sorted. */
    private static int[] calls(NativeEngine engine, List<byte[]> messages) {
        int[] times = new int[8_000_000];
        int count = 0;
        long now = System.nanoTime();
        long end = now + WINDOW_NANOS;
        while (now < end && count < times.length) {
            byte[] message = messages.get(count % messages.size());
            long before = System.nanoTime();
            int answer = engine.authorize(message, message.length);
            now = System.nanoTime();
            if (answer != 1) {
                throw new IllegalStateException("answered " + answer);
            }
            times[count++] = (int) (now - before);
        }
        int[] taken = Arrays.copyOf(times, count);
        Arrays.sort(taken);
        return taken;
    }

    private static int at(int[] sorted, double share) {
        return sorted[(int) (sorted.length * share)];
    }
}
