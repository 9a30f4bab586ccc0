//! How tokens are made.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;
use crate::tokens::{OWN_LIFE, SigningAlgorithm, UnknownAlgorithm};

const LIFETIME: &str = "confluent.metadata.server.token.max.lifetime.ms";
const ALGORITHM: &str = "confluent.metadata.server.token.signature.algorithm";

/// Kafka's validator fetches the keys every hour (`sasl.oauthbearer.jwks.endpoint.refresh.ms`): two
/// hours, so that one attempt may fail.
const PUBLISH: u64 = 7_200_000;

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// PKCS#8 PEM of the first key.
    pub key_path: PathBuf,
    /// The folder of the keys that rotations make; beside the first one if not given.
    pub keys_path: Option<PathBuf>,
    /// What new keys sign with, and the first one must; if not given, the first key decides.
    pub algorithm: Option<SigningAlgorithm>,
    /// How long a new key is published before it signs: at least as long as the slowest validator
    /// takes to fetch the keys again (`rulings.md` 17).
    pub publish: Duration,
    /// Life of users' tokens.
    pub lifetime: Duration,
    /// `iss`
    pub issuer: String,
    /// `aud` of users' tokens.
    pub audience: String,
    /// Where to keep a copy of the JWKS, for validators that read a file.
    pub jwks_path: Option<PathBuf>,
}

impl TokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let algorithm = reader.text(ALGORITHM).map(str::parse);
        let algorithm = algorithm
            .transpose()
            .unwrap_or_else(|error: UnknownAlgorithm| {
                reader.fault(ALGORITHM, error.to_string());
                None
            });
        let key_path = reader.required(
            "confluent.metadata.server.token.key.path",
            "a PKCS#8 PEM file with an RSA or P-256 key; make one with `openmds server keys generate`",
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
            keys_path: reader.path("openmds.token.keys.path"),
            algorithm,
            publish: reader.millis("openmds.token.keys.publish.ms", PUBLISH),
            lifetime,
            issuer: or(reader.text("openmds.token.issuer"), "openmds"),
            audience: or(reader.text("openmds.token.audience"), "openmds"),
            jwks_path: reader.path("openmds.token.jwks.path"),
        }
    }
    /// How long a copy of the keys may be used without asking again: well below the time for which
    /// a new key waits.
    #[must_use]
    pub fn keys_cacheable(&self) -> Duration {
        (self.publish / 4).min(Duration::from_secs(300))
    }

    /// The longest life of any token of this server.
    #[must_use]
    pub fn longest_life(&self) -> Duration {
        self.lifetime.max(OWN_LIFE)
    }
}
