package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizerNotReadyException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node decides rightly, or not at all, whatever happens between it and its server ({@code docs/reliability.md}). */
class FeedFaultsTest {
    private static final int PRODUCE = 0;
    private static final Endpoint REPL = new Endpoint("REPL", SecurityProtocol.SASL_PLAINTEXT, "localhost", 9093);
    private static final Endpoint CLIENT = new Endpoint("CLIENT", SecurityProtocol.SASL_PLAINTEXT, "localhost", 9092);
    private static final byte[] ALICE = FeedFrames.writes("alice", "orders");
    private static final byte[] BOB = FeedFrames.writes("bob", "orders");
    private static final byte[] FIRST = FeedFrames.snapshot(1, ALICE);
    /** Bob comes, alice goes. */
    private static final byte[] SECOND =
            FeedFrames.changes(1, 2, BOB, FeedFrames.grant("alice", "DeveloperWrite", "orders", false));

    private static Identity identity;

    @TempDir
    Path directory;

    private StandInServer server;
    private final List<OpenMdsAuthorizer> nodes = new ArrayList<>();
    private boolean open;

    @BeforeAll
    static void keys() throws IOException {
        identity = new Identity("stand-in", "ip:127.0.0.1");
    }

    @BeforeEach
    void serve() throws IOException {
        server = new StandInServer(identity);
        Files.writeString(directory.resolve("ca.pem"), identity.certificatePem());
        Files.createDirectories(directory.resolve("feed"));
        Files.writeString(directory.resolve("feed/node.pem"), identity.nodePem());
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        for (OpenMdsAuthorizer node : nodes) {
            node.close();
        }
    }

    private Path copy() {
        return directory.resolve("feed/policy.omf");
    }

    private OpenMdsAuthorizer node(String... urls) {
        OpenMdsAuthorizer node = Requests.configured(FeedSettings.URLS, urls.length == 0 ? server.url() : String.join(",", urls),
                FeedSettings.DIRECTORY, directory.resolve("feed").toString(),
                FeedSettings.TRUSTSTORE, directory.resolve("ca.pem").toString(),
                FeedSettings.JOIN_TOKEN_PATH, directory.resolve("token").toString(),
                FeedSettings.STALE_MS, "1000", FeedSettings.WAIT_MS, "100");
        nodes.add(node);
        Map<Endpoint, ? extends CompletionStage<Void>> opening = node.start(Requests.server(List.of(REPL, CLIENT)));
        node.completeInitialLoad();
        assertTrue(opening.get(REPL).toCompletableFuture().isDone(), "the listener between brokers waits for nobody");
        open = opening.get(CLIENT).toCompletableFuture().isDone();
        return node;
    }

    private OpenMdsAuthorizer followed() {
        server.then(FIRST);
        OpenMdsAuthorizer node = node();
        until(node, 1);
        return node;
    }

    private static void until(OpenMdsAuthorizer node, long generation) {
        FallbackLines.until(() -> String.valueOf(generation).equals(node.engineForTest().policy().first("generation")),
                () -> "generation " + generation + " never came: " + node.engineForTest().policy().first("generation"));
    }

    private static boolean may(OpenMdsAuthorizer node, String user) {
        return node.authorize(Requests.request(PRODUCE, user),
                List.of(Requests.action(AclOperation.WRITE, ResourceType.TOPIC, "orders"))).equals(List.of(AuthorizationResult.ALLOWED));
    }

    /** Exactly these two, and never a stranger. */
    private static void decides(OpenMdsAuthorizer node, boolean alice, boolean bob) {
        assertEquals(alice, may(node, "alice"), "alice");
        assertEquals(bob, may(node, "bob"), "bob");
        assertFalse(may(node, "mallory"), "mallory");
        assertTrue(may(node, "admin"), "admin");
        assertEquals(0, node.countersForTest().getPanics());
        assertEquals(0, node.countersForTest().getDecisionErrors());
    }

    private static void decidesNothing(OpenMdsAuthorizer node) {
        assertThrows(AuthorizerNotReadyException.class, () -> may(node, "alice"));
        assertTrue(may(node, "admin"), "super users are admitted");
    }

    private boolean reportedStale() {
        return server.asked.get(server.asked.size() - 1).path("report").path("stale").asBoolean();
    }

    @Test
    void aPolicyThatNobodyConfirmsGoesOnDecidingAndIsCalledStale() throws Exception {
        try (FallbackLines log = new FallbackLines(PolicyFollower.class.getName())) {
            OpenMdsAuthorizer node = followed();
            server.awaitRequests(2);
            assertFalse(reportedStale());
            server.always(StandInServer.refusal(503, "away"));
            String warning = log.await(line -> line.contains("it is stale"));
            assertTrue(warning.contains("it answers 503: away") && warning.contains("goes on deciding"), warning);
            FallbackLines.until(this::reportedStale, () -> "it is never reported as stale");
            decides(node, true, false);
            server.close();
            server = new StandInServer(identity);
            decides(node, true, false);
        }
    }

    @Test
    void aServerThatComesBackIsFollowedWithoutARestart() {
        OpenMdsAuthorizer node = followed();
        server.always(StandInServer.refusal(503, "away"));
        server.awaitRequests(3);
        server.always(null);
        server.then(SECOND);
        until(node, 2);
        decides(node, false, true);
    }

    @Test
    void withoutAServerANodeStartsByItsCopy() throws Exception {
        Files.write(copy(), FeedFrames.joined(FIRST, SECOND));
        OpenMdsAuthorizer node = node("https://127.0.0.1:1");
        assertTrue(open, "there is a policy: clients are let in");
        decides(node, false, true);
    }

    @Test
    void withoutServerAndCopyOnlyEarlyListenersOpen() {
        server.always(StandInServer.refusal(503, "starting"));
        OpenMdsAuthorizer node = node();
        server.awaitRequests(2);
        assertFalse(open);
        decidesNothing(node);
        server.always(null);
        server.then(FIRST);
        until(node, 1);
        decides(node, true, false);
    }

    @Test
    void aServerThatIsNotTrustedIsNotFollowed() throws Exception {
        Identity unknown = new Identity("stand-in", "ip:127.0.0.1");
        Identity elsewhere = new Identity("elsewhere", "dns:elsewhere");
        Files.writeString(directory.resolve("ca.pem"), identity.certificatePem() + elsewhere.certificatePem());
        try (FallbackLines log = new FallbackLines(PolicyFollower.class.getName());
                StandInServer first = new StandInServer(unknown); StandInServer second = new StandInServer(elsewhere)) {
            OpenMdsAuthorizer node = node(first.url(), second.url());
            log.await(line -> line.contains(first.url()) && line.contains("PKIX path"));
            log.await(line -> line.contains(second.url()) && line.contains("No subject alternative"));
            assertEquals(0, first.asked.size() + second.asked.size(), "nothing is told to a stranger");
            assertFalse(open);
            decidesNothing(node);
        }
    }

    @Test
    void aFeedThatIsCutChangesNothing() throws Exception {
        OpenMdsAuthorizer node = followed();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(SECOND);
        }
        byte[] flipped = SECOND.clone();
        flipped[20] ^= 1;
        for (StandInServer.Answer answer : List.of(
                StandInServer.cut(SECOND, SECOND.length / 2, false),
                StandInServer.cut(packed.toByteArray(), packed.size() / 2, true),
                StandInServer.whole(200, Arrays.copyOf(SECOND, SECOND.length - 1)),
                StandInServer.whole(200, flipped))) {
            server.then(answer);
            server.awaitAllGiven();
            decides(node, true, false);
        }
        server.then(FeedFrames.snapshot(2, BOB));
        until(node, 2);
        decides(node, false, true);
        assertTrue(server.asked.stream().skip(1).anyMatch(asked -> asked.get("generation").isNull()),
                "after damage all of it is asked for");
    }

    @Test
    void aDamagedCopyIsTakenAsFarAsItGoes() throws Exception {
        byte[] flipped = SECOND.clone();
        flipped[20] ^= 1;
        for (byte[] second : List.of(flipped, new byte[4096], Arrays.copyOf(SECOND, SECOND.length - 3), "OMF2".getBytes())) {
            Files.write(copy(), FeedFrames.joined(FIRST, second));
            OpenMdsAuthorizer node = node("https://127.0.0.1:1");
            assertTrue(open);
            decides(node, true, false);
            nodes.remove(node);
            node.close();
        }
        OpenMdsAuthorizer node = node();
        server.then(SECOND);
        until(node, 2);
        FallbackLines.until(() -> copyLeadsTo("2"), () -> "the copy is not mended");
    }

    @Test
    void aCopyThatIsNoneIsAsNoCopy() throws Exception {
        byte[] flipped = FIRST.clone();
        flipped[FIRST.length - 1] ^= 1;
        byte[] stranger = FeedFrames.snapshot(FeedFrames.SERVER, "another-cluster", 9, 0, BOB);
        for (byte[] nothing : List.of(flipped, new byte[0], new byte[100], "OMF2".getBytes(), stranger)) {
            Files.write(copy(), nothing);
            OpenMdsAuthorizer node = node("https://127.0.0.1:1");
            assertFalse(open);
            decidesNothing(node);
            nodes.remove(node);
            node.close();
        }
        server.then(FIRST);
        OpenMdsAuthorizer node = node();
        until(node, 1);
        decides(node, true, false);
        FallbackLines.until(() -> copyLeadsTo("1"), () -> "the copy is not mended");
    }

    private boolean copyLeadsTo(String generation) {
        try (NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "100000"))) {
            engine.identify(Requests.CLUSTER_ID);
            Pairs followed = engine.follow(Files.readAllBytes(copy()));
            return generation.equals(followed.first("generation")) && followed.first("damaged") == null;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aCopyThatCannotBeWrittenIsReportedAndMendedWithoutAnythingNew() throws Exception {
        try (FallbackLines log = new FallbackLines(PolicyCopy.class.getName())) {
            Files.createDirectories(copy().resolve("in-the-way"));
            OpenMdsAuthorizer node = followed();
            log.await(line -> line.contains("cannot be kept"));
            server.then(SECOND);
            until(node, 2);
            decides(node, false, true);
            Files.delete(copy().resolve("in-the-way"));
            Files.delete(copy());
            log.await(line -> line.contains("is kept in"));
            assertTrue(copyLeadsTo("2"));
        }
    }

    @Test
    void aServerThatWentBackIsNotFollowedBack() {
        OpenMdsAuthorizer node = followed();
        server.then(SECOND);
        until(node, 2);
        server.then(FIRST).then(FeedFrames.changes(1, 9, ALICE));
        server.awaitAllGiven();
        decides(node, false, true);
        server.always(StandInServer.refusal(409, "restored from an older copy"));
        server.awaitRequests(3);
        decides(node, false, true);
        server.always(null);
        server.then(FeedFrames.snapshot(50, ALICE));
        until(node, 50);
        decides(node, true, false);
    }

    @Test
    void neitherAnotherServersNorAnotherClustersPolicyIsTaken() {
        OpenMdsAuthorizer node = followed();
        server.then(FeedFrames.snapshot("00000000-0000-0000-0000-000000000001", Requests.CLUSTER_ID, 9, 0, BOB))
                .then(FeedFrames.snapshot(FeedFrames.SERVER, "another-cluster", 9, 0, BOB));
        server.awaitAllGiven();
        decides(node, true, false);
        assertEquals("1", node.engineForTest().policy().first("generation"));
    }

    @Test
    void nothingIsDecidedByTheTimeOfDay() {
        OpenMdsAuthorizer node = node();
        server.then(FeedFrames.snapshot(FeedFrames.SERVER, Requests.CLUSTER_ID, 1, Long.MAX_VALUE, ALICE));
        until(node, 1);
        decides(node, true, false);
        server.then(FeedFrames.changes(1, 2, Long.MIN_VALUE, BOB));
        until(node, 2);
        decides(node, true, true);
        server.awaitRequests(2);
        assertFalse(reportedStale(), "how old a policy is, is no matter of the server's clock");
    }

    @Test
    void whatANewerServerSaysIsLeftAloneWhereItIsNotUnderstood() {
        OpenMdsAuthorizer node = node();
        server.then(FeedFrames.snapshot(1, ALICE, FeedFrames.grant("bob", "RoleOfTheFuture", "orders", true)));
        until(node, 1);
        decides(node, true, false);
        byte[] next = FeedFrames.snapshot(2, BOB);
        next[3] = '2';
        server.then(next).then(StandInServer.refusal(426, "this server speaks format 2"));
        server.awaitAllGiven();
        decides(node, true, false);
    }

    @Test
    void theNextServerIsAskedWhereOneFails() throws Exception {
        try (StandInServer other = new StandInServer(identity)) {
            other.always(StandInServer.refusal(500, "out of order"));
            server.then(FIRST);
            OpenMdsAuthorizer node = node("https://127.0.0.1:1", other.url(), server.url());
            until(node, 1);
            decides(node, true, false);
            assertEquals(1, other.asked.size(), "one that answers is stayed with");
            server.always(StandInServer.refusal(500, "out of order"));
            other.always(null);
            other.then(SECOND);
            until(node, 2);
            decides(node, false, true);
        }
    }

    @Test
    void twoInstancesOfOneNodeDecideTheSame() throws Exception {
        OpenMdsAuthorizer broker = followed();
        OpenMdsAuthorizer controller = node();
        assertTrue(open, "the second instance begins with what the first one holds");
        for (int generation = 1; generation < 60; generation++) {
            server.then(FeedFrames.changes(generation, generation + 1, generation % 2 == 0 ? ALICE : BOB));
            if (generation % 15 == 0) {
                nodes.remove(controller);
                controller.close();
                controller = node();
            }
        }
        until(broker, 60);
        until(controller, 60);
        decides(broker, true, true);
        decides(controller, true, true);
        broker.close();
        nodes.remove(broker);
        server.then(FeedFrames.changes(60, 61, FeedFrames.grant("alice", "DeveloperWrite", "orders", false)));
        until(controller, 61);
        decides(controller, false, true);
    }

    @Test
    void withoutACertificateNobodyIsLetIn() throws Exception {
        Files.delete(directory.resolve("feed/node.pem"));
        Files.writeString(directory.resolve("token"), "used-before");
        server.always(StandInServer.refusal(403, "the token was used before"));
        try (FallbackLines log = new FallbackLines(PolicyFollower.class.getName())) {
            OpenMdsAuthorizer node = node();
            log.await(line -> line.contains("the token was used before") && line.contains("only super users are admitted"));
            assertFalse(open);
            decidesNothing(node);
            assertEquals("/openmds/1.0/join", server.paths.get(0));
            assertEquals(Requests.CLUSTER_ID, server.asked.get(0).path("cluster_id").asText());
        }
    }

    @Test
    void aDamagedKeyIsNamedAndMendedWhileTheNodeRuns() throws Exception {
        Files.writeString(directory.resolve("feed/node.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
        Files.write(copy(), FIRST);
        try (FallbackLines log = new FallbackLines(PolicyFollower.class.getName())) {
            OpenMdsAuthorizer node = node();
            log.await(line -> line.contains("node.pem is damaged"));
            decides(node, true, false);
            Files.writeString(directory.resolve("feed/node.pem"), identity.nodePem());
            server.then(SECOND);
            until(node, 2);
            assertTrue(log.all().stream().noneMatch(line -> line.contains("is used by another node")), log.all()::toString);
        }
    }

    @Test
    void anAnswerWithoutEndHoldsNoThread() throws Exception {
        NativeLibrary.load(null);
        server.always(StandInServer.trickle());
        ServerCalls calls;
        try (Enrolment enrolment = new Enrolment(settings(), Requests.CLUSTER_ID, 7)) {
            calls = new ServerCalls(enrolment.context());
        }
        URI feed = URI.create(server.url() + "/openmds/1.0/feed");
        for (int i = 0; i < 8; i++) {
            IOException late = assertThrows(IOException.class,
                    () -> calls.post(feed, "{}".getBytes(), 200, 1 << 20));
            assertTrue(late.getMessage().contains("no answer within 200 ms"), late.getMessage());
        }
        IOException longer = assertThrows(IOException.class,
                () -> calls.post(feed, "{}".getBytes(), 20_000, 10));
        assertTrue(longer.getMessage().contains("longer than 10 bytes"), longer.getMessage());
        server.always(null);
        assertNotNull(calls.post(feed, "{}".getBytes(), 20_000, 10));
        long readers = Thread.getAllStackTraces().values().stream().flatMap(Arrays::stream)
                .filter(frame -> frame.getClassName().equals(ServerCalls.class.getName())).count();
        assertEquals(0, readers, "nobody reads on");
    }

    private FeedSettings settings() {
        return FeedSettings.of(new PluginConfig(Map.of(FeedSettings.URLS, server.url(), FeedSettings.DIRECTORY,
                directory.resolve("feed").toString(), FeedSettings.TRUSTSTORE, directory.resolve("ca.pem").toString(),
                FeedSettings.JOIN_TOKEN_PATH, directory.resolve("token").toString())));
    }

    @Test
    void aCertificateThatEndedByAWrongClockCountsAgain() throws Exception {
        Files.writeString(directory.resolve("token"), "used-before");
        server.always(StandInServer.refusal(403, "the token was used before"));
        try (Enrolment enrolment = new Enrolment(settings(), Requests.CLUSTER_ID, 1)) {
            Instant now = Instant.now();
            assertTrue(enrolment.isEnrolled(now));
            assertFalse(enrolment.isEnrolled(now.plus(Duration.ofDays(3650))));
            assertThrows(ServerCalls.Refused.class, () -> enrolment.join(URI.create(server.url())));
            assertTrue(enrolment.isEnrolled(now));
        }
    }
}
