package io.openmds.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** The key pair with which a node proves who it is: P-256, made on the node, never leaving it. */
final class NodeKey {
    private static final String CURVE = "secp256r1";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private final KeyPair pair;

    private NodeKey(KeyPair pair) {
        this.pair = pair;
    }

    static NodeKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return new NodeKey(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + CURVE + " keys", e);
        }
    }

    /** The key among these PEM blocks. */
    static NodeKey parse(String pem) throws IOException {
        try {
            KeyFactory factory = KeyFactory.getInstance("EC");
            PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(section(pem, PRIVATE)));
            PublicKey open = factory.generatePublic(new X509EncodedKeySpec(section(pem, PUBLIC)));
            return new NodeKey(new KeyPair(open, secret));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("no key of a node (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** Both halves as PEM blocks. */
    String pem() {
        return block(PRIVATE, pair.getPrivate().getEncoded()) + block(PUBLIC, pair.getPublic().getEncoded());
    }

    PrivateKey secret() {
        return pair.getPrivate();
    }

    PublicKey open() {
        return pair.getPublic();
    }

    /** The public key, SubjectPublicKeyInfo in base64. */
    String publicBase64() {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    /** ECDSA with SHA-256 over the text, DER in base64. */
    String sign(String text) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign with " + CURVE + " keys", e);
        }
    }

    private static String block(String name, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + name + "-----\n" + body + "\n-----END " + name + "-----\n";
    }

    private static byte[] section(String pem, String name) {
        String begin = "-----BEGIN " + name + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END " + name + "-----");
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no " + name);
        }
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    }
}
