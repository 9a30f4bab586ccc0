//! Assertions: tokens that a client signs itself to prove who it is (RFC 7523).

use std::path::Path;
use std::str::FromStr;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use super::compact::Compact;

/// Longest time, in seconds, that an assertion may still be good for: a captured one must end.
const LONGEST: i64 = 24 * 3600;

/// How far the clocks of clients may be off, seconds.
const SKEW: i64 = 60;

/// The algorithms that assertions may be signed with, as discovery documents name them.
pub const ASSERTION_ALGORITHMS: [&str; 9] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
];

/// `aud` may be one text or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct AssertionClaims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// The client that an assertion says it comes from; nothing of it has been verified.
#[must_use]
pub fn alleged_client(assertion: &str) -> Option<String> {
    let claims = Compact::parse(assertion)?.payload;
    let claims: AssertionClaims = serde_json::from_slice(&claims).ok()?;
    Some(claims.iss)
}

/// The public keys of one client, from a file with a JWK set.
pub fn client_keys(path: &Path) -> Result<JwkSet, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let set: JwkSet = serde_json::from_str(&text)
        .map_err(|error| format!("{} is not a JWK set (RFC 7517): {error}", path.display()))?;
    if set.keys.iter().any(|key| !algorithms_of(key).is_empty()) {
        Ok(set)
    } else {
        Err(format!(
            "{} holds no public key that could sign: RSA, P-256, P-384 or Ed25519",
            path.display()
        ))
    }
}

/// What a key may be used with: what it says itself, else what its kind allows.
fn algorithms_of(key: &Jwk) -> Vec<Algorithm> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let possible: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(point) => match point.curve {
            EllipticCurve::P256 => &[ES256],
            EllipticCurve::P384 => &[ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(_) => &[EdDSA],
        _ => &[],
    };
    let signs = !matches!(
        &key.common.public_key_use,
        Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_))
    );
    let said = key.common.key_algorithm.map(Algorithm::try_from);
    let fits = |algorithm: &&Algorithm| match &said {
        None => true,
        Some(said) => said.as_ref().is_ok_and(|said| said == *algorithm),
    };
    let possible = possible.iter().filter(|_| signs);
    possible.filter(fits).copied().collect()
}

/// Whether the client signed this assertion for one of these audiences and it holds now; if not,
/// why.
pub fn check_assertion(
    assertion: &str,
    client: &str,
    keys: &JwkSet,
    audiences: &[String],
    now: i64,
) -> Result<(), String> {
    let token = Compact::parse(assertion).ok_or("it is not a signed JWT")?;
    let algorithm = Algorithm::from_str(&token.algorithm)
        .map_err(|_| "its algorithm is not one that is taken")?;
    let fits = |key: &&Jwk| {
        let named = token.key_id.is_none() || token.key_id == key.common.key_id;
        named && algorithms_of(key).contains(&algorithm)
    };
    let signed = keys.keys.iter().filter(fits).any(|key| {
        DecodingKey::from_jwk(key).is_ok_and(|key| {
            jsonwebtoken::crypto::verify(token.signature, token.message, &key, algorithm)
                .unwrap_or(false)
        })
    });
    if !signed {
        return Err("no key of this client signed it".to_string());
    }
    let claims: AssertionClaims = serde_json::from_slice(&token.payload)
        .map_err(|error| format!("its claims cannot be read: {error}"))?;
    if claims.iss != client || claims.sub != client {
        return Err("iss and sub must both be the client's name".to_string());
    }
    let meant = match &claims.aud {
        Audience::One(one) => audiences.contains(one),
        Audience::Several(several) => several.iter().any(|one| audiences.contains(one)),
    };
    if !meant {
        return Err(format!("aud must be one of: {}", audiences.join(", ")));
    }
    let not_before = claims.nbf.max(claims.iat).unwrap_or(i64::MIN);
    if claims.exp <= now {
        Err("it has expired".to_string())
    } else if not_before > now.saturating_add(SKEW) {
        Err("it does not hold yet (nbf, iat)".to_string())
    } else if claims.exp > now.saturating_add(LONGEST) {
        Err("it holds for more than a day; make it shorter (exp)".to_string())
    } else {
        Ok(())
    }
}
