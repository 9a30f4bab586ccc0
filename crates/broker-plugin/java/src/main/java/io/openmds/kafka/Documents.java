package io.openmds.kafka;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/** What a cluster is given to route by: the audit document, its companion, and what vouches for both. Absent is empty. */
final class Documents {
    static final Documents NONE = new Documents("", "", "");

    final String document;
    final String companion;
    /** The server's signature over both, as {@code spec/document-signature.md} lays it out. */
    final String signature;

    Documents(String document, String companion, String signature) {
        this.document = document;
        this.companion = companion;
        this.signature = signature;
    }

    /** Whether they ask for the same, whatever vouches for them. */
    boolean askAs(Documents other) {
        return document.equals(other.document) && companion.equals(other.companion);
    }

    boolean equal(Documents other) {
        return askAs(other) && signature.equals(other.signature);
    }

    /** SHA-256 over the text as UTF-8, 64 lower-case hexadecimal digits. */
    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            StringBuilder digits = new StringBuilder();
            for (byte one : hash) {
                digits.append(String.format("%02x", one));
            }
            return digits.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
