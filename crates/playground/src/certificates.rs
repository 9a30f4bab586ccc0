//! A private certificate authority and the PEM key stores that it signs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};

use crate::blueprint::{Blueprint, write_private};
use crate::layout::Layout;

/// The key store that the metadata server uses for HTTPS.
pub const SERVER_KEYSTORE: &str = "server";

/// The user who logs in with a certificate: the CN of [`Layout::client_certificate`].
pub const CERTIFICATE_USER: &str = "connect-worker";

/// A certificate authority of our own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    /// Makes a new one.
    pub fn new(common_name: &str) -> Result<Self> {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// Its certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A PEM key store as Kafka reads it: PKCS#8 key, then the chain. Valid for `localhost` and `127.0.0.1`.
    pub fn keystore(&self, common_name: &str) -> Result<String> {
        let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(format!(
            "{}{}{}",
            key.serialize_pem(),
            certificate.pem(),
            self.certificate
        ))
    }
}

impl Authority {
    /// A client's certificate with its chain, and its private key.
    pub fn client(&self, common_name: &str) -> Result<(String, String)> {
        let mut params = CertificateParams::default();
        // Empty first, since the default has a name already. Shown from the last part to the first.
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "OpenMDS playground");
        params
            .distinguished_name
            .push(DnType::CommonName, common_name);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let chain = format!("{}{}", certificate.pem(), self.certificate);
        Ok((chain, key.serialize_pem()))
    }
}

/// Makes an authority, a key store for every cluster and for the server, and a user's certificate.
pub fn write_all(blueprint: &Blueprint, layout: &Layout) -> Result<()> {
    fs::create_dir_all(layout.tls())?;
    let authority = Authority::new("OpenMDS playground CA")?;
    write_public(&layout.ca(), authority.certificate())?;
    let clusters = blueprint
        .clusters
        .iter()
        .map(|cluster| cluster.name.as_str());
    for name in clusters.chain([SERVER_KEYSTORE]) {
        write_private(&layout.keystore(name), authority.keystore(name)?.as_bytes())?;
    }
    let (chain, key) = authority.client(CERTIFICATE_USER)?;
    write_public(&layout.client_certificate(), &chain)?;
    write_private(&layout.client_key(), key.as_bytes())
}

fn write_public(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
