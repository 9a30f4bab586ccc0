package io.openmds.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key and a certificate that it signed itself, made by the {@code keytool} of this Java. */
final class Identity {
    private static final String PASSWORD = "changeit";
    private final KeyStore store;

    /** @param san such as {@code ip:127.0.0.1} */
    Identity(String name, String san) throws IOException {
        Path directory = Files.createTempDirectory("identity");
        Path file = directory.resolve("store.p12");
        try {
            Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair", "-alias", "it", "-keyalg", "EC", "-keysize", "256", "-dname", "CN=" + name, "-ext", "san=" + san,
                    "-validity", "30", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString())
                    .redirectErrorStream(true).start();
            String said = new String(keytool.getInputStream().readAllBytes());
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool: " + said);
            }
            store = KeyStore.getInstance("PKCS12");
            store.load(Files.newInputStream(file), PASSWORD.toCharArray());
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    SSLContext context() throws IOException {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    String certificatePem() throws IOException {
        try {
            return block("CERTIFICATE", store.getCertificate("it").getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** As a node keeps it: both halves of the key and the certificate. */
    String nodePem() throws IOException {
        try {
            return block("PRIVATE KEY", store.getKey("it", PASSWORD.toCharArray()).getEncoded())
                    + block("PUBLIC KEY", store.getCertificate("it").getPublicKey().getEncoded()) + certificatePem();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** ECDSA with SHA-256 over the text, DER in base64. */
    String sign(String text) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign((PrivateKey) store.getKey("it", PASSWORD.toCharArray()));
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String block(String name, byte[] der) {
        return "-----BEGIN " + name + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END "
                + name + "-----\n";
    }
}
