//! PKCS12, Java's default since 9.

use p12_keystore::{KeyStore, KeyStoreEntry, Pkcs12Archive, Pkcs12ImportPolicy};
use secrecy::SecretSlice;

use super::der::{Der, INTEGER, SEQUENCE};
use super::{Fault, Key};

/// A sequence that begins with version 3.
pub(super) fn is_pkcs12(bytes: &[u8]) -> bool {
    let mut outer = Der::new(bytes);
    let inner = outer.next(SEQUENCE).map(Der::new);
    inner.is_some_and(|mut inner| inner.next(INTEGER) == Some(&[3]))
}

fn fault(error: &p12_keystore::error::Error) -> Fault {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) => Fault::StorePassword(
            "does not open the store: it is wrong, or the file is damaged".to_owned(),
        ),
        other => Fault::Store(format!("is a PKCS12 store that cannot be read: {other}")),
    }
}

/// The certificates that Java marks as trusted; where none is marked, as other tools write it, those
/// that belong to no key.
pub(super) fn trusted(bytes: &[u8], password: Option<&str>) -> Result<Vec<Vec<u8>>, Fault> {
    let Some(password) = password else {
        return Err(Fault::StorePassword(
            "is needed: certificates in a PKCS12 store are encrypted".to_owned(),
        ));
    };
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| fault(&error))?;
    let marked = archive.certs.iter().any(|bag| bag.trusted);
    let counts = |bag: &&p12_keystore::CertificateBag| {
        if marked {
            bag.trusted
        } else {
            archive.keys.is_empty() && bag.local_key_id.is_none()
        }
    };
    let certificates = archive.certs.iter().filter(counts);
    Ok(certificates.map(|bag| bag.cert.as_der().to_vec()).collect())
}

/// The private keys.
pub(super) fn keys(bytes: &[u8], password: &str) -> Result<Vec<Key>, Fault> {
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed)
        .map_err(|error| fault(&error))?;
    let key = |(alias, entry): (&String, &KeyStoreEntry)| match entry {
        KeyStoreEntry::PrivateKeyChain(chain) => Some(Key {
            alias: alias.clone(),
            pkcs8: SecretSlice::from(chain.key().as_der().to_vec()),
            chain: chain
                .certs()
                .iter()
                .map(|certificate| certificate.as_der().to_vec())
                .collect(),
        }),
        _ => None,
    };
    Ok(store.entries().filter_map(key).collect())
}
