//! Java's binary stores, JKS and PKCS12. What is found in them leaves as PEM, like everything else
//! that a connection is made of.
//!
//! Sources: `sun.security.provider.JavaKeyStore` and `KeyProtector` of OpenJDK describe JKS by their
//! behaviour; PKCS12 is RFC 7292.

mod cursor;
mod der;
mod encrypted_key;
mod jks;
mod pkcs12;

use secrecy::{ExposeSecret as _, SecretSlice, zeroize::Zeroize as _};

pub(crate) use encrypted_key::decrypt_pem;

use crate::pem;

/// Why a store cannot be used; no secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The file.
    Store(String),
    /// The password of the store.
    StorePassword(String),
    /// The password of the key.
    KeyPassword(String),
}

/// A private key with its certificates, the key's own first.
struct Key {
    alias: String,
    pkcs8: SecretSlice<u8>,
    chain: Vec<Vec<u8>>,
}

/// Whether the bytes are a binary store, by how they begin.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    jks::is_jks(bytes) || jks::is_jceks(bytes) || pkcs12::is_pkcs12(bytes)
}

/// The certificates that a store trusts, as PEM; at least one.
pub(crate) fn trusted(bytes: &[u8], password: Option<&str>) -> Result<Vec<u8>, Fault> {
    let certificates = if pkcs12::is_pkcs12(bytes) {
        pkcs12::trusted(bytes, password)?
    } else {
        jks::Jks::open(bytes, password)?.trusted
    };
    if certificates.is_empty() {
        return Err(Fault::Store(
            "holds no trusted certificate; import the certificate authority with `keytool -importcert`"
                .to_owned(),
        ));
    }
    Ok(texts("CERTIFICATE", &certificates).into_bytes())
}

/// The certificates and the private key of a store, as PEM. Of several keys the first by alias
/// counts, which the log says.
pub(crate) fn identity(
    bytes: &[u8],
    password: Option<&str>,
    key_password: Option<&str>,
) -> Result<(Vec<u8>, SecretSlice<u8>), Fault> {
    let Some(password) = password else {
        return Err(Fault::StorePassword(
            "is needed to read the private key".to_owned(),
        ));
    };
    let mut keys = if pkcs12::is_pkcs12(bytes) {
        pkcs12::keys(bytes, password)?
    } else {
        let store = jks::Jks::open(bytes, Some(password))?;
        store.keys(key_password.unwrap_or(password), key_password.is_some())?
    };
    keys.sort_by(|one, other| one.alias.cmp(&other.alias));
    let others = keys.len().saturating_sub(1);
    let Some(key) = keys.into_iter().next() else {
        return Err(Fault::Store(
            "holds no private key; it may be a trust store".to_owned(),
        ));
    };
    if others > 0 {
        tracing::warn!(alias = %key.alias, others, "a key store holds several private keys; the first by alias is used");
    }
    if key.chain.is_empty() {
        return Err(Fault::Store(format!(
            "holds no certificate for the private key `{}`",
            key.alias
        )));
    }
    let chain = texts("CERTIFICATE", &key.chain).into_bytes();
    let mut text = pem::text("PRIVATE KEY", key.pkcs8.expose_secret());
    let private = SecretSlice::from(text.as_bytes().to_vec());
    text.zeroize();
    Ok((chain, private))
}

fn texts(label: &str, all: &[Vec<u8>]) -> String {
    all.iter().map(|der| pem::text(label, der)).collect()
}
