package io.openmds.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The certificates that a broker trusts in a server: a PEM file, or a store that Java knows. */
final class TrustStore {
    private TrustStore() {}

    /**
     * Reads them.
     *
     * @param type {@code PEM}, {@code PKCS12}, {@code JKS}; null for PEM
     * @param password null for none
     */
    static TrustManager[] load(Path location, String type, String password) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(location)) {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(type == null || type.equals("PEM") ? pem(in) : other(in, type, password));
            return factory.getTrustManagers();
        }
    }

    private static KeyStore other(InputStream in, String type, String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(in, password == null ? null : password.toCharArray());
        return store;
    }

    private static KeyStore pem(InputStream in) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
            store.setCertificateEntry("ca-" + number++, certificate);
        }
        if (number == 0) {
            throw new IOException("it holds no certificate");
        }
        return store;
    }
}
