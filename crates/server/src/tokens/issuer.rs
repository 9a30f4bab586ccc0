//! Making and checking tokens.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::Header;

use super::OWN_PRINCIPAL;
use super::claims::Claims;
use super::compact::Compact;
use super::key_files::HeldKeys;
use super::key_ring::{KeyRing, KeyTerm};
use super::keys::{PublicKey, SigningKey, jwk_set};
use super::subject::Subject;
use super::verified::{Signed, Verified};
use crate::config::TokenSettings;
use crate::time::Clock;

/// How much earlier than `iat` a token holds, for clocks that lag; and how far `iat` may lie ahead.
const LEEWAY: i64 = 60;

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// Its time has passed.
    #[error("the token has expired; log in again")]
    Expired,
    /// It, its user, or everything of its time was revoked.
    #[error("the token was revoked; log in again")]
    Revoked,
    /// Anything else: not ours, changed, for somebody else.
    #[error("the token is not valid here; log in again")]
    Invalid,
}

/// The ring, and the keys that it speaks of.
struct Keys {
    ring: KeyRing,
    held: HeldKeys,
    public: Vec<PublicKey>,
}

impl Keys {
    fn new(ring: KeyRing, held: HeldKeys) -> Self {
        let readable = |term: &KeyTerm| {
            let key = PublicKey::from_members(&term.public);
            key.inspect_err(|error| {
                tracing::error!(key_id = term.key_id, error, "a stored key cannot be read");
            })
            .ok()
        };
        let serving = ring.terms().iter().filter(|term| term.retired.is_none());
        Self {
            public: serving.filter_map(readable).collect(),
            ring,
            held,
        }
    }

    fn published(&self, now: Timestamp) -> impl Iterator<Item = &PublicKey> {
        let known = |id: &str| self.public.iter().find(|key| key.id() == id);
        let published = self.ring.published(now);
        published.filter_map(move |term| known(&term.key_id))
    }

    /// What a token says, if a key that is published now signed it.
    fn signed(&self, token: &str, now: Timestamp) -> Option<Signed> {
        let token = Compact::parse(token)?;
        let id = token.key_id?;
        let key = self.published(now).find(|key| key.id() == id)?;
        // The key says how it is used; the token may only agree.
        let signed = token.algorithm == key.algorithm().as_str()
            && key.verifies(token.message, token.signature);
        signed.then_some(())?;
        let claims = serde_json::from_slice(&token.payload).ok()?;
        Some(Signed { key_id: id, claims })
    }

    fn signing(&self, now: Timestamp) -> Option<&SigningKey> {
        self.held.get(&self.ring.signing(now)?.key_id)
    }
}

/// Makes tokens for one issuer, with the key whose turn it is.
pub struct Issuer {
    keys: ArcSwap<Keys>,
    verified: Verified,
    settings: TokenSettings,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    /// An issuer with these keys.
    #[must_use]
    pub fn new(
        ring: KeyRing,
        held: HeldKeys,
        settings: TokenSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            keys: ArcSwap::from_pointee(Keys::new(ring, held)),
            verified: Verified::default(),
            settings,
            clock,
        }
    }

    /// Goes on with this ring, and with a private half more if there is a new one.
    pub fn turn(&self, ring: KeyRing, new: Option<SigningKey>) {
        let mut held = self.keys.load().held.clone();
        held.extend(new.map(|key| (key.id().to_string(), key)));
        let retired = ring.terms().iter().filter(|term| term.retired.is_some());
        for term in retired {
            held.remove(&term.key_id);
        }
        self.keys.store(Arc::new(Keys::new(ring, held)));
    }

    /// The public keys that verify tokens now, as a JWK set.
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys = self.keys.load();
        jwk_set(keys.published(self.clock.now()))
    }

    /// The same set with one key more, which is about to join.
    #[must_use]
    pub fn jwks_with(&self, new: &PublicKey) -> String {
        let keys = self.keys.load();
        jwk_set(keys.published(self.clock.now()).chain([new]))
    }

    /// A token for a user, and its life in seconds; it ends with the session at the latest.
    pub fn issue(&self, subject: &Subject) -> Result<(String, u64), String> {
        let now = self.clock.now().as_second();
        let left = subject.session_end.map(|end| end.saturating_sub(now));
        let left = left.map_or(u64::MAX, |left| u64::try_from(left).unwrap_or(0));
        let usual = subject.longest.unwrap_or(self.settings.lifetime);
        let life = usual.min(Duration::from_secs(left));
        let token = self.sign(subject, &self.settings.audience, life)?;
        Ok((token, life.as_secs()))
    }

    pub(super) fn sign(
        &self,
        subject: &Subject,
        audience: &str,
        life: Duration,
    ) -> Result<String, String> {
        let moment = self.clock.now();
        let now = moment.as_second();
        let keys = self.keys.load();
        let key = keys
            .signing(moment)
            .ok_or("no private key is at hand; see `openmds keys list`")?;
        let auth_time = subject.authenticated_at.unwrap_or(now);
        // A login in the very second of a revocation counts from the next one.
        let iat = now.max(auth_time.min(now.saturating_add(1)));
        let claims = Claims {
            jti: URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()),
            iss: self.settings.issuer.clone(),
            sub: subject.name.clone(),
            aud: audience.to_string(),
            azp: subject.name.clone(),
            iat,
            nbf: now.saturating_sub(LEEWAY),
            exp: now.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            auth_time,
            groups: subject.groups.clone(),
            cp_proxy: subject.acted_by.clone(),
            mex: subject.session_end,
            sid: subject.session.clone(),
        };
        let mut header = Header::new(key.public().algorithm().jose());
        header.kid = Some(key.id().to_string());
        jsonwebtoken::encode(&header, &claims, &key.private).map_err(|error| error.to_string())
    }

    /// The claims of a token that this service made for its clients and that has not expired.
    /// Tokens for clusters are not taken, and neither is the server's own principal. Whether it
    /// was revoked is not asked here.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenRefused> {
        let claims = self.read(token).ok_or(TokenRefused::Invalid)?;
        if claims.exp <= self.clock.now().as_second() {
            return Err(TokenRefused::Expired);
        }
        Ok(claims)
    }

    /// The claims of a token that this service made for its clients, even if it has expired.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Claims> {
        let moment = self.clock.now();
        let keys = self.keys.load();
        let signed = self
            .verified
            .or_verify(token, || keys.signed(token, moment))?;
        let mut published = keys.published(moment);
        published.find(|key| key.id() == signed.key_id)?;
        let claims = signed.claims.clone();
        let now = moment.as_second();
        let ours = claims.iss == self.settings.issuer
            && claims.aud == self.settings.audience
            && claims.nbf <= now
            && claims.iat <= now.saturating_add(LEEWAY)
            && !claims.sub.is_empty()
            && claims.sub != OWN_PRINCIPAL;
        ours.then_some(claims)
    }
}
