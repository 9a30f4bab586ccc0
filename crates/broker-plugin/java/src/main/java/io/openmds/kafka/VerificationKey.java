package io.openmds.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;

/**
 * A public key and the only algorithm that it verifies: RSA from 2048 bits with RS256, P-256 with ES256
 * (RFC 7517, RFC 7518 6). What a token's header says never chooses how a key is used.
 */
final class VerificationKey {
    static final String RS256 = "RS256";
    static final String ES256 = "ES256";

    private static final int LEAST_MODULUS_BITS = 2048;
    private static final int MOST_MODULUS_BITS = 8192;
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65537);
    private static final int COORDINATE_BYTES = 32;

    final String kid;
    final String algorithm;
    private final PublicKey key;
    /** The order of the curve's group; null for RSA. */
    private final BigInteger order;

    private VerificationKey(String kid, String algorithm, PublicKey key, BigInteger order) {
        this.kid = kid;
        this.algorithm = algorithm;
        this.key = key;
        this.order = order;
    }

    /** The key in this member of a JWKS; null if it is for something else than these signatures. */
    static VerificationKey of(JsonNode jwk) throws GeneralSecurityException {
        String kid = StrictJson.text(jwk, "kid");
        String kty = StrictJson.text(jwk, "kty");
        String algorithm = "RSA".equals(kty) ? RS256 : "EC".equals(kty) ? ES256 : null;
        boolean forSignatures = !jwk.has("use") || "sig".equals(StrictJson.text(jwk, "use"));
        boolean forThisOne = !jwk.has("alg") || (algorithm != null && algorithm.equals(StrictJson.text(jwk, "alg")));
        if (kid == null || kid.isEmpty() || algorithm == null || !forSignatures || !forThisOne) {
            return null;
        }
        if (algorithm.equals(ES256)) {
            return "P-256".equals(StrictJson.text(jwk, "crv")) ? ec(kid, jwk) : null;
        }
        return rsa(kid, jwk);
    }

    private static VerificationKey rsa(String kid, JsonNode jwk) throws GeneralSecurityException {
        BigInteger modulus = new BigInteger(1, bytes(jwk, "n"));
        BigInteger exponent = new BigInteger(1, bytes(jwk, "e"));
        int bits = modulus.bitLength();
        if (bits < LEAST_MODULUS_BITS || bits > MOST_MODULUS_BITS) {
            throw new InvalidKeyException("its modulus has " + bits + " bits");
        }
        if (exponent.compareTo(LEAST_EXPONENT) < 0 || !exponent.testBit(0) || exponent.bitLength() > Long.SIZE) {
            throw new InvalidKeyException("its exponent is none that is in use");
        }
        PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
        return new VerificationKey(kid, RS256, key, null);
    }

    private static VerificationKey ec(String kid, JsonNode jwk) throws GeneralSecurityException {
        byte[] x = bytes(jwk, "x");
        byte[] y = bytes(jwk, "y");
        if (x.length != COORDINATE_BYTES || y.length != COORDINATE_BYTES) {
            throw new InvalidKeyException("its coordinates have not 32 bytes each");
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        ECPoint point = new ECPoint(new BigInteger(1, x), new BigInteger(1, y));
        if (!isOn(point, curve)) {
            throw new InvalidKeyException("its point is not on the curve");
        }
        PublicKey key = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
        return new VerificationKey(kid, ES256, key, curve.getOrder());
    }

    /** Whether y^2 = x^3 + ax + b in the field: not every JDK asks. */
    private static boolean isOn(ECPoint point, ECParameterSpec curve) {
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        BigInteger x = point.getAffineX();
        BigInteger y = point.getAffineY();
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
            return false;
        }
        BigInteger right = x.pow(3).add(curve.getCurve().getA().multiply(x)).add(curve.getCurve().getB()).mod(p);
        return y.pow(2).mod(p).equals(right);
    }

    private static byte[] bytes(JsonNode jwk, String member) throws InvalidKeyException {
        String text = StrictJson.text(jwk, member);
        try {
            if (text != null && !text.isEmpty()) {
                return Base64.getUrlDecoder().decode(text);
            }
        } catch (IllegalArgumentException e) {
            // Reported below, like an absent one.
        }
        throw new InvalidKeyException("its member " + member + " is no base64url");
    }

    /** Whether this key made the signature, in the form of RFC 7515, over these bytes. */
    boolean verifies(byte[] signed, byte[] signature) {
        try {
            byte[] wanted = order == null ? signature : der(signature, order);
            if (wanted == null) {
                return false;
            }
            Signature verifier = Signature.getInstance(order == null ? "SHA256withRSA" : "SHA256withECDSA");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(wanted);
        } catch (SignatureException e) {
            // A signature that is none, such as one of another length.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot verify " + algorithm + ": " + e.getMessage(), e);
        }
    }

    /**
     * r and s, 32 bytes each (RFC 7518 3.4), as the DER sequence that Java reads; null if they cannot be a
     * signature. The range is checked here because unpatched Java 15 to 18 accepts zeros (CVE-2022-21449).
     */
    static byte[] der(byte[] raw, BigInteger order) {
        if (raw.length != 2 * COORDINATE_BYTES) {
            return null;
        }
        BigInteger r = new BigInteger(1, raw, 0, COORDINATE_BYTES);
        BigInteger s = new BigInteger(1, raw, COORDINATE_BYTES, COORDINATE_BYTES);
        if (r.signum() == 0 || s.signum() == 0 || r.compareTo(order) >= 0 || s.compareTo(order) >= 0) {
            return null;
        }
        byte[] first = r.toByteArray();
        byte[] second = s.toByteArray();
        byte[] der = new byte[6 + first.length + second.length];
        der[0] = 0x30;
        der[1] = (byte) (der.length - 2);
        der[2] = 0x02;
        der[3] = (byte) first.length;
        System.arraycopy(first, 0, der, 4, first.length);
        int at = 4 + first.length;
        der[at] = 0x02;
        der[at + 1] = (byte) second.length;
        System.arraycopy(second, 0, der, at + 2, second.length);
        return der;
    }
}
