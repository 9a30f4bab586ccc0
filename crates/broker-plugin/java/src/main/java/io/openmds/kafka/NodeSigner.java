package io.openmds.kafka;

import java.io.IOException;

/** Signs checkpoints as the node that its certificate names. */
final class NodeSigner {
    /** SHA-256 over the certificate's DER, 64 lower-case hexadecimal digits. */
    final String fingerprint;
    /** The certificate, and those that lead to its authority. */
    final String pem;
    private final NodeKey key;

    NodeSigner(NodeKey key, NodeCertificate certificate) throws IOException {
        this.key = key;
        fingerprint = certificate.fingerprint();
        pem = certificate.pem();
    }

    /** ECDSA with SHA-256, DER in base64. */
    String sign(String statement) {
        return key.sign(statement);
    }
}
