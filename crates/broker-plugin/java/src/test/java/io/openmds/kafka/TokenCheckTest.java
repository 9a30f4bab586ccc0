package io.openmds.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Which tokens are let in, and the tricks that are not. */
class TokenCheckTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long S = NOW / 1000;
    private static final String GOOD = claims("alice", "openmds", "\"kafka\"", S + 600);

    private final Issuer rsa = new Issuer("rsa", false);
    private final Issuer ec = new Issuer("ec", true);
    private final Issuer stranger = new Issuer("rsa", false);
    private final Jwks keys = parsed(Issuer.jwks(rsa, ec));
    private final TokenCheck check = new TokenCheck("openmds", Set.of("kafka", "cluster-1"), 30_000);

    private static Jwks parsed(String text) {
        try {
            return Jwks.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String claims(String sub, String iss, String aud, long exp) {
        return "{\"sub\":\"" + sub + "\",\"iss\":\"" + iss + "\",\"aud\":" + aud + ",\"iat\":" + S + ",\"exp\":" + exp + "}";
    }

    private static String with(String claim) {
        return GOOD.substring(0, GOOD.length() - 1) + "," + claim + "}";
    }

    private void refused(String token, String reason) {
        TokenRefused refused = assertThrows(TokenRefused.class, () -> check.verify(token, keys, NOW), reason);
        assertTrue(refused.getMessage().contains(reason), refused.getMessage());
    }

    private VerifiedToken accepted(String token) throws TokenRefused {
        return check.verify(token, keys, NOW);
    }

    @Test
    void bothAlgorithmsAndEveryFormOfAClaimAreLetIn() throws TokenRefused {
        for (Issuer issuer : new Issuer[] {rsa, ec}) {
            VerifiedToken token = accepted(issuer.token(GOOD));
            assertEquals("alice", token.principalName());
            assertEquals((S + 600) * 1000, token.lifetimeMs());
            assertEquals(NOW, token.startTimeMs());
            assertEquals(Set.of(), token.scope());
        }
        accepted(rsa.token(claims("alice", "openmds", "[\"other\",\"cluster-1\"]", S + 600)));
        assertEquals(Set.of("a", "b"), accepted(rsa.token(with("\"scope\":\"a b \""))).scope());
        assertEquals(Set.of("a", "b"), accepted(rsa.token(with("\"scope\":[\"a\",\"b\"]"))).scope());
        assertNull(accepted(rsa.token("{\"sub\":\"été/1\",\"iss\":\"openmds\",\"aud\":\"kafka\",\"exp\":" + (S + 1) + ".5}"))
                .startTimeMs());
    }

    @Test
    void clocksMayDifferByTheLeewayAndNoMore() throws TokenRefused {
        accepted(rsa.token(claims("alice", "openmds", "\"kafka\"", S - 29)));
        refused(rsa.token(claims("alice", "openmds", "\"kafka\"", S - 30)), "expired");
        accepted(rsa.token(with("\"nbf\":" + (S + 30))));
        refused(rsa.token(with("\"nbf\":" + (S + 31))), "not in force");
    }

    @Test
    void tricksWithTheSignatureAreRefused() throws GeneralSecurityException {
        String none = Issuer.encode("{\"alg\":\"none\",\"kid\":\"rsa\"}") + "." + Issuer.encode(GOOD) + ".";
        refused(none, "neither RS256 nor ES256");
        refused(none.replace(Issuer.encode("{\"alg\":\"none\",\"kid\":\"rsa\"}"),
                Issuer.encode("{\"alg\":\"nOnE\",\"kid\":\"rsa\"}")), "neither");
        refused(hs256(), "neither RS256 nor ES256");
        String honest = rsa.token(GOOD);
        String[] parts = honest.split("\\.");
        refused(parts[0] + "." + Issuer.encode(GOOD.replace("alice", "admin")) + "." + parts[2], "signature");
        refused(parts[0] + "." + parts[1] + ".", "signature");
        refused(parts[0] + "." + parts[1] + "." + Issuer.encode("x"), "signature");
        refused(stranger.token(GOOD), "signature");
        refused(ec.token(rsa.header(), GOOD), "signature");
        refused(rsa.token(rsa.header().replace("RS256", "ES256"), GOOD), "is for RS256, not for ES256");
        refused(rsa.token(rsa.header().replace("\"rsa\"", "\"other\""), GOOD), "not among the published ones");
        refused(rsa.token("{\"alg\":\"RS256\"}", GOOD), "names no key");
        refused(rsa.token("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"b64\"],\"b64\":false}", GOOD), "crit");
        refused(rsa.token("{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"rsa\"}", GOOD), "no valid JSON");
    }

    /** The public key, which everybody has, used as if it were a shared secret. */
    private String hs256() throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(rsa.pair.getPublic().getEncoded(), "HmacSHA256"));
        String signed = Issuer.encode("{\"alg\":\"HS256\",\"kid\":\"rsa\"}") + "." + Issuer.encode(GOOD);
        return signed + "." + Issuer.encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void ellipticSignaturesThatAreNoneAreRefused() {
        String signed = Issuer.encode(ec.header()) + "." + Issuer.encode(GOOD);
        byte[] honest = ec.sign(signed);
        byte[] noS = honest.clone();
        java.util.Arrays.fill(noS, 32, 64, (byte) 0);
        for (byte[] forged : new byte[][] {new byte[64], noS, new byte[63], new byte[0], java.util.Arrays.copyOf(honest, 65)}) {
            refused(signed + "." + Issuer.encode(forged), "signature");
        }
        byte[] huge = new byte[64];
        java.util.Arrays.fill(huge, (byte) 0xff);
        refused(signed + "." + Issuer.encode(huge), "signature");
    }

    @Test
    void claimsThatDoNotFitAreRefused() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put(claims("alice", "somebody", "\"kafka\"", S + 600), "issuer");
        wrong.put(claims("alice", "openmds", "\"other\"", S + 600), "audience");
        wrong.put(claims("alice", "openmds", "[]", S + 600), "audience");
        wrong.put(claims("alice", "openmds", "[7]", S + 600), "audience");
        wrong.put("{\"sub\":\"a\",\"iss\":\"openmds\",\"exp\":" + (S + 600) + "}", "audience");
        wrong.put("{\"sub\":\"a\",\"iss\":\"openmds\",\"aud\":\"kafka\"}", "exp");
        wrong.put(GOOD.replaceAll("\"exp\":[0-9]+", "\"exp\":\"" + (S + 600) + "\""), "exp");
        wrong.put(GOOD.replaceAll("\"exp\":[0-9]+", "\"exp\":1e400"), "exp");
        wrong.put(claims("", "openmds", "\"kafka\"", S + 600), "subject");
        wrong.put(claims(" ", "openmds", "\"kafka\"", S + 600), "subject");
        wrong.put(GOOD.replace("\"alice\"", "7"), "subject");
        wrong.put(with("\"scope\":7"), "scope");
        wrong.put(with("\"sub\":\"admin\""), "no valid JSON");
        wrong.put(GOOD + "{}", "no valid JSON");
        wrong.put("[]", "no JSON object");
        wrong.forEach((claims, reason) -> refused(rsa.token(claims), reason));
    }

    @Test
    void textsThatAreNoTokensAreRefused() {
        String honest = rsa.token(GOOD);
        refused("", "three parts");
        refused("a.b", "three parts");
        refused(honest + ".x", "three parts");
        refused(honest + "=", "base64url");
        refused("!." + honest.substring(honest.indexOf('.') + 1), "base64url");
        refused(honest + "A".repeat(TokenCheck.MOST_CHARACTERS), "longer than");
        refused("..", "no JSON");
    }

    @Test
    void aReasonIsOneLineWithoutControlCharacters() {
        TokenRefused refused = assertThrows(TokenRefused.class, () -> check.verify(
                rsa.token("{\"alg\":\"RS256\",\"kid\":\"a\\nFATAL\\u001b[2J" + "x".repeat(500) + "\"}", GOOD), keys, NOW));
        assertTrue(refused.getMessage().contains("a\\u000aFATAL\\u001b[2J"), refused.getMessage());
        assertTrue(refused.getMessage().length() < 200, refused.getMessage());
    }

    @Test
    void setsOfKeysAreTakenWholeOrNotAtAll() {
        assertEquals(Set.of("rsa", "ec"), keys.ids());
        String others = "{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"AAAA\"},{\"kty\":\"RSA\"},{\"kty\":\"EC\",\"kid\":\"p\",\"crv\":\"P-384\"},"
                + rsa.jwk().replace("\"sig\"", "\"enc\"") + "," + rsa.jwk().replace("RS256", "PS256") + ",";
        assertEquals(Set.of("rsa", "ec"), parsed(Issuer.jwks(rsa, ec).replace("[", "[" + others)).ids());
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("", "no JSON object");
        bad.put("<html>", "no valid JSON");
        bad.put(Issuer.jwks(rsa).substring(0, 200), "no valid JSON");
        bad.put("{}", "no array `keys`");
        bad.put("{\"keys\":[]}", "no key");
        bad.put(Issuer.jwks(rsa, stranger), "two keys");
        bad.put(Issuer.jwks(rsa).replaceAll("\"n\":\"[^\"]+\"", "\"n\":\"AQAB\""), "bits");
        bad.put(Issuer.jwks(rsa).replaceAll("\"e\":\"[^\"]+\"", "\"e\":\"Aw\""), "exponent");
        bad.put(Issuer.jwks(ec).replaceAll("\"x\":\"[^\"]+\"", "\"x\":\"" + Issuer.encode(new byte[32]) + "\""), "curve");
        bad.put(Issuer.jwks(ec).replaceAll("\"x\":\"[^\"]+\"", "\"x\":\"AQ\""), "32 bytes");
        bad.put(" ".repeat(Jwks.MOST_BYTES + 1), "longer");
        bad.forEach((text, reason) -> {
            IOException refused = assertThrows(IOException.class, () -> Jwks.parse(text.getBytes(StandardCharsets.UTF_8)), reason);
            assertTrue(refused.getMessage().contains(reason), reason + ": " + refused.getMessage());
        });
    }
}
