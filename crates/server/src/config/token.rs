//! How tokens are made.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;

const LIFETIME: &str = "confluent.metadata.server.token.max.lifetime.ms";

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// PKCS#8 PEM of an RSA key.
    pub key_path: PathBuf,
    /// Life of users' tokens.
    pub lifetime: Duration,
    /// `iss`
    pub issuer: String,
    /// `aud` of users' tokens.
    pub audience: String,
    /// Where to write the JWKS at start.
    pub jwks_path: Option<PathBuf>,
}

impl TokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.one_of(
            "confluent.metadata.server.token.signature.algorithm",
            &["RS256"],
            "",
        );
        let key_path = reader.required(
            "confluent.metadata.server.token.key.path",
            "a PKCS#8 PEM file with an RSA key; make one with `openmds server keys generate`",
        );
        let lifetime = reader.millis(LIFETIME, 3_600_000);
        if lifetime < Duration::from_secs(1) {
            reader.fault(
                LIFETIME,
                "is less than 1000: the times of a token are whole seconds",
            );
        }
        let or = |value: Option<&str>, default: &str| value.unwrap_or(default).to_string();
        Self {
            key_path: key_path.into(),
            lifetime,
            issuer: or(reader.text("openmds.token.issuer"), "openmds"),
            audience: or(reader.text("openmds.token.audience"), "openmds"),
            jwks_path: reader.path("openmds.token.jwks.path"),
        }
    }
}
