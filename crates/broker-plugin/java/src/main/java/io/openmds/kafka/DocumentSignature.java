package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;

/** The server's signature over the documents of one cluster ({@code spec/document-signature.md}). */
final class DocumentSignature {
    private static final int VERSION = 1;
    private static final int URI = 6;

    /** The server's name for its store. */
    final String server;
    final String cluster;
    /** Of the server's store when it signed, for people: a store that was restored begins again at a lower one. */
    final long generation;
    final long signedAtMs;
    private final byte[] signature;
    private final X509Certificate certificate;

    private DocumentSignature(JsonNode object) throws IOException {
        server = StrictJson.text(object, "server");
        cluster = StrictJson.text(object, "cluster");
        String signed = StrictJson.text(object, "signature");
        String pem = StrictJson.text(object, "certificate");
        JsonNode generations = object.get("generation");
        JsonNode moment = object.get("signed_at");
        if (server == null || cluster == null || signed == null || pem == null || !isNumber(generations) || !isNumber(moment)) {
            throw new IOException("it lacks a field, or has one of another type");
        }
        generation = generations.longValue();
        signedAtMs = moment.longValue();
        certificate = NodeCertificate.parse(pem).first();
        try {
            signature = Base64.getDecoder().decode(signed);
        } catch (IllegalArgumentException e) {
            throw new IOException("it is not base64");
        }
    }

    private static boolean isNumber(JsonNode node) {
        return node != null && node.isIntegralNumber() && node.canConvertToLong();
    }

    /** Reads one; nothing in it is proven. */
    static DocumentSignature parse(String text) throws IOException {
        JsonNode object = StrictJson.object(text.getBytes(StandardCharsets.UTF_8));
        JsonNode version = object.get("version");
        if (version == null || !version.isInt() || version.intValue() != VERSION) {
            throw new IOException("its version is not " + VERSION);
        }
        return new DocumentSignature(object);
    }

    /** Why it does not vouch for these documents of the cluster; null if it does. */
    String fault(Documents documents, String clusterId, X509Certificate authority) {
        if (!cluster.equals(clusterId)) {
            return "the signature is for cluster " + cluster;
        }
        try {
            certificate.verify(authority.getPublicKey());
            certificate.checkValidity(new Date(signedAtMs));
            if (!names("openmds:server:" + server)) {
                return "the certificate of the signature is not that of server " + server;
            }
        } catch (GeneralSecurityException e) {
            return "the certificate of the signature does not count: " + e.getMessage();
        }
        try {
            Signature check = Signature.getInstance("SHA256withECDSA");
            check.initVerify(certificate.getPublicKey());
            check.update(statement(documents).getBytes(StandardCharsets.UTF_8));
            return check.verify(signature) ? null : "the signature is not over these documents";
        } catch (GeneralSecurityException e) {
            return "the signature cannot be checked: " + e.getMessage();
        }
    }

    private String statement(Documents documents) {
        return "openmds-documents-v1\n" + server + "\n" + cluster + "\n" + generation + "\n" + signedAtMs + "\n"
                + Documents.digest(documents.document) + "\n" + Documents.digest(documents.companion);
    }

    private boolean names(String name) throws GeneralSecurityException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names != null && names.stream().anyMatch(one -> one.get(0).equals(URI) && name.equals(one.get(1)));
    }

    /** Whether it is older than one that was followed before: whoever brings old documents back brings their signature too. */
    boolean isBehind(DocumentSignature followed) {
        return signedAtMs < followed.signedAtMs;
    }
}
