package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that takes no more bytes: a process that may write files of so many bytes and no longer, tried in a JVM of its own.
 * The write that crosses the line is done in part, as on a full disk.
 */
class FullDiskTest {
    /** {@code ulimit -f}: 64 KiB or 128 KiB, as the shell counts. */
    private static final String BLOCKS = "128";
    private static final int MANY = 6;
    private static final String LONG = "x".repeat(30_000);

    @TempDir
    Path directory;

    /** Follows more policy than the disk takes, then less again. */
    public static final class Node {
        private Node() {}

        public static void main(String[] args) {
            try {
                run(Path.of(args[0]));
                System.out.println("decided throughout");
                System.exit(0);
            } catch (Throwable e) {
                e.printStackTrace(System.out);
                System.exit(1);
            }
        }

        private static void run(Path feed) throws Exception {
            Identity identity = new Identity("stand-in", "ip:127.0.0.1");
            Files.writeString(feed.resolve("ca.pem"), identity.certificatePem());
            Files.writeString(feed.resolve("node.pem"), identity.nodePem());
            String library = Path.of(NativeLibrary.class.getResource("/native/" + NativeLibrary.platform() + "/"
                    + System.mapLibraryName("openmds_broker_plugin")).toURI()).toString();
            try (StandInServer server = new StandInServer(identity); FallbackLines log = new FallbackLines(PolicyCopy.class.getName());
                    OpenMdsAuthorizer node = Requests.configured(FeedSettings.URLS, server.url(),
                            FeedSettings.DIRECTORY, feed.toString(), FeedSettings.TRUSTSTORE, feed.resolve("ca.pem").toString(),
                            FeedSettings.WAIT_MS, "100", PluginConfig.LIBRARY_PATH, library)) {
                server.then(FeedFrames.snapshot(1, FeedFrames.writes("alice", "orders")));
                for (int generation = 1; generation <= MANY; generation++) {
                    server.then(FeedFrames.changes(generation, generation + 1, FeedFrames.writes("u" + generation, LONG)));
                }
                server.then(FeedFrames.changes(MANY + 1, MANY + 2, FeedFrames.writes("bob", "orders"),
                        FeedFrames.grant("alice", "DeveloperWrite", "orders", false)));
                node.start(Requests.server());
                node.completeInitialLoad();
                until(node, MANY + 2);
                log.await(line -> line.contains("cannot be kept in") && line.contains("File too large"));
                assertEquals(List.of(false, true), List.of(may(node, "alice"), may(node, "bob")), "the policy in memory decides");
                assertEquals(0, node.countersForTest().getPanics() + node.countersForTest().getDecisionErrors());
                Pairs kept = kept(feed);
                assertTrue(Long.parseLong(kept.first("generation")) < MANY + 2, "the copy is older");
                byte[][] gone = new byte[MANY][];
                for (int user = 1; user <= MANY; user++) {
                    gone[user - 1] = FeedFrames.grant("u" + user, "DeveloperWrite", LONG, false);
                }
                server.then(FeedFrames.changes(MANY + 2, MANY + 3, gone));
                log.await(line -> line.contains("is kept in"));
                kept = kept(feed);
                assertNull(kept.first("damaged"), kept.first("reason"));
                assertEquals(String.valueOf(MANY + 3), kept.first("generation"));
            }
        }

        /** What a restarted node would find. */
        private static Pairs kept(Path feed) throws IOException {
            try (NativeEngine restarted = new NativeEngine(new Pairs().add("queue_max_bytes", "100000"))) {
                restarted.identify(Requests.CLUSTER_ID);
                return restarted.follow(Files.readAllBytes(feed.resolve("policy.omf")));
            }
        }

        private static void until(OpenMdsAuthorizer node, int generation) {
            FallbackLines.until(() -> String.valueOf(generation).equals(node.engineForTest().policy().first("generation")),
                    () -> "generation " + generation + " never came");
        }

        private static boolean may(OpenMdsAuthorizer node, String user) {
            return node.authorize(Requests.request(0, user),
                    List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders"))).equals(List.of(AuthorizationResult.ALLOWED));
        }
    }

    @Test
    void aFullDiskTakesNothingFromWhatIsDecidedAndIsReported() throws Exception {
        Process node = new ProcessBuilder("sh", "-c", "ulimit -f " + BLOCKS + " && exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-Xcheck:jni", "-Xmx256m",
                "-cp", System.getProperty("java.class.path"), Node.class.getName(), directory.toString())
                .redirectErrorStream(true).start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, node.waitFor(), said);
        assertTrue(said.contains("decided throughout"), said);
        assertTrue(!said.contains("WARNING in native method"), said);
    }
}
