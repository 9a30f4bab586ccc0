package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a token must be to be let in: a compact JWS (RFC 7515) signed with RS256 or ES256 by a published key, from
 * the expected issuer, for an expected audience, in force now, for a subject. Nothing of the payload is looked at
 * before the signature was found good. Time is a parameter.
 */
final class TokenCheck {
    /** The longest token that is read, in characters. */
    static final int MOST_CHARACTERS = 64 * 1024;

    /** Kafka's wire cannot carry later times, nor does anybody mean them: year 33658. */
    private static final double LATEST_SECONDS = 1e12;

    private final String issuer;
    private final Set<String> audiences;
    private final long skewMs;

    TokenCheck(String issuer, Set<String> audiences, long skewMs) {
        this.issuer = issuer;
        this.audiences = audiences;
        this.skewMs = skewMs;
    }

    /** The token of this text, or why not. */
    VerifiedToken verify(String token, Jwks keys, long nowMs) throws TokenRefused {
        if (token.length() > MOST_CHARACTERS) {
            throw new TokenRefused("it is longer than " + MOST_CHARACTERS + " characters");
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new TokenRefused("it does not consist of three parts");
        }
        VerificationKey key = key(object(parts[0], "header"), keys);
        byte[] signed = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
        if (!key.verifies(signed, bytes(parts[2], "signature"))) {
            throw new TokenRefused("its signature was not made by key " + TokenRefused.shown(key.kid));
        }
        return claims(token, object(parts[1], "payload"), nowMs);
    }

    private static VerificationKey key(JsonNode header, Jwks keys) throws TokenRefused {
        if (header.has("crit")) {
            throw new TokenRefused("its header demands extensions (crit), of which none is known");
        }
        String algorithm = StrictJson.text(header, "alg");
        if (!VerificationKey.RS256.equals(algorithm) && !VerificationKey.ES256.equals(algorithm)) {
            throw new TokenRefused("its algorithm is " + TokenRefused.shown(algorithm) + ", neither RS256 nor ES256");
        }
        String kid = StrictJson.text(header, "kid");
        if (kid == null) {
            throw new TokenRefused("its header names no key (kid)");
        }
        VerificationKey key = keys.key(kid);
        if (key == null) {
            throw new UnknownKey(keys.isEmpty()
                    ? "no keys are known yet"
                    : "its key " + TokenRefused.shown(kid) + " is not among the published ones");
        }
        if (!key.algorithm.equals(algorithm)) {
            throw new TokenRefused("its key " + TokenRefused.shown(kid) + " is for " + key.algorithm + ", not for " + algorithm);
        }
        return key;
    }

    private VerifiedToken claims(String token, JsonNode claims, long nowMs) throws TokenRefused {
        String found = StrictJson.text(claims, "iss");
        if (!issuer.equals(found)) {
            throw new TokenRefused("its issuer is " + TokenRefused.shown(found) + ", not " + TokenRefused.shown(issuer));
        }
        if (!isForUs(claims.get("aud"))) {
            throw new TokenRefused("its audience holds none of " + audiences);
        }
        Long expires = time(claims, "exp");
        if (expires == null) {
            throw new TokenRefused("it does not say when it expires (exp)");
        }
        if (nowMs >= expires + skewMs) {
            throw new TokenRefused("it expired " + (nowMs - expires) / 1000 + " s ago");
        }
        Long begins = time(claims, "nbf");
        if (begins != null && nowMs < begins - skewMs) {
            throw new TokenRefused("it is not in force before another " + (begins - nowMs) / 1000 + " s");
        }
        String subject = StrictJson.text(claims, "sub");
        if (subject == null || subject.isBlank()) {
            throw new TokenRefused("it names no subject (sub)");
        }
        return new VerifiedToken(token, subject, scope(claims.get("scope")), expires, time(claims, "iat"));
    }

    private boolean isForUs(JsonNode audience) {
        if (audience == null) {
            return false;
        }
        if (audience.isArray()) {
            for (JsonNode one : audience) {
                if (one.isTextual() && audiences.contains(one.textValue())) {
                    return true;
                }
            }
            return false;
        }
        return audience.isTextual() && audiences.contains(audience.textValue());
    }

    /** Seconds since 1970, whole or not (RFC 7519 2), in milliseconds; null if absent. */
    private static Long time(JsonNode claims, String name) throws TokenRefused {
        JsonNode value = claims.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(seconds >= 0 && seconds <= LATEST_SECONDS)) {
            throw new TokenRefused("its claim " + name + " is no time");
        }
        return (long) (seconds * 1000);
    }

    /** Words in one text (RFC 8693 4.2), or an array of them, as Kafka's own validator takes both. */
    private static Set<String> scope(JsonNode value) throws TokenRefused {
        Set<String> scope = new LinkedHashSet<>();
        if (value != null && value.isTextual()) {
            for (String word : value.textValue().split(" ")) {
                scope.add(word);
            }
        } else if (value != null && value.isArray()) {
            for (JsonNode word : value) {
                if (!word.isTextual()) {
                    throw new TokenRefused("its claim scope holds something that is no text");
                }
                scope.add(word.textValue().trim());
            }
        } else if (value != null && !value.isNull()) {
            throw new TokenRefused("its claim scope is neither a text nor an array");
        }
        scope.remove("");
        return Set.copyOf(scope);
    }

    private static JsonNode object(String part, String what) throws TokenRefused {
        try {
            return StrictJson.object(bytes(part, what));
        } catch (IOException e) {
            throw new TokenRefused("its " + what + " is " + e.getMessage());
        }
    }

    /** Unpadded base64url in its one spelling (RFC 7515 2). */
    private static byte[] bytes(String part, String what) throws TokenRefused {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Refused below, like another spelling.
        }
        throw new TokenRefused("its " + what + " is no unpadded base64url");
    }

    /** The one refusal that fresh keys may cure. */
    static final class UnknownKey extends TokenRefused {
        private static final long serialVersionUID = 1L;

        UnknownKey(String reason) {
            super(reason);
        }
    }
}
