//! Texts that travel through others' hands and come back unread and unchanged: with them a login
//! needs no memory in this server, and may continue at another one with the same key file.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The form of what is sealed.
const VERSION: u8 = 1;

/// Seals and opens texts with a key derived from a secret.
pub(super) struct Seal(RandomizedNonceKey);

impl Seal {
    pub(super) fn new(secret: &[u8]) -> Result<Self, String> {
        let failed = |_| "no key can be derived".to_string();
        let mut key = [0; 32];
        Salt::new(HKDF_SHA256, b"openmds")
            .extract(secret)
            .expand(&[b"single sign-on, version 1"], HKDF_SHA256)
            .and_then(|derived| derived.fill(&mut key))
            .map_err(failed)?;
        RandomizedNonceKey::new(&AES_256_GCM, &key)
            .map(Self)
            .map_err(failed)
    }

    /// The purpose must be told again when it is opened.
    pub(super) fn seal(&self, purpose: &str, content: &impl Serialize) -> Result<String, String> {
        let mut text = serde_json::to_vec(content).map_err(|error| error.to_string())?;
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut text)
            .map_err(|_| "it cannot be sealed".to_string())?;
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(nonce.as_ref());
        sealed.append(&mut text);
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What was sealed for this purpose with this key; nothing if it was not.
    pub(super) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (version, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let aad = Aad::from(purpose.as_bytes());
        let opened = self.0.open_in_place(nonce, aad, &mut text).ok()?;
        (*version == VERSION).then(|| serde_json::from_slice(opened).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_purpose_open() {
        let seal = Seal::new(b"secret").unwrap();
        let sealed = seal.seal("device", &"text").unwrap();
        assert_eq!(
            seal.open::<String>("device", &sealed).as_deref(),
            Some("text")
        );
        assert_eq!(seal.open::<String>("browser", &sealed), None);
        assert_eq!(
            Seal::new(b"other")
                .unwrap()
                .open::<String>("device", &sealed),
            None
        );
        for index in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(seal.open::<String>("device", &changed), None, "{index}");
        }
        assert_eq!(seal.open::<String>("device", ""), None);
    }
}
