package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is enrolled signs its chain; one that is not signs nothing. */
class CheckpointTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CREATE_TOPICS = 19;

    @TempDir
    Path directory;
    private Identity identity;

    @BeforeAll
    static void load() {
        NativeLibrary.load(null);
    }

    @BeforeEach
    void enrol() throws Exception {
        identity = new Identity("stand-in", "ip:127.0.0.1");
        Files.createDirectory(directory.resolve("feed"));
        Files.writeString(directory.resolve("ca.pem"), identity.certificatePem());
        Files.writeString(directory.resolve("feed/node.pem"), identity.nodePem());
    }

    private static List<JsonNode> checkpoints(FallbackLines lines) throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (String line : lines.whole()) {
            JsonNode event = JSON.readTree(line);
            if (event.path("type").asText().equals("io.openmds.trail/checkpoint")) {
                found.add(event);
            }
        }
        return found;
    }

    @Test
    void theSignatureIsOfTheNodesCertificateOverTheChain() throws Exception {
        try (FallbackLines lines = new FallbackLines(); StandInServer server = new StandInServer(identity)) {
            server.then(FeedFrames.snapshot(1, FeedFrames.writes("alice", "orders")));
            try (OpenMdsAuthorizer node = Requests.started(FeedSettings.URLS, server.url(), FeedSettings.DIRECTORY,
                    directory.resolve("feed").toString(), FeedSettings.TRUSTSTORE, directory.resolve("ca.pem").toString())) {
                FallbackLines.until(() -> node.engineForTest().policy().first("generation") != null, () -> "no policy came");
                node.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("a")));
            }
            assertTrue(Files.exists(directory.resolve("feed/epoch-broker-1")), "the epoch is kept beside the policy");
            List<JsonNode> found = checkpoints(lines);
            assertEquals(1, found.size());
            JsonNode event = found.get(0);
            JsonNode data = event.path("data");
            assertEquals(event.path("chain"), data.path("hash"));
            assertEquals(event.path("sequence").asLong() - 1, data.path("sequence").asLong());
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(
                    new ByteArrayInputStream(data.path("certificate").asText().getBytes(StandardCharsets.US_ASCII)));
            byte[] fingerprint = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            assertEquals(new java.math.BigInteger(1, fingerprint), new java.math.BigInteger(data.path("fingerprint").asText(), 16));
            String statement = "openmds-checkpoint-v1\n" + event.path("emitter").asText() + "\n" + event.path("epoch").asText() + "\n"
                    + data.path("sequence").asText() + "\n" + data.path("hash").asText();
            assertTrue(verifies(certificate, statement, data), statement);
            assertFalse(verifies(certificate, statement + "1", data));
        }
    }

    private static boolean verifies(X509Certificate certificate, String statement, JsonNode data) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(certificate);
        signature.update(statement.getBytes(StandardCharsets.UTF_8));
        return signature.verify(Base64.getDecoder().decode(data.path("signature").asText()));
    }

    @Test
    void aNodeThatIsNotEnrolledSignsNothing() throws Exception {
        try (FallbackLines lines = new FallbackLines()) {
            try (OpenMdsAuthorizer node = Requests.started()) {
                node.authorize(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("a")));
            }
            assertEquals(List.of(), checkpoints(lines));
            assertTrue(lines.whole().size() > 1);
        }
    }

    /** Drains by hand, and steps with a clock of its own. */
    @Test
    void checkpointsAndAccountsComeWhenTheyAreDue() throws Exception {
        NodeSigner signer = new NodeSigner(NodeKey.parse(identity.nodePem()), NodeCertificate.parse(identity.certificatePem()));
        AuditCounters counters = new AuditCounters();
        try (NativeEngine engine = new NativeEngine(new Pairs().add("queue_max_bytes", "1000000"))) {
            counters.attach(engine);
            engine.identify(Requests.CLUSTER_ID);
            TrailSettings settings = new TrailSettings(new PluginConfig(java.util.Map.of(TrailSettings.CHECKPOINT_EVENTS, "3")));
            Losses losses = new Losses(() -> 7);
            Ledger ledger = new Ledger(engine, counters, losses, settings, () -> signer);
            ledger.begin("broker-1");
            List<String> types = new ArrayList<>();
            LongSupplier drain = () -> {
                byte[] batch = new byte[100_000];
                int length = engine.drain(batch);
                if (length > 0) {
                    new EventBatch().read(batch, length, event -> {
                        ledger.numbered(event.number);
                        types.add(new String(event.line).replaceFirst(".*\"type\":\"[^\"]*/([a-z]*)\".*", "$1"));
                    });
                }
                return length;
            };
            ledger.step(1_000, true);
            assertEquals(0, drain.getAsLong(), "nothing was said, so nothing is written");
            record(engine, counters, 1);
            drain.getAsLong();
            ledger.step(1_000, true);
            assertEquals(0, drain.getAsLong());
            record(engine, counters, 1);
            drain.getAsLong();
            losses.add(Losses.Reason.FALLBACK, new AuditEvent("t", new byte[0], 2, false));
            ledger.step(2_000, false);
            assertEquals(0, drain.getAsLong(), "it waits until events are accepted");
            ledger.step(2_000, true);
            drain.getAsLong();
            ledger.step(2_000, true);
            assertEquals(0, drain.getAsLong(), "once");
            ledger.step(61_000, true);
            drain.getAsLong();
            ledger.step(61_999, true);
            assertEquals(0, drain.getAsLong());
            ledger.step(62_000, true);
            drain.getAsLong();
            assertEquals(List.of("epoch", "authorization", "authorization", "loss", "checkpoint", "account", "checkpoint"), types);
        }
    }

    private static void record(NativeEngine engine, AuditCounters counters, int count) {
        counters.decided.add(count);
        RequestCodec codec = RequestCodec.ofThread();
        for (int i = 0; i < count; i++) {
            engine.record(codec.bytes(), codec.encode(Requests.request(CREATE_TOPICS, "alice"), List.of(Requests.createTopic("a")),
                    List.of(org.apache.kafka.server.authorizer.AuthorizationResult.DENIED)));
        }
    }
}
