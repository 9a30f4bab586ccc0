//! Whose checkpoints count: certificates of an authority, for the emitter that they name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use openmds_trail::verify::{Signatures, SignedStatement};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::moment;
use crate::Failure;

/// What the names begin with that an authority gives.
const OURS: &str = "openmds:";

/// Authorities, and certificates that do not count although these signed them.
pub(crate) struct Authorities {
    verifier: Arc<dyn ClientCertVerifier>,
    /// By fingerprint, since when, milliseconds since 1970.
    distrusted: BTreeMap<String, i64>,
}

impl Authorities {
    /// Reads the authorities of a PEM file. `distrusted`: fingerprints, each with `@TIME` behind it if it counted before that.
    pub(crate) fn read(path: &Path, distrusted: &[String]) -> Result<Self, Failure> {
        let shown = path.display();
        let unusable = |reason: String| {
            Failure::new(format!("cannot use {shown} as authorities: {reason}"))
                .hint("Give the PEM file with the certificates of the authority that certifies nodes: enrollment-ca.pem of the server, without its key")
        };
        let text = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| unusable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(unusable("it has no certificate".to_owned()));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Ok(Self {
            verifier: verifier.map_err(|error| unusable(error.to_string()))?,
            distrusted: distrusted
                .iter()
                .map(|one| distrust(one))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn distrust(text: &str) -> Result<(String, i64), Failure> {
    let (fingerprint, since) = match text.split_once('@') {
        None => (text, i64::MIN),
        Some((fingerprint, since)) => {
            let since = moment(since, Timestamp::now()).map_err(Failure::usage)?;
            (fingerprint, since)
        }
    };
    let fingerprint = fingerprint.replace(':', "").to_ascii_lowercase();
    if fingerprint.len() != 64 || !fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::usage(format!("\"{text}\" has no SHA-256 fingerprint"))
            .hint("Write its 64 hexadecimal digits, as the signed column of `-o json` shows them, and @TIME behind it if it counted before"));
    }
    Ok((fingerprint, since))
}

impl Signatures for Authorities {
    fn check(&self, signed: &SignedStatement<'_>) -> Result<(), String> {
        let since = self.distrusted.get(signed.fingerprint);
        if since.is_some_and(|since| signed.time_ms >= *since) {
            return Err("its certificate is distrusted by --distrust".to_owned());
        }
        let pem = signed
            .certificate
            .ok_or("the trail has no certificate with its fingerprint")?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| format!("its certificate is damaged: {error}"))?;
        let (leaf, rest) = chain.split_first().ok_or("its certificate is damaged")?;
        let seconds = u64::try_from(signed.time_ms / 1_000).unwrap_or(0);
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        self.verifier
            .verify_client_cert(leaf, rest, at)
            .map_err(|error| {
                format!("no authority of --ca vouches for its certificate: {error}")
            })?;
        let (_, certificate) = X509Certificate::from_der(leaf)
            .map_err(|error| format!("its certificate is damaged: {error}"))?;
        speaks_for(&certificate, signed.emitter)?;
        let signature = STANDARD
            .decode(signed.signature)
            .map_err(|_| "it is not base64")?;
        let key = &certificate.public_key().subject_public_key.data;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
            .verify(signed.statement.as_bytes(), &signature)
            .map_err(|_| "it does not fit the statement and the key".to_owned())
    }
}

/// Nodes have their cluster and number in their certificates, a metadata server the id of its store;
/// nobody speaks for another one.
fn speaks_for(certificate: &X509Certificate<'_>, emitter: &str) -> Result<(), String> {
    let names = certificate.subject_alternative_name();
    let names = names.map_err(|error| format!("its certificate is damaged: {error}"))?;
    let names = names.map(|names| names.value.general_names.as_slice());
    let mut ours = names
        .unwrap_or_default()
        .iter()
        .filter_map(|name| match name {
            GeneralName::URI(uri) if uri.starts_with(OURS) => Some(*uri),
            _ => None,
        });
    let said = ours.next();
    let named = emitter.rsplit_once('/').and_then(|(cluster, name)| {
        let (kind, id) = name.split_once('-')?;
        match kind {
            "broker" | "controller" => Some(format!("openmds:cluster:{cluster}:node:{id}")),
            "server" => Some(format!("openmds:server:{id}")),
            _ => None,
        }
    });
    match (said, named) {
        (Some(said), Some(named)) if said == named => Ok(()),
        (None, None) => Ok(()),
        (Some(said), _) => Err(format!(
            "its certificate is that of {said}, not of {emitter}"
        )),
        (None, Some(named)) => Err(format!(
            "its certificate is not that of {named}, as that of {emitter} is"
        )),
    }
}

#[cfg(test)]
mod tests;
