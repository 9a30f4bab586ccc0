//! TLS by rustls with aws-lc-rs.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::frame::Stream;
use super::{tls_failure, trust};
use crate::{Connection, HostPort, KafkaError, Tls, pem};

/// Our side of TLS, ready for many handshakes.
#[derive(Clone)]
pub(super) struct TlsClient(TlsConnector);

impl TlsClient {
    /// From the connection's settings; `None` where its protocol has no TLS.
    pub(super) fn new(connection: &Connection) -> Result<Option<Self>, KafkaError> {
        if !connection.protocol.uses_tls() {
            return Ok(None);
        }
        let address = || {
            let texts: Vec<_> = connection
                .bootstrap
                .iter()
                .map(ToString::to_string)
                .collect();
            texts.join(", ")
        };
        client_config(&connection.tls)
            .map(|config| Some(Self(TlsConnector::from(Arc::new(config)))))
            .map_err(|reason| KafkaError::Tls {
                address: address(),
                reason,
            })
    }

    pub(super) async fn handshake(
        &self,
        at: &HostPort,
        tcp: TcpStream,
    ) -> Result<Box<dyn Stream>, KafkaError> {
        let name = ServerName::try_from(at.host.clone()).map_err(|_| KafkaError::Tls {
            address: at.to_string(),
            reason: "the host is neither a DNS name nor an IP address".to_owned(),
        })?;
        match self.0.connect(name, tcp).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(tls_failure::explain(at, &error)),
        }
    }
}

/// The client's side of TLS by these settings, also for servers other than Kafka's.
pub fn client_config(tls: &Tls) -> Result<ClientConfig, String> {
    let Some(trusted) = &tls.trusted_ca_pem else {
        return Err("no trusted certificate authority is configured; set \
                    ssl.truststore.location"
            .to_owned());
    };
    let provider = Arc::new(default_provider());
    let verifier = trust::verifier(trusted, tls.verify_hostname, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match &tls.client_certificate_pem {
        None => Ok(config.with_no_client_auth()),
        Some((chain, key)) => {
            let ours = |reason| format!("our own ssl.keystore is unusable: {reason}");
            let chain = pem::certificates(chain).map_err(ours)?;
            let key = pem::private_key(key.expose_secret()).map_err(ours)?;
            config
                .with_client_auth_cert(chain, key)
                .map_err(|e| ours(e.to_string()))
        }
    }
}
