package io.openmds.kafka;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes keys and tokens, honest ones and others. */
final class Issuer {
    final String kid;
    final boolean elliptic;
    final KeyPair pair;

    Issuer(String kid, boolean elliptic) {
        this.kid = kid;
        this.elliptic = elliptic;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(elliptic ? "EC" : "RSA");
            if (elliptic) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    String algorithm() {
        return elliptic ? "ES256" : "RS256";
    }

    String header() {
        return "{\"alg\":\"" + algorithm() + "\",\"kid\":\"" + kid + "\"}";
    }

    String jwk() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("kid", kid);
        members.put("use", "sig");
        members.put("alg", algorithm());
        if (elliptic) {
            ECPublicKey key = (ECPublicKey) pair.getPublic();
            members.put("kty", "EC");
            members.put("crv", "P-256");
            members.put("x", encode(bytes32(key.getW().getAffineX())));
            members.put("y", encode(bytes32(key.getW().getAffineY())));
        } else {
            RSAPublicKey key = (RSAPublicKey) pair.getPublic();
            members.put("kty", "RSA");
            members.put("n", encode(unsigned(key.getModulus())));
            members.put("e", encode(unsigned(key.getPublicExponent())));
        }
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":\"" + member.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    static String jwks(Issuer... issuers) {
        StringBuilder keys = new StringBuilder();
        for (Issuer issuer : issuers) {
            keys.append(keys.length() == 0 ? "" : ",").append(issuer.jwk());
        }
        return "{\"keys\":[" + keys + "]}";
    }

    String token(String claims) {
        return token(header(), claims);
    }

    String token(String header, String claims) {
        String signed = encode(header) + "." + encode(claims);
        return signed + "." + encode(sign(signed));
    }

    byte[] sign(String signed) {
        try {
            Signature signature = Signature.getInstance(elliptic ? "SHA256withECDSAinP1363Format" : "SHA256withRSA");
            signature.initSign(pair.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static byte[] bytes32(BigInteger number) {
        byte[] bytes = unsigned(number);
        byte[] padded = new byte[32];
        System.arraycopy(bytes, 0, padded, 32 - bytes.length, bytes.length);
        return padded;
    }
}
