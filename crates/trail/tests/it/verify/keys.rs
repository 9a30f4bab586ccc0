//! Keys whose signatures are hashes: good enough to tell one that fits from one that does not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_trail::Hash;
use openmds_trail::verify::{Signatures, SignedStatement};

/// A key by its name: a signature is a hash over that and the statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key(pub(crate) &'static str);

impl Key {
    pub(crate) fn sign(self, statement: &str) -> String {
        Hash::of(format!("{}\n{statement}", self.0).as_bytes()).to_string()
    }

    pub(crate) fn certificate(self) -> String {
        let der = STANDARD.encode(self.0);
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    }

    pub(crate) fn fingerprint(self) -> String {
        let hash = STANDARD
            .decode(
                Hash::of(self.0.as_bytes())
                    .to_string()
                    .replace('-', "+")
                    .replace('_', "/")
                    + "=",
            )
            .unwrap();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Trusts the keys that it knows.
pub(crate) struct Trusted(pub(crate) Vec<Key>);

impl Signatures for Trusted {
    fn check(&self, signed: &SignedStatement<'_>) -> Result<(), String> {
        let certificate = signed.certificate.ok_or("its certificate is not there")?;
        let key = self.0.iter().find(|key| key.certificate() == certificate);
        let key = key.ok_or("nobody trusts its certificate")?;
        if key.sign(signed.statement) != signed.signature {
            return Err("it does not fit".to_owned());
        }
        Ok(())
    }
}
