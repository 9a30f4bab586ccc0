//! The public keys of nodes: ECDSA on P-256 and nothing else.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::certificate::hexadecimal;

/// What stands before the point in the one way to write such a key in DER (RFC 5480: ecPublicKey,
/// the curve by its name, the point uncompressed).
const BEFORE_POINT: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Bytes of an uncompressed point.
const POINT: usize = 65;

/// Longest text that is decoded: a key has 124 characters, a proof at most 96.
const LONGEST: usize = 4096;

/// Why a key or a proof is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// The text is not base64.
    #[error("{0}: is not base64 (with padding, without line ends), or far too long")]
    NotBase64(&'static str),
    /// Not such a key at all.
    #[error(
        "public_key: is {0}; make an EC key on P-256 and send its SubjectPublicKeyInfo (DER), the point uncompressed"
    )]
    OtherKey(String),
}

/// A node's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeKey(Vec<u8>);

impl NodeKey {
    /// Parses the base64 of a SubjectPublicKeyInfo in DER.
    pub fn parse(text: &str) -> Result<Self, KeyRefused> {
        let der = decoded("public_key", text)?;
        let point = der.strip_prefix(&BEFORE_POINT);
        match point {
            Some(point) if point.len() == POINT && point.first() == Some(&4) => {
                Ok(Self(point.to_vec()))
            }
            _ => Err(KeyRefused::OtherKey(kind(&der))),
        }
    }

    /// Whether the holder of the private half signed this text (ECDSA with SHA-256, the signature
    /// in ASN.1, base64). A point that is not on the curve has signed nothing.
    pub fn proves(&self, proof: &str, text: &str) -> Result<bool, KeyRefused> {
        let signature = decoded("proof", proof)?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0);
        Ok(key.verify(text.as_bytes(), &signature).is_ok())
    }

    /// SHA-256 of the key as DER, in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let der = [BEFORE_POINT.as_slice(), &self.0].concat();
        hexadecimal(digest(&SHA256, &der).as_ref())
    }
}

impl PublicKeyData for NodeKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

fn decoded(field: &'static str, text: &str) -> Result<Vec<u8>, KeyRefused> {
    let text = Some(text).filter(|text| text.len() <= LONGEST);
    text.and_then(|text| STANDARD.decode(text).ok())
        .ok_or(KeyRefused::NotBase64(field))
}

/// What somebody sent instead.
fn kind(der: &[u8]) -> String {
    let Ok((_, info)) = SubjectPublicKeyInfo::from_der(der) else {
        return "no SubjectPublicKeyInfo".to_string();
    };
    match info.algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.10045.2.1" => {
            "an EC key on another curve, or not written as this service takes it".to_string()
        }
        "1.2.840.113549.1.1.1" => "an RSA key".to_string(),
        other => format!("a key of the type {other}"),
    }
}
