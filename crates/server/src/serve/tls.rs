//! Our side of TLS: what is offered, and whose certificates count.
//!
//! All suites of rustls have forward secrecy and authenticated encryption. Clients that may only use
//! what FIPS 140 allows find ECDHE on P-256 and P-384 with AES-GCM among them (`mds-api.md` 1).

use std::sync::Arc;

use openmds_kafka::Tls;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use secrecy::ExposeSecret as _;

use super::clients::{Clients, Moment};
pub(super) use super::clients::{Nodes, Shown};
use crate::config::{ClientAuthentication, ServerTls};

/// Our side of TLS, ready for many handshakes.
pub(super) struct TlsSide {
    pub(super) config: Arc<ServerConfig>,
    clients: Arc<Clients>,
}

impl TlsSide {
    /// Reads the stores anew; the reason names the property.
    pub(super) fn open(settings: &ServerTls, nodes: &Nodes) -> Result<Self, String> {
        let stores = settings.stores().map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            errors.join("; ")
        })?;
        let provider = Arc::new(provider(settings)?);
        let users = match settings.client_authentication {
            ClientAuthentication::None => None,
            _ => Some(users(&stores, &provider)?),
        };
        let required = settings.client_authentication == ClientAuthentication::Required;
        let of_nodes = verifier([nodes.authority.clone()], &provider)
            .map_err(|reason| format!("openmds.enrollment.ca.path: {reason}"))?;
        let clock = Arc::clone(&nodes.clock);
        let clients = Arc::new(Clients::new(users, of_nodes, required, Arc::clone(&clock)));
        let mut versions = Vec::new();
        versions.extend(settings.tls13.then_some(&TLS13));
        versions.extend(settings.tls12.then_some(&TLS12));
        let builder = ServerConfig::builder_with_details(provider, Arc::new(Moment(clock)))
            .with_protocol_versions(&versions)
            .map_err(|error| format!("confluent.metadata.server.ssl.cipher.suites: {error}"))?;
        let asked: Arc<dyn ClientCertVerifier> = Arc::<Clients>::clone(&clients);
        let builder = builder.with_client_cert_verifier(asked);
        let keystore =
            |reason: String| format!("confluent.metadata.server.ssl.keystore.location: {reason}");
        let (chain, key) = stores
            .client_certificate_pem
            .ok_or_else(|| keystore("holds no certificate".to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret())
            .map_err(|_| keystore("holds no private key".to_string()))?;
        let mut config = builder
            .with_single_cert(certificates(&chain).collect(), key)
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

    /// Whose chain it is. Asked on each connection: a resumed session was judged long ago, and
    /// unless certificates are demanded nobody has judged at all.
    pub(super) fn judge(&self, chain: &[CertificateDer<'_>]) -> Shown {
        self.clients.judge(chain)
    }
}

fn certificates(pem: &[u8]) -> impl Iterator<Item = CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).flatten()
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

/// Takes certificates of the authorities in the trust store.
fn users(
    stores: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let trusted = stores.trusted_ca_pem.as_deref().unwrap_or_default();
    verifier(certificates(trusted), provider)
        .map_err(|reason| format!("confluent.metadata.server.ssl.truststore.location: {reason}"))
}

fn verifier(
    authorities: impl IntoIterator<Item = CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in authorities {
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| error.to_string())?;
    Ok(verifier)
}
