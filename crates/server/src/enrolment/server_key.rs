//! The key with which the server signs its own audit trail. It lives as long as the process: nothing
//! that could be stolen lies on disk, and the authority certifies a new one at each start.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, SigningKey as _};

use super::authority::EnrolmentAuthority;
use super::certificate::hexadecimal;

/// How long a certificate counts.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When less is left, the next one is asked for.
const RENEWED: SignedDuration = SignedDuration::from_hours(10 * 24);

/// A certificate for the key.
#[derive(Debug, Clone)]
pub(crate) struct ServerCertificate {
    pub(crate) pem: String,
    /// SHA-256 over its DER, lower-case hexadecimal.
    pub(crate) fingerprint: String,
    expires: Timestamp,
}

/// The key, and its certificate of the moment.
pub(crate) struct ServerKey {
    authority: Arc<EnrolmentAuthority>,
    store: String,
    key: KeyPair,
    certificate: Option<ServerCertificate>,
}

impl ServerKey {
    /// A new key of the server over that store.
    pub(crate) fn generate(
        authority: Arc<EnrolmentAuthority>,
        store: &str,
    ) -> Result<Self, String> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256);
        Ok(Self {
            authority,
            store: store.to_string(),
            key: key.map_err(|error| error.to_string())?,
            certificate: None,
        })
    }

    /// The certificate, a new one where the present one is about to end.
    pub(crate) fn certificate(&mut self, now: Timestamp) -> Result<ServerCertificate, String> {
        if let Some(known) = &self.certificate
            && known.expires.duration_since(now) > RENEWED
        {
            return Ok(known.clone());
        }
        let certified = self
            .authority
            .certify_server(&self.store, &self.key, now, LIFE);
        let (certificate, expires) = certified?;
        let fresh = ServerCertificate {
            pem: certificate.pem(),
            fingerprint: hexadecimal(digest(&SHA256, certificate.der()).as_ref()),
            expires,
        };
        self.certificate = Some(fresh.clone());
        Ok(fresh)
    }

    /// ECDSA with SHA-256 over the text: DER in base64.
    pub(crate) fn sign(&self, text: &str) -> Result<String, String> {
        let signature = self.key.sign(text.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        Ok(STANDARD.encode(signature))
    }
}
