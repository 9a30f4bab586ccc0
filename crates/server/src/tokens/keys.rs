//! Keys that sign, and the public halves that verify.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, ThumbprintHash};
use jsonwebtoken::{DecodingKey, EncodingKey};

use super::algorithm::SigningAlgorithm;

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The file holds no usable key.
    #[error("{}: not an RSA or P-256 private key in PKCS#8 PEM ({reason}); make one with `openmds server keys generate`", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// The library's words.
        reason: String,
    },
    /// The file holds a key of another kind than the settings say.
    #[error("{}: the key signs with {found}, but confluent.metadata.server.token.signature.algorithm says {expected}; make one with `openmds server keys generate --algorithm {expected}`, or change the property", path.display())]
    Algorithm {
        /// Which file.
        path: PathBuf,
        /// What the key can do.
        found: SigningAlgorithm,
        /// What was asked for.
        expected: SigningAlgorithm,
    },
    /// The library made no key.
    #[error("no key could be made: {0}")]
    Generation(String),
}

/// The members of a JWK that make the key: `kty`, `n` and `e`, or `kty`, `crv`, `x` and `y`.
pub type KeyMembers = BTreeMap<String, String>;

/// The public half of a key: what verifies with it, and by which algorithm alone.
#[derive(Clone)]
pub struct PublicKey {
    id: String,
    algorithm: SigningAlgorithm,
    members: KeyMembers,
    decoding: DecodingKey,
}

impl PublicKey {
    /// The key of these members. Its id is its RFC 7638 thumbprint.
    pub fn from_members(members: &KeyMembers) -> Result<Self, String> {
        let value = serde_json::to_value(members).map_err(|error| error.to_string())?;
        let jwk: Jwk = serde_json::from_value(value).map_err(|error| error.to_string())?;
        Self::from_jwk(&jwk)
    }

    fn from_jwk(jwk: &Jwk) -> Result<Self, String> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => SigningAlgorithm::Rs256,
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => {
                SigningAlgorithm::Es256
            }
            _ => return Err("it is neither an RSA nor a P-256 key".to_string()),
        };
        let text = |error: jsonwebtoken::errors::Error| error.to_string();
        let value = serde_json::to_value(&jwk.algorithm).map_err(|error| error.to_string())?;
        Ok(Self {
            id: jwk.thumbprint(ThumbprintHash::SHA256).map_err(text)?,
            algorithm,
            members: serde_json::from_value(value).map_err(|error| error.to_string())?,
            decoding: DecodingKey::from_jwk(jwk).map_err(text)?,
        })
    }

    /// The key's id, `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The only algorithm that this key is for.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// What the key is made of.
    #[must_use]
    pub const fn members(&self) -> &KeyMembers {
        &self.members
    }

    /// The key as an entry of a JWK set.
    #[must_use]
    pub fn jwk(&self) -> KeyMembers {
        let mut jwk = self.members.clone();
        let more = [
            ("alg", self.algorithm.as_str()),
            ("kid", &self.id),
            ("use", "sig"),
        ];
        jwk.extend(more.map(|(name, value)| (name.to_string(), value.to_string())));
        jwk
    }

    /// Whether this key made the signature (base64url) of the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let algorithm = self.algorithm.jose();
        jsonwebtoken::crypto::verify(signature, message, &self.decoding, algorithm).unwrap_or(false)
    }
}

/// Public keys as a JWK set (RFC 7517), as text with a line end.
pub fn jwk_set<'a>(keys: impl IntoIterator<Item = &'a PublicKey>) -> String {
    let keys: Vec<KeyMembers> = keys.into_iter().map(PublicKey::jwk).collect();
    let set = BTreeMap::from([("keys", keys)]);
    let mut text = serde_json::to_string_pretty(&set).unwrap_or_default();
    text.push('\n');
    text
}

/// A private key and its public half.
#[derive(Clone)]
pub struct SigningKey {
    pub(super) private: EncodingKey,
    public: PublicKey,
}

impl SigningKey {
    /// Reads a PKCS#8 PEM file.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let pem = std::fs::read(path).map_err(|error| KeyError::File {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })?;
        Self::from_pem(&pem).map_err(|reason| KeyError::Unusable {
            path: path.to_path_buf(),
            reason,
        })
    }

    /// Takes a PKCS#8 PEM text with an RSA or P-256 key.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let text = |error: jsonwebtoken::errors::Error| error.to_string();
        let (private, algorithm) = match EncodingKey::from_ec_pem(pem) {
            Ok(private) => (private, SigningAlgorithm::Es256),
            Err(_) => (
                EncodingKey::from_rsa_pem(pem).map_err(text)?,
                SigningAlgorithm::Rs256,
            ),
        };
        let jwk = Jwk::from_encoding_key(&private, algorithm.jose()).map_err(text)?;
        let public = PublicKey::from_jwk(&jwk)?;
        Ok(Self { private, public })
    }

    /// The key's id, `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.public.id()
    }

    /// The half that everybody may see.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The public half as a JWK set.
    #[must_use]
    pub fn jwks(&self) -> String {
        jwk_set([&self.public])
    }
}
