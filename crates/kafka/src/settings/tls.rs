//! Whom we trust, and how we show ourselves.

use secrecy::SecretSlice;

/// TLS settings, all of them PEM. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate authorities to trust. Required where the protocol has TLS: the public
    /// authorities of the web are never used.
    pub trusted_ca_pem: Option<Vec<u8>>,
    /// Our certificate chain and its private key, for listeners that ask for one.
    pub client_certificate_pem: Option<(Vec<u8>, SecretSlice<u8>)>,
    /// Whether the broker's certificate must name the host that we connect to.
    pub verify_hostname: bool,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            trusted_ca_pem: None,
            client_certificate_pem: None,
            verify_hostname: true,
        }
    }
}
