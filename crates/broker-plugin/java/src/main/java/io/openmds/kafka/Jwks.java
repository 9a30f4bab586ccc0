package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The public keys of the server at one time (RFC 7517): a value, parsed whole or not at all. */
final class Jwks {
    /** Before any were found: verifies nothing. */
    static final Jwks NONE = new Jwks(Map.of());

    /** The longest set that is read, in bytes. */
    static final int MOST_BYTES = 256 * 1024;

    private static final int MOST_KEYS = 100;

    private final Map<String, VerificationKey> keys;

    private Jwks(Map<String, VerificationKey> keys) {
        this.keys = keys;
    }

    /**
     * The set in these bytes. Keys for other purposes are left out, as RFC 7517 5 asks; a set without any usable
     * key, with a broken one or with one id twice is refused whole, so that the last good set stays in force.
     */
    static Jwks parse(byte[] bytes) throws IOException {
        if (bytes.length > MOST_BYTES) {
            throw new IOException("longer than " + MOST_BYTES + " bytes");
        }
        JsonNode listed = StrictJson.object(bytes).get("keys");
        if (listed == null || !listed.isArray() || listed.size() > MOST_KEYS) {
            throw new IOException("no array `keys` of at most " + MOST_KEYS + " members");
        }
        Map<String, VerificationKey> keys = new LinkedHashMap<>();
        for (JsonNode jwk : listed) {
            VerificationKey key;
            try {
                key = VerificationKey.of(jwk);
            } catch (GeneralSecurityException e) {
                throw new IOException("key " + TokenRefused.shown(StrictJson.text(jwk, "kid")) + " is broken: " + e.getMessage());
            }
            if (key != null && keys.put(key.kid, key) != null) {
                throw new IOException("two keys with the id " + TokenRefused.shown(key.kid));
            }
        }
        if (keys.isEmpty()) {
            throw new IOException("no key with an id for RS256 or ES256");
        }
        return new Jwks(keys);
    }

    /** The key with this id, or null. */
    VerificationKey key(String kid) {
        return keys.get(kid);
    }

    /** The ids of all keys. */
    Set<String> ids() {
        return keys.keySet();
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }
}
