//! Making and checking tokens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use openmds_kafka::TokenSource;
use openmds_policy::names::ClusterId;
use secrecy::SecretString;

use super::OWN_PRINCIPAL;
use super::claims::Claims;
use super::keys::SigningKey;
use super::subject::Subject;
use crate::config::TokenSettings;
use crate::time::Clock;

/// Life of the server's own tokens (`rulings.md` 15: at most 120 s).
const OWN_LIFE: Duration = Duration::from_secs(120);

/// How much earlier than `iat` a token holds, for clocks that lag.
const NOT_BEFORE: i64 = 60;

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Its time has passed.
    #[error("the token has expired; log in again")]
    Expired,
    /// Anything else: not ours, changed, for somebody else.
    #[error("the token is not valid here; log in again")]
    Invalid,
}

/// Makes tokens with one key, for one issuer.
pub struct Issuer {
    key: SigningKey,
    settings: TokenSettings,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// An issuer with this key.
    #[must_use]
    pub fn new(key: SigningKey, settings: TokenSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            key,
            settings,
            clock,
        }
    }

    /// The public key as a JWK set.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.key.jwks()
    }

    /// A token for a user, and its life in seconds; it ends with the session at the latest.
    pub fn issue(&self, subject: &Subject) -> Result<(String, u64), String> {
        let now = self.clock.now().as_second();
        let left = subject.session_end.map(|end| end.saturating_sub(now));
        let left = left.map_or(u64::MAX, |left| u64::try_from(left).unwrap_or(0));
        let life = self.settings.lifetime.min(Duration::from_secs(left));
        let token = self.sign(subject, &self.settings.audience, life)?;
        Ok((token, life.as_secs()))
    }

    fn sign(&self, subject: &Subject, audience: &str, life: Duration) -> Result<String, String> {
        let now = self.clock.now().as_second();
        let claims = Claims {
            jti: uuid::Uuid::new_v4().to_string(),
            iss: self.settings.issuer.clone(),
            sub: subject.name.clone(),
            aud: audience.to_string(),
            azp: subject.name.clone(),
            iat: now,
            nbf: now.saturating_sub(NOT_BEFORE),
            exp: now.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            auth_time: subject.authenticated_at.unwrap_or(now),
            groups: subject.groups.clone(),
            cp_proxy: subject.acted_by.clone(),
            mex: subject.session_end,
        };
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.key.id().to_string());
        jsonwebtoken::encode(&header, &claims, &self.key.private).map_err(|error| error.to_string())
    }

    /// The claims of a token that this service made for its clients. Tokens for clusters are not
    /// taken, and neither is the server's own principal.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenRefused> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // by our own clock, below
        validation.leeway = 0;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key.public, &validation)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => TokenRefused::Expired,
                _ => TokenRefused::Invalid,
            })?
            .claims;
        if claims.exp <= self.clock.now().as_second() {
            return Err(TokenRefused::Expired);
        }
        if claims.sub == OWN_PRINCIPAL {
            return Err(TokenRefused::Invalid);
        }
        Ok(claims)
    }
}

/// The server's own tokens for one cluster: no other cluster takes them.
pub struct ClusterTokens {
    issuer: Arc<Issuer>,
    cluster: ClusterId,
    anywhere_in_clear: bool,
}

impl ClusterTokens {
    /// Tokens for this cluster, which leave this machine only under TLS.
    #[must_use]
    pub const fn new(issuer: Arc<Issuer>, cluster: ClusterId) -> Self {
        Self {
            issuer,
            cluster,
            anywhere_in_clear: false,
        }
    }

    /// The same tokens, which may leave this machine without TLS if an operator said so
    /// (`rulings.md` 15).
    #[must_use]
    pub fn in_clear_if(self, anywhere_in_clear: bool) -> Self {
        Self {
            anywhere_in_clear,
            ..self
        }
    }
}

impl TokenSource for ClusterTokens {
    fn token(&self) -> Result<SecretString, String> {
        self.issuer
            .sign(
                &Subject::user(OWN_PRINCIPAL),
                self.cluster.as_str(),
                OWN_LIFE,
            )
            .map(SecretString::from)
    }

    fn may_cross_in_clear(&self, peer: IpAddr) -> bool {
        self.anywhere_in_clear || peer.is_loopback()
    }
}
