package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node keeps in its private directory for signed documents: the last ones that counted, so that a start does not
 * depend on what the cluster holds by then; and the authority, which came with the node's certificate.
 */
final class SignedCopy {
    private static final Logger LOG = LoggerFactory.getLogger(SignedCopy.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final Path node;

    SignedCopy(Path directory) {
        file = directory.resolve("signed-documents.json");
        node = directory.resolve("node.pem");
    }

    /** The last documents that counted; null if there are none, or they cannot be read. */
    Documents read() {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            JsonNode object = StrictJson.object(Files.readAllBytes(file));
            String document = StrictJson.text(object, "document");
            String companion = StrictJson.text(object, "companion");
            String signature = StrictJson.text(object, "signature");
            if (document == null || companion == null || signature == null) {
                throw new IOException("a field is missing");
            }
            return new Documents(document, companion, signature);
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}): until the cluster holds signed documents those of server.properties are in force",
                    file, e.toString());
            return null;
        }
    }

    void keep(Documents documents) {
        byte[] text = JSON.createObjectNode().put("document", documents.document).put("companion", documents.companion)
                .put("signature", documents.signature).toString().getBytes(StandardCharsets.UTF_8);
        try {
            PrivateFile.directory(file.getParent());
            PrivateFile.replace(file, text);
        } catch (IOException e) {
            LOG.warn("The signed audit documents are in force, but cannot be kept in {} ({}): a start would not have them if the"
                    + " cluster then holds others", file, e.toString());
        }
    }

    /** The authority that certified the node; null before it has. */
    X509Certificate authority() {
        try {
            NodeCertificate found = Files.exists(node) ? NodeCertificate.among(Files.readString(node)) : null;
            return found == null ? null : found.last();
        } catch (IOException e) {
            return null;
        }
    }
}
