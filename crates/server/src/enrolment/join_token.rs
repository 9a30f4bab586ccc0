//! Join tokens: what an operator carries to a node, so that it gets its first certificate.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::certificate::hexadecimal;

/// What every token begins with, so that people and scanners know one when they see it.
const PREFIX: &str = "openmds-join-";

/// Bytes of randomness in a token.
const RANDOM: usize = 32;

/// Longest text that is looked at; a token has 56 characters.
const LONGEST: usize = 128;

/// A token; nobody else may see it.
#[derive(Debug, Clone)]
pub struct JoinToken(SecretString);

impl JoinToken {
    /// A new one.
    pub fn random() -> Result<Self, String> {
        let mut bytes = [0; RANDOM];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|error| error.to_string())?;
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self(SecretString::from(text)))
    }

    /// Takes a text that may be a token; nothing where it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = text.len() <= LONGEST && text.starts_with(PREFIX) && text.bytes().all(plain);
        fits.then(|| Self(SecretString::from(text)))
    }

    /// The text, for the one who asked for it and for the proof.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Under which it is remembered.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(hexadecimal(
            digest(&SHA256, self.expose().as_bytes()).as_ref(),
        ))
    }
}

/// SHA-256 of a token, in hexadecimal digits: tokens are random, so that nobody finds one by its
/// hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

impl TokenHash {
    /// Takes what the store holds.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_string())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it to tell tokens apart in a message or an event.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
