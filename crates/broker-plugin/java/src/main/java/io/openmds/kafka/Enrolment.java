package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node becomes known to the server: once with a join token, from then on with the certificate that it got, which it
 * renews in time. Key and certificate lie in the node's private directory; whoever has them is this node.
 */
final class Enrolment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final long BOUND_MS = 15_000;
    private static final int MOST_ANSWER = 256 * 1024;
    private static final long MOST_TOKEN = 64 * 1024;

    private final FeedSettings settings;
    private final String clusterId;
    private final int nodeId;
    /** Key and certificate in one file: never one without the other. */
    private final Path file;
    private final FileChannel lock;
    private NodeKey key;
    private NodeCertificate certificate;
    /** The disk does not hold what is in force. */
    private boolean unkept;
    private boolean toldSo;

    /** Takes the directory for this process alone, and reads what it holds. */
    Enrolment(FeedSettings settings, String clusterId, int nodeId) throws IOException {
        this.settings = settings;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        PrivateFile.directory(settings.directory);
        file = settings.directory.resolve("node.pem");
        lock = lock(settings.directory.resolve("lock"));
        try {
            read();
        } catch (IOException e) {
            lock.close(); // Else the next attempt would find its own lock.
            throw e;
        }
    }

    private void read() throws IOException {
        if (Files.exists(file)) {
            String pem = Files.readString(file);
            try {
                key = NodeKey.parse(pem);
                NodeCertificate found = NodeCertificate.among(pem);
                certificate = found != null && found.isOf(key) ? found : null;
            } catch (IOException e) {
                throw new IOException(file + " is damaged (" + e.getMessage() + "): put a copy in its place; or remove it, and give"
                        + " the node a new join token", e);
            }
        } else {
            key = NodeKey.generate();
            keep(key.pem());
        }
    }

    private void keep(String pem) throws IOException {
        PrivateFile.replace(file, pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process: said below.
        }
        if (held == null) {
            channel.close();
            throw new IOException(file.getParent() + " is used by another node; each needs a directory of its own ("
                    + FeedSettings.DIRECTORY + ")");
        }
        return channel;
    }

    /** Whether the node has a certificate that may still be shown. */
    boolean isEnrolled(Instant now) {
        return certificate != null && !certificate.isExpired(now);
    }

    /** Whether the certificate should be renewed. */
    boolean isDue(Instant now) {
        return certificate != null && certificate.isDue(now);
    }

    /** Signs as this node; null as long as it has no certificate. */
    NodeSigner signer() throws IOException {
        return certificate == null ? null : new NodeSigner(key, certificate);
    }

    /** TLS for requests of this node. */
    SSLContext context() throws IOException {
        return context(certificate);
    }

    private SSLContext context(NodeCertificate shown) throws IOException {
        try {
            if (shown != null) {
                return shown.context(key, settings.trust);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, settings.trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the node's certificate cannot be used: " + e.getMessage(), e);
        }
    }

    /** Trades the join token for a certificate. Asking again with the same key is answered again. */
    void join(URI server) throws IOException, InterruptedException {
        String token = token();
        ObjectNode body = JSON.createObjectNode().put("token", token).put("cluster_id", clusterId).put("node_id", nodeId)
                .put("public_key", key.publicBase64()).put("proof", key.sign(token));
        // One that ended by this node's clock is kept: the clock may be wrong.
        take(new ServerCalls(context(null)).post(server.resolve("/openmds/1.0/join"), JSON.writeValueAsBytes(body), BOUND_MS,
                MOST_ANSWER), key);
        LOG.info("Node {} of cluster {} joined {}; its certificate is good until {}", nodeId, clusterId, server,
                certificate.expiry());
    }

    /** A new certificate for a new key, by the right of the present one. */
    void renew(URI server, ServerCalls calls) throws IOException, InterruptedException {
        NodeKey next = NodeKey.generate();
        ObjectNode body = JSON.createObjectNode().put("public_key", next.publicBase64())
                .put("proof", next.sign(certificate.serial()));
        take(calls.post(server.resolve("/openmds/1.0/certificate"), JSON.writeValueAsBytes(body), BOUND_MS, MOST_ANSWER), next);
        LOG.info("The certificate of node {} of cluster {} was renewed; it is good until {}", nodeId, clusterId,
                certificate.expiry());
    }

    private void take(ServerCalls.Answer answer, NodeKey owner) throws IOException {
        JsonNode object = StrictJson.object(answer.body);
        String pem = StrictJson.text(object, "certificate");
        NodeCertificate got = NodeCertificate.parse(pem == null ? "" : pem);
        if (!got.isOf(owner)) {
            throw new IOException("it gave a certificate for another key");
        }
        key = owner;
        certificate = got;
        unkept = true;
        mend();
    }

    /** Keeps what the disk did not take before: asking the server for yet another certificate would not help. */
    void mend() {
        if (!unkept) {
            return;
        }
        try {
            keep(key.pem() + certificate.pem());
            unkept = false;
            toldSo = false;
        } catch (IOException e) {
            if (!toldSo) {
                LOG.warn("The node's certificate is in force, but cannot be kept in {} ({}): after a restart this node would have"
                        + " the one that is there, or need a join token", file, e.toString());
            }
            toldSo = true;
        }
    }

    private String token() throws IOException {
        Path file = settings.joinToken;
        if (file == null) {
            throw new IOException("the node has no certificate for cluster " + clusterId + ": run `openmds cluster enroll` for it,"
                    + " put the join token in a file and name that in " + FeedSettings.JOIN_TOKEN_PATH);
        }
        if (!Files.exists(file)) {
            throw new IOException("the node has no certificate for cluster " + clusterId + " and " + file + " ("
                    + FeedSettings.JOIN_TOKEN_PATH + ") is not there yet: put the token of `openmds cluster enroll` in it");
        }
        if (Files.size(file) > MOST_TOKEN) {
            throw new IOException(file + " (" + FeedSettings.JOIN_TOKEN_PATH + ") is too long to be a join token");
        }
        return Files.readString(file).trim();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
