//! Making keys.

use std::path::Path;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

use super::algorithm::SigningAlgorithm;
use super::keys::{KeyError, SigningKey};

/// Makes a key and writes it, readable by its owner only; never over an existing file.
pub fn generate(path: &Path, algorithm: SigningAlgorithm) -> Result<SigningKey, KeyError> {
    let (key, pem) = make(algorithm)?;
    write(path, &pem)?;
    Ok(key)
}

/// Makes a key: itself, and the PKCS#8 PEM text to keep. RSA takes some tenths of a second.
pub(super) fn make(algorithm: SigningAlgorithm) -> Result<(SigningKey, SecretString), KeyError> {
    let failed = |error: String| KeyError::Generation(format!("{algorithm}: {error}"));
    let der = match algorithm {
        SigningAlgorithm::Rs256 => rsa().map_err(failed)?,
        SigningAlgorithm::Es256 => p256().map_err(failed)?,
    };
    let pem = pem(&der);
    let key = SigningKey::from_pem(pem.expose_secret().as_bytes()).map_err(failed)?;
    Ok((key, pem))
}

/// Writes a key's text to a new file.
pub(super) fn write(path: &Path, pem: &SecretString) -> Result<(), KeyError> {
    let written = crate::files::write_secret(path, pem.expose_secret().as_bytes());
    written.map_err(|error| KeyError::File {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}

fn rsa() -> Result<Vec<u8>, String> {
    let key = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|e| e.to_string())?;
    let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key);
    Ok(der.map_err(|error| error.to_string())?.as_ref().to_vec())
}

fn p256() -> Result<Vec<u8>, String> {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let der = key.and_then(|key| key.to_pkcs8v1());
    Ok(der.map_err(|error| error.to_string())?.as_ref().to_vec())
}

fn pem(der: &[u8]) -> SecretString {
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    SecretString::from(pem)
}
