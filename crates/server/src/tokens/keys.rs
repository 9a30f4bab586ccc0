//! The signing key and its public half.

use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

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
    #[error("{}: not an RSA private key in PKCS#8 PEM ({reason}); make one with `openmds server keys generate`", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// The library's words.
        reason: String,
    },
    /// The library made no key.
    #[error("no RSA key could be made: {0}")]
    Generation(String),
}

/// An RSA key with the id that verifiers find it by.
pub struct SigningKey {
    pub(super) private: EncodingKey,
    pub(super) public: DecodingKey,
    jwk: Jwk,
    id: String,
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

    /// Takes a PKCS#8 PEM text. The id is the key's RFC 7638 thumbprint.
    pub fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let text = |error: jsonwebtoken::errors::Error| error.to_string();
        let private = EncodingKey::from_rsa_pem(pem).map_err(text)?;
        let mut jwk = Jwk::from_encoding_key(&private, Algorithm::RS256).map_err(text)?;
        let id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(text)?;
        jwk.common.key_id = Some(id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let public = DecodingKey::from_jwk(&jwk).map_err(text)?;
        Ok(Self {
            private,
            public,
            jwk,
            id,
        })
    }

    /// The key's id, `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public half as a JWK set.
    #[must_use]
    pub fn jwks(&self) -> String {
        let set = JwkSet {
            keys: vec![self.jwk.clone()],
        };
        serde_json::to_string_pretty(&set).unwrap_or_default()
    }
}

/// Makes an RSA-2048 key and writes it, readable by its owner only; never over an existing file.
pub fn generate(path: &Path) -> Result<SigningKey, KeyError> {
    let key = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048)
        .map_err(|error| KeyError::Generation(error.to_string()))?;
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key)
        .map_err(|error| KeyError::Generation(error.to_string()))?;
    let body = STANDARD.encode(der.as_ref());
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in body.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    crate::files::write_secret(path, pem.as_bytes()).map_err(|error| KeyError::File {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    SigningKey::from_pem(pem.as_bytes()).map_err(KeyError::Generation)
}
