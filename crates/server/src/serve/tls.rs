//! Our side of TLS: what is offered, and whose certificates count.
//!
//! All suites of rustls have forward secrecy and authenticated encryption. Clients that may only use
//! what FIPS 140 allows find ECDHE on P-256 and P-384 with AES-GCM among them (`mds-api.md` 1).

use std::sync::Arc;

use openmds_kafka::Tls;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
};
use secrecy::ExposeSecret as _;

use crate::config::{ClientAuthentication, ServerTls};

/// Our side of TLS, ready for many handshakes.
pub(super) struct TlsSide {
    pub(super) config: Arc<ServerConfig>,
    clients: Option<Arc<dyn ClientCertVerifier>>,
}

impl TlsSide {
    /// Reads the stores anew; the reason names the property.
    pub(super) fn open(settings: &ServerTls) -> Result<Self, String> {
        let stores = settings.stores().map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            errors.join("; ")
        })?;
        let provider = Arc::new(provider(settings)?);
        let clients = match settings.client_authentication {
            ClientAuthentication::None => None,
            _ => Some(verifier(&stores, &provider)?),
        };
        let mut versions = Vec::new();
        versions.extend(settings.tls13.then_some(&TLS13));
        versions.extend(settings.tls12.then_some(&TLS12));
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)
            .map_err(|error| format!("confluent.metadata.server.ssl.cipher.suites: {error}"))?;
        let builder = match (&clients, settings.client_authentication) {
            (Some(clients), ClientAuthentication::Required) => {
                builder.with_client_cert_verifier(Arc::clone(clients))
            }
            (Some(clients), _) => {
                builder.with_client_cert_verifier(Arc::new(Requested(Arc::clone(clients))))
            }
            (None, _) => builder.with_no_client_auth(),
        };
        let keystore =
            |reason: String| format!("confluent.metadata.server.ssl.keystore.location: {reason}");
        let (chain, key) = stores
            .client_certificate_pem
            .ok_or_else(|| keystore("holds no certificate".to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret())
            .map_err(|_| keystore("holds no private key".to_string()))?;
        let mut config = builder
            .with_single_cert(certificates(&chain), key)
            .map_err(|error| keystore(format!("certificate and key cannot be used: {error}")))?;
        config.alpn_protocols = match settings.http2 {
            true => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            false => vec![b"http/1.1".to_vec()],
        };
        Ok(Self {
            config: Arc::new(config),
            clients,
        })
    }

    /// Whether a client's chain comes from a trusted authority. Asked on each connection: a resumed
    /// session was judged long ago, and under `REQUESTED` nobody has judged at all.
    pub(super) fn check(&self, chain: &[CertificateDer<'_>]) -> Result<(), String> {
        let (Some(clients), Some((leaf, others))) = (&self.clients, chain.split_first()) else {
            return Err("certificates are not asked for".to_string());
        };
        clients
            .verify_client_cert(leaf, others, UnixTime::now())
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).flatten().collect()
}

fn provider(settings: &ServerTls) -> Result<CryptoProvider, String> {
    let mut provider = default_provider();
    if settings.cipher_suites.is_empty() {
        return Ok(provider);
    }
    // Java and IANA write TLS_AES_128_GCM_SHA256 where rustls writes TLS13_AES_128_GCM_SHA256.
    let known: Vec<String> = provider
        .cipher_suites
        .iter()
        .map(|suite| format!("{:?}", suite.suite()).replace("TLS13_", "TLS_"))
        .collect();
    if let Some(unknown) = settings
        .cipher_suites
        .iter()
        .find(|name| !known.contains(name))
    {
        return Err(format!(
            "confluent.metadata.server.ssl.cipher.suites: `{unknown}` is not offered; there are {}",
            known.join(", ")
        ));
    }
    let mut names = known.iter();
    provider.cipher_suites.retain(|_| {
        names
            .next()
            .is_some_and(|name| settings.cipher_suites.contains(name))
    });
    Ok(provider)
}

fn verifier(
    stores: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let refused =
        |reason: String| format!("confluent.metadata.server.ssl.truststore.location: {reason}");
    let mut roots = RootCertStore::empty();
    for certificate in certificates(stores.trusted_ca_pem.as_deref().unwrap_or_default()) {
        roots
            .add(certificate)
            .map_err(|error| refused(error.to_string()))?;
    }
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| refused(error.to_string()))?;
    Ok(verifier)
}

/// Asks for a certificate and takes what comes: the client must hold its key, and `TlsSide::check`
/// says afterwards whether it counts. A client with an unknown or expired certificate still gets
/// in, and may prove in another way who it is.
#[derive(Debug)]
struct Requested(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Requested {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
