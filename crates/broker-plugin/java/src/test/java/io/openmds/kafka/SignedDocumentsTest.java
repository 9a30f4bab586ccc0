package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where signatures are required nothing is followed without one, whatever anybody who may alter configurations puts there. */
class SignedDocumentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long WAIT_MS = 30_000;
    private static final String DOCUMENT = "{\"metadata\":{\"resource_version\":\"v%d\"}}";
    private static final long SIGNED_AT_MS = System.currentTimeMillis() + 3_600_000;

    @TempDir
    Path directory;
    private Identity server;
    private final List<String> followed = new ArrayList<>();
    private final AuditCounters counters = new AuditCounters();

    @BeforeAll
    static void load() {
        NativeLibrary.load(null);
    }

    @BeforeEach
    void enrol() throws Exception {
        // Authority and server are one here.
        server = new Identity("server", "uri:openmds:server:store-1");
        Files.createDirectory(directory.resolve("feed"));
        Files.writeString(directory.resolve("feed/node.pem"), server.nodePem());
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(SignatureSettings.REQUIRED, "true", FeedSettings.URLS, "https://127.0.0.1:1",
                FeedSettings.DIRECTORY, directory.resolve("feed").toString()));
    }

    private SignedDocuments node() {
        return new SignedDocuments(new SignatureSettings(new PluginConfig(settings())), counters, Documents.NONE,
                documents -> followed.add(documents.document + documents.companion));
    }

    private SignedDocuments joined() {
        SignedDocuments documents = node();
        documents.identify(Requests.CLUSTER_ID);
        return documents;
    }

    private String last() {
        return followed.isEmpty() ? "" : followed.get(followed.size() - 1);
    }

    private static String document(int version) {
        return String.format(DOCUMENT, version);
    }

    private Documents signed(Identity by, String name, String cluster, long generation, long atMs, String document) throws IOException {
        String statement = "openmds-documents-v1\n" + name + "\n" + cluster + "\n" + generation + "\n" + atMs + "\n"
                + Documents.digest(document) + "\n" + Documents.digest("");
        String value = JSON.createObjectNode().put("version", 1).put("server", name).put("cluster", cluster)
                .put("generation", generation).put("signed_at", atMs).put("signature", by.sign(statement))
                .put("certificate", by.certificatePem()).toString();
        return new Documents(document, "", value);
    }

    private Documents signed(long generation, String document) throws IOException {
        return signed(server, "store-1", Requests.CLUSTER_ID, generation, SIGNED_AT_MS + generation, document);
    }

    /** What is said of documents that wait, once their time is over. */
    private static String alarm(SignedDocuments documents) {
        assertNull(documents.alarm(5), "not before its time");
        assertNull(documents.alarm(4 + WAIT_MS));
        Pairs said = documents.alarm(5 + WAIT_MS);
        assertNotNull(said, "no alarm");
        assertNull(documents.alarm(100 + WAIT_MS), "said once");
        return said.first("reason");
    }

    @Test
    void theSignatureOfTheServerCounts() throws Exception {
        JsonNode golden = JSON.readTree(Files.readString(
                Path.of(System.getProperty("openmds.spec.dir"), "formats/document-signature.v1.json")));
        DocumentSignature signature = DocumentSignature.parse(golden.get("value").asText());
        Documents documents = new Documents(golden.get("document").asText(), golden.get("companion").asText(), "");
        X509Certificate authority = NodeCertificate.parse(golden.get("authority").asText()).last();
        assertNull(signature.fault(documents, "EyVCDzKYSc2vXhyD-z9PXg", authority));
        assertEquals("store-1", signature.server);
        assertEquals(7, signature.generation);
        assertTrue(signature.fault(documents, Requests.CLUSTER_ID, authority).contains("for cluster EyVCDzKYSc2vXhyD-z9PXg"));
        assertTrue(signature.fault(new Documents("", documents.companion, ""), "EyVCDzKYSc2vXhyD-z9PXg", authority)
                .contains("not over these documents"));
        assertTrue(signature.fault(documents, "EyVCDzKYSc2vXhyD-z9PXg", NodeCertificate.parse(server.certificatePem()).last())
                .contains("does not count"));
    }

    @Test
    void whatIsSignedIsFollowedAndNothingElse() throws Exception {
        SignedDocuments documents = joined();
        documents.offer(signed(1, document(1)));
        assertEquals(document(1), last());
        Identity stranger = new Identity("stranger", "uri:openmds:server:store-1");
        Identity node = new Identity("node", "uri:openmds:cluster:" + Requests.CLUSTER_ID + ":node:1");
        Documents good = signed(2, document(2));
        Map<Documents, String> refused = new HashMap<>();
        refused.put(new Documents(document(2), "", ""), "no signature");
        refused.put(Documents.NONE, "no signature");
        refused.put(new Documents(document(2), "", "no json"), "cannot be read");
        refused.put(new Documents(document(2), "", "{\"version\":2}"), "version");
        refused.put(new Documents(document(3), "", good.signature), "not over these documents");
        refused.put(new Documents(document(2), "{}", good.signature), "not over these documents");
        refused.put(signed(stranger, "store-1", Requests.CLUSTER_ID, 2, SIGNED_AT_MS, document(2)), "does not count");
        refused.put(signed(node, "store-1", Requests.CLUSTER_ID, 2, SIGNED_AT_MS, document(2)), "does not count");
        refused.put(signed(server, "store-2", Requests.CLUSTER_ID, 2, SIGNED_AT_MS, document(2)), "not that of server store-2");
        refused.put(signed(server, "store-1", "another", 2, SIGNED_AT_MS, document(2)), "for cluster another");
        refused.put(signed(server, "store-1", Requests.CLUSTER_ID, 2, SIGNED_AT_MS - 86_400_000_000L, document(2)), "does not count");
        long alarms = 0;
        for (Map.Entry<Documents, String> one : refused.entrySet()) {
            documents.offer(one.getKey());
            assertEquals(document(1), last(), one.getValue());
            String why = alarm(documents);
            assertTrue(why.contains(one.getValue()), why + " and not " + one.getValue());
            assertEquals(++alarms, counters.getDistrustedDocuments());
            assertEquals(why, counters.getDocumentDistrust());
            documents.offer(signed(1, document(1)));
            assertEquals("", counters.getDocumentDistrust(), "the cluster holds what is in force");
        }
        documents.offer(good);
        assertEquals(document(2), last());
    }

    @Test
    void aSignatureThatComesLaterIsNoAlarm() throws Exception {
        SignedDocuments documents = joined();
        Documents good = signed(1, document(1));
        documents.offer(new Documents(good.document, "", ""));
        assertNull(documents.alarm(0));
        assertNull(documents.alarm(WAIT_MS - 1));
        documents.offer(good);
        assertEquals(document(1), last());
        assertNull(documents.alarm(2 * WAIT_MS));
        // Nor is one that is taken away from documents in force: they are signed.
        documents.offer(new Documents(good.document, "", ""));
        assertNull(documents.alarm(3 * WAIT_MS));
        assertEquals(0, counters.getDistrustedDocuments());
    }

    @Test
    void documentsThatWereReplacedDoNotComeBackAlsoAfterAStart() throws Exception {
        SignedDocuments documents = joined();
        documents.offer(signed(1, document(1)));
        documents.offer(signed(5, document(2)));
        for (int start = 0; start < 2; start++) {
            documents.offer(signed(4, document(1)));
            assertEquals(document(2), last());
            String why = alarm(documents);
            assertTrue(why.contains("older than those in force (signed at "), why);
            followed.clear();
            documents = joined();
            assertEquals(List.of(document(2)), followed, "a start follows what it kept");
        }
        // A store that was restored begins again at a lower generation, and signs later.
        documents.offer(signed(server, "store-1", Requests.CLUSTER_ID, 2, SIGNED_AT_MS + 9, document(3)));
        assertEquals(document(3), last());
    }

    @Test
    void whatTheNodeKeptIsReadWithCare() throws Exception {
        joined().offer(signed(1, document(1)));
        Path kept = directory.resolve("feed/signed-documents.json");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
        for (String damaged : List.of("", "{", "{}", "{\"document\":\"\",\"companion\":\"\",\"signature\":\"\"}")) {
            Files.writeString(kept, damaged);
            followed.clear();
            SignedDocuments documents = joined();
            assertEquals(List.of(), followed);
            documents.offer(signed(1, document(1)));
            assertEquals(document(1), last());
        }
    }

    @Test
    void aNodeThatHasNotJoinedWaitsUntilItHas() throws Exception {
        Path pem = directory.resolve("feed/node.pem");
        Files.delete(pem);
        SignedDocuments documents = node();
        documents.offer(signed(1, document(1)));
        documents.identify(Requests.CLUSTER_ID);
        assertEquals(List.of(), followed);
        assertTrue(alarm(documents).contains("has not joined yet"));
        Files.writeString(pem, server.nodePem());
        assertNull(documents.alarm(10 * WAIT_MS));
        assertEquals(document(1), last());
        assertEquals("", counters.getDocumentDistrust());
    }

    @Test
    void withoutAFeedThereIsNothingToCheckBy() {
        for (String missing : List.of(FeedSettings.URLS, FeedSettings.DIRECTORY)) {
            Map<String, String> settings = settings();
            settings.remove(missing);
            ConfigException refused = assertThrows(ConfigException.class, () -> new SignatureSettings(new PluginConfig(settings)));
            assertTrue(refused.getMessage().contains(missing), refused.getMessage());
        }
    }

    @Test
    void theAlarmIsAnEventOfTheTrail() throws Exception {
        Map<String, String> settings = settings();
        settings.put(SignatureSettings.WAIT_MS, "100");
        String[] pairs = settings.entrySet().stream().flatMap(one -> List.of(one.getKey(), one.getValue()).stream())
                .toArray(String[]::new);
        try (FallbackLines lines = new FallbackLines(); OpenMdsAuthorizer authorizer = Requests.started(pairs)) {
            String document = "{\"metadata\":{\"resource_version\":\"v1\"}," + AuthorizerTest.EVERYTHING.substring(1);
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, document));
            FallbackLines.until(() -> lines.whole().stream().anyMatch(line -> line.contains("io.openmds.trail/distrust")),
                    () -> "no alarm among " + lines.whole());
            String line = lines.whole().stream().filter(one -> one.contains("io.openmds.trail/distrust")).findFirst().orElseThrow();
            JsonNode data = JSON.readTree(line.getBytes(StandardCharsets.UTF_8)).get("data");
            assertEquals("they bear no signature", data.get("reason").asText());
            assertEquals(Documents.digest(document), data.get("documentSha256").asText());
            assertEquals("", authorizer.countersForTest().getAppliedResourceVersion());
            assertEquals(1, authorizer.countersForTest().getDistrustedDocuments());
            Documents good = signed(1, document);
            authorizer.reconfigure(Map.of(PluginConfig.ROUTER_CONFIG, document, PluginConfig.SIGNATURE, good.signature));
            assertEquals("v1", authorizer.countersForTest().getAppliedResourceVersion());
            assertEquals("", authorizer.countersForTest().getDocumentDistrust());
            assertFalse(authorizer.reconfigurableConfigs().isEmpty());
        }
    }
}
