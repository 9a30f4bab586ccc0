//! Whether a token is the provider's, is meant for us, and holds now.

use std::collections::BTreeSet;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::fetch::ProviderAway;
use super::key_cache::KeyCache;

/// Signatures that only the provider can make; those of shared secrets are not among them.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token must say.
#[derive(Debug, Clone)]
pub struct Expected {
    /// `iss`
    pub issuer: String,
    /// One of these must be in `aud`; if there are none, `aud` may be anything.
    pub audiences: Vec<String>,
    /// The claim that names the user.
    pub user_claim: String,
    /// The claim that names the user's groups.
    pub groups_claim: String,
    /// By how many seconds clocks may differ.
    pub leeway: i64,
}

/// Whom a token proves.
#[derive(Debug, Clone)]
pub struct ProvenUser {
    /// The user's name.
    pub name: String,
    /// The user's groups.
    pub groups: BTreeSet<String>,
    /// `iat`
    pub issued_at: i64,
    /// `exp`
    pub expires_at: i64,
    /// Every claim.
    pub claims: Map<String, Value>,
}

/// Why a token proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderRefused {
    /// It is not as expected.
    #[error("invalid_token: {0}")]
    Invalid(String),
    /// Nobody can say now.
    #[error(transparent)]
    Away(#[from] ProviderAway),
}

fn invalid(reason: impl Into<String>) -> ProviderRefused {
    ProviderRefused::Invalid(reason.into())
}

impl Expected {
    /// Whom the token proves, `now` being seconds since 1970.
    pub(super) async fn check(
        &self,
        keys: &KeyCache,
        token: &str,
        now: i64,
    ) -> Result<ProvenUser, ProviderRefused> {
        let header = head(token)?;
        let candidates = keys.find(header.kid.as_deref()).await?;
        self.check_with(&candidates, token, now)
    }

    /// Whom the token proves if these are the provider's keys.
    pub fn check_with(
        &self,
        keys: &[Jwk],
        token: &str,
        now: i64,
    ) -> Result<ProvenUser, ProviderRefused> {
        let header = head(token)?;
        let mut candidates = keys.iter().filter(|key| signs_with(key, header.alg));
        let claims = candidates
            .find_map(|key| claims_if_signed(token, key, header.alg))
            .ok_or_else(|| invalid("no key of the provider signed it"))?;
        self.read(claims, now)
    }

    fn read(&self, claims: Map<String, Value>, now: i64) -> Result<ProvenUser, ProviderRefused> {
        let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
        let seconds = |claim: &str| {
            let value = claims.get(claim)?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a number of seconds with a fraction (RFC 7519, section 2)"
            )]
            let whole = |fraction: f64| fraction as i64;
            value.as_i64().or_else(|| value.as_f64().map(whole))
        };
        if text("iss") != Some(self.issuer.as_str()) {
            return Err(invalid("its issuer is not the expected one"));
        }
        let audience = claims.get("aud").map(texts).unwrap_or_default();
        let meant = self.audiences.is_empty()
            || self
                .audiences
                .iter()
                .any(|expected| audience.contains(expected));
        if !meant {
            return Err(invalid("it is for another audience"));
        }
        let expires_at = seconds("exp").ok_or_else(|| invalid("it has no end"))?;
        if expires_at.saturating_add(self.leeway) <= now {
            return Err(invalid("it has expired"));
        }
        let latest = now.saturating_add(self.leeway);
        if seconds("nbf").is_some_and(|from| from > latest) {
            return Err(invalid("it does not hold yet"));
        }
        let issued_at = seconds("iat").unwrap_or(now);
        if issued_at > latest {
            return Err(invalid("it is from the future"));
        }
        let name = text(&self.user_claim).filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| invalid(format!("it names no user in `{}`", self.user_claim)))?;
        Ok(ProvenUser {
            name: name.to_string(),
            groups: claims
                .get(&self.groups_claim)
                .map(texts)
                .unwrap_or_default()
                .into_iter()
                .filter(|group| !group.is_empty())
                .collect(),
            issued_at,
            expires_at,
            claims,
        })
    }
}

fn head(token: &str) -> Result<Header, ProviderRefused> {
    let header = decode_header(token).map_err(|_| invalid("it cannot be read"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(invalid("its signature is of a kind that is not taken"));
    }
    Ok(header)
}

/// A claim that is one text or several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => {
            let texts = several.iter().filter_map(Value::as_str);
            texts.map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    }
}

/// The key may say for what it is.
fn signs_with(key: &Jwk, algorithm: Algorithm) -> bool {
    let for_signing = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let same = key
        .common
        .key_algorithm
        .is_none_or(|named| named.to_string().parse() == Ok(algorithm));
    for_signing && same
}

fn claims_if_signed(token: &str, key: &Jwk, algorithm: Algorithm) -> Option<Map<String, Value>> {
    let key = DecodingKey::from_jwk(key).ok()?;
    // Issuer, audience and times are read above, by our own clock.
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = decode::<Map<String, Value>>(token, &key, &validation).ok()?;
    Some(decoded.claims)
}
