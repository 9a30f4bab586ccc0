//! How tokens are signed.

use std::fmt;
use std::str::FromStr;

use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};

/// How a key of this server signs (`confluent.metadata.server.token.signature.algorithm`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every validator of the field knows.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256: shorter tokens, quicker to make.
    #[serde(rename = "ES256")]
    Es256,
}

impl SigningAlgorithm {
    /// All there are; the first is the default.
    pub const ALL: [Self; 2] = [Self::Rs256, Self::Es256];

    /// As a token's header names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// As the library names it.
    pub(super) const fn jose(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A name that is no algorithm of this server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a signature algorithm of this server: use RS256 or ES256")]
pub struct UnknownAlgorithm(String);

impl FromStr for SigningAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        let found = Self::ALL.into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| UnknownAlgorithm(text.chars().take(40).collect()))
    }
}
