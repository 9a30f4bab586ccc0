//! The authority whose certificates nodes show. It certifies nodes, the server's own
//! audit trail, and nothing else.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use openmds_policy::names::ClusterId;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SerialNumber,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;

use super::certificate::{Serial, identity};
use super::node_key::NodeKey;
use crate::files::write_secret;

/// How long an authority lasts: longer than any cluster runs without being built anew.
const LIFE: SignedDuration = SignedDuration::from_hours(20 * 365 * 24);

/// By how much the clocks of several servers may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
#[error("openmds.enrollment.ca.path: {}: {reason}", path.display())]
pub struct AuthorityError {
    path: PathBuf,
    reason: String,
}

/// What a node gets.
#[derive(Debug, Clone)]
pub struct Certified {
    /// The certificate, PEM.
    pub pem: String,
    /// Its serial.
    pub serial: Serial,
    /// When it ends.
    pub expires: Timestamp,
}

/// The authority, with its private key.
pub struct EnrolmentAuthority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    made: bool,
}

impl EnrolmentAuthority {
    /// Reads the file (PEM, certificate and key); makes it for its owner alone where there is none.
    pub fn open(path: &Path, now: Timestamp) -> Result<Self, AuthorityError> {
        let failed = |reason: String| AuthorityError {
            path: path.to_path_buf(),
            reason,
        };
        let io = |error: io::Error| failed(error.to_string());
        let made = match make(path, now) {
            Ok(()) => true,
            Err(Trouble::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(Trouble::Io(error)) => return Err(io(error)),
            Err(Trouble::Making(error)) => return Err(failed(error.to_string())),
        };
        let text = std::fs::read_to_string(path).map_err(io)?;
        let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!(
                path = %path.display(),
                "others than its owner may use the file of the enrolment authority, and could certify nodes; chmod 600 it"
            );
        }
        let mut authority = Self::read(&text).map_err(|reason| {
            failed(format!(
                "{reason}; restore the file, or remove it: then a new authority is made, and every node has to join again"
            ))
        })?;
        authority.made = made;
        Ok(authority)
    }

    fn read(text: &str) -> Result<Self, String> {
        let der = CertificateDer::from_pem_slice(text.as_bytes())
            .map_err(|_| "it holds no certificate".to_string())?;
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes())
            .ok()
            .and_then(|key| KeyPair::try_from(&key).ok())
            .ok_or_else(|| "it holds no private key that can be used".to_string())?;
        if !key.is_compatible(&PKCS_ECDSA_P256_SHA256) {
            return Err("its key is not one on P-256".to_string());
        }
        let (_, parsed) = x509_parser::parse_x509_certificate(&der)
            .map_err(|_| "its certificate cannot be read".to_string())?;
        if parsed.public_key().subject_public_key.data.as_ref() != key.public_key_raw() {
            return Err("its key is not that of its certificate".to_string());
        }
        if !parsed.is_ca() {
            return Err("its certificate is not that of an authority".to_string());
        }
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(|error| error.to_string())?;
        Ok(Self {
            pem: pem(&der),
            der,
            issuer,
            made: false,
        })
    }

    /// Whether the file was not there before.
    #[must_use]
    pub const fn was_made(&self) -> bool {
        self.made
    }

    /// Its own certificate, PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its own certificate.
    #[must_use]
    pub const fn certificate(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// Certifies that whoever holds the key is this node, for so long from now on.
    pub fn certify(
        &self,
        cluster: &ClusterId,
        node: i32,
        key: &NodeKey,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<Certified, String> {
        let names = (format!("node-{node}"), identity(cluster, node));
        let (_, certified) = self.issue(names, key, now, life)?;
        Ok(certified)
    }

    /// Certifies the server of the store itself, whose audit trail it signs with that key; it opens
    /// nothing, since it names no node.
    pub(crate) fn certify_server(
        &self,
        store: &str,
        key: &impl PublicKeyData,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<(rcgen::Certificate, Timestamp), String> {
        let names = ("server".to_string(), format!("openmds:server:{store}"));
        let (certificate, certified) = self.issue(names, key, now, life)?;
        Ok((certificate, certified.expires))
    }

    /// A certificate with a common name and an URI.
    fn issue(
        &self,
        (name, said): (String, String),
        key: &impl PublicKeyData,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<(rcgen::Certificate, Certified), String> {
        let number = Serial::random_number()?;
        let expires = now
            .saturating_add(life)
            .map_err(|error| error.to_string())?;
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let uri = said
            .as_str()
            .try_into()
            .map_err(|error: rcgen::Error| error.to_string())?;
        params.subject_alt_names = vec![SanType::URI(uri)];
        params.serial_number = Some(SerialNumber::from_slice(&number));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = date(now - SKEW);
        params.not_after = date(expires);
        let certificate = params
            .signed_by(key, &self.issuer)
            .map_err(|error| error.to_string())?;
        let certified = Certified {
            pem: certificate.pem(),
            serial: Serial::of(&number),
            expires: whole(expires),
        };
        Ok((certificate, certified))
    }
}

enum Trouble {
    Io(io::Error),
    Making(rcgen::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Makes an authority and writes it, never over an existing file.
fn make(path: &Path, now: Timestamp) -> Result<(), Trouble> {
    if path.exists() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(Trouble::Making)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    // Two authorities must not bear one name: a verifier would try the wrong key.
    let name = format!("OpenMDS nodes {}", uuid::Uuid::new_v4());
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = date(now - SKEW);
    params.not_after = date(now.saturating_add(LIFE).unwrap_or(Timestamp::MAX));
    let certificate = params.self_signed(&key).map_err(Trouble::Making)?;
    let text = format!("{}{}", certificate.pem(), key.serialize_pem());
    write_secret(path, text.as_bytes())?;
    tracing::info!(path = %path.display(), "made the authority that certifies nodes");
    Ok(())
}

/// As certificates say it: whole seconds.
fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn pem(der: &[u8]) -> String {
    super::certificate::pem("CERTIFICATE", der)
}
