package io.openmds.kafka;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** What the server gave a node that joined: a certificate that is bound to its cluster's id and its own. */
final class NodeCertificate {
    private static final char[] NO_PASSWORD = new char[0];

    private final X509Certificate[] chain;
    private final String pem;

    private NodeCertificate(String pem, X509Certificate[] chain) {
        this.pem = pem;
        this.chain = chain;
    }

    static NodeCertificate parse(String pem) throws IOException {
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            if (found.isEmpty()) {
                throw new IOException("no certificate");
            }
            return new NodeCertificate(pem, found.toArray(new X509Certificate[0]));
        } catch (GeneralSecurityException | ArrayStoreException e) {
            throw new IOException("no certificate (" + e.getMessage() + ")");
        }
    }

    /** The certificates among these PEM blocks, or null if there are none. */
    static NodeCertificate among(String pem) throws IOException {
        int at = pem.indexOf("-----BEGIN CERTIFICATE-----");
        return at < 0 ? null : parse(pem.substring(at));
    }

    /** The chain, as it was given. */
    String pem() {
        return pem;
    }

    X509Certificate first() {
        return chain[0];
    }

    /** That of the authority, where the chain leads to one. */
    X509Certificate last() {
        return chain[chain.length - 1];
    }

    boolean isOf(NodeKey key) {
        return chain[0].getPublicKey().equals(key.open());
    }

    boolean isExpired(Instant now) {
        return now.isAfter(chain[0].getNotAfter().toInstant());
    }

    /** Whether two thirds of its life are over. */
    boolean isDue(Instant now) {
        Instant from = chain[0].getNotBefore().toInstant();
        Instant to = chain[0].getNotAfter().toInstant();
        return now.isAfter(from.plusSeconds((to.getEpochSecond() - from.getEpochSecond()) * 2 / 3));
    }

    /** SHA-256 over the node's own certificate, 64 lower-case hexadecimal digits. */
    String fingerprint() throws IOException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded());
            return String.format("%064x", new BigInteger(1, hash));
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate (" + e.getMessage() + ")", e);
        }
    }

    Instant expiry() {
        return chain[0].getNotAfter().toInstant();
    }

    /** Its serial number, 32 lower-case hexadecimal digits. */
    String serial() {
        return String.format("%032x", chain[0].getSerialNumber());
    }

    /** TLS that shows this certificate. */
    SSLContext context(NodeKey key, TrustManager[] trust) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("node", key.secret(), NO_PASSWORD, chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust, null);
        return context;
    }
}
