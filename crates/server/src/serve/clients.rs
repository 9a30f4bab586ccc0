//! Whose certificates count: users' come from the authorities in the trust store, nodes' from the
//! enrolment authority. What one of them says is never taken for the other.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use crate::enrolment::NodeCertificate;
use crate::time::Clock;

/// What is known of nodes' certificates.
#[derive(Clone)]
pub(super) struct Nodes {
    /// Whose certificates nodes show.
    pub(super) authority: CertificateDer<'static>,
    /// Tells the time.
    pub(super) clock: Arc<dyn Clock>,
}

/// Whose certificate somebody showed.
pub(super) enum Shown {
    /// One of a trusted authority, DER.
    User(Vec<u8>),
    /// One of the enrolment authority.
    Node(NodeCertificate),
    /// One that cannot be a node's, where users' are not asked for; and why.
    Unasked(String),
    /// One of nobody known, or one that has ended; and why.
    Unknown(String),
}

/// The clock, as TLS asks it.
pub(super) struct Moment(pub(super) Arc<dyn Clock>);

impl Moment {
    fn now(&self) -> UnixTime {
        let seconds = u64::try_from(self.0.now().as_second()).unwrap_or_default();
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Moment")
    }
}

impl TimeProvider for Moment {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.now())
    }
}

/// Asks every client for a certificate. Unless one is demanded it takes what comes: the client must
/// hold its key, and [`Clients::judge`] says afterwards whether it counts. A client with an unknown
/// or expired certificate still gets in, and may prove in another way who it is.
#[derive(Debug)]
pub(super) struct Clients {
    users: Option<Arc<dyn ClientCertVerifier>>,
    nodes: Arc<dyn ClientCertVerifier>,
    required: bool,
    hints: Vec<DistinguishedName>,
    moment: Moment,
}

impl Clients {
    pub(super) fn new(
        users: Option<Arc<dyn ClientCertVerifier>>,
        nodes: Arc<dyn ClientCertVerifier>,
        required: bool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let of_users = users.iter().flat_map(|users| users.root_hint_subjects());
        let hints = of_users.chain(nodes.root_hint_subjects()).cloned();
        Self {
            hints: hints.collect(),
            users,
            nodes,
            required,
            moment: Moment(clock),
        }
    }

    /// Whose chain it is. A node's comes first: even where the enrolment authority stands in the
    /// trust store, its certificates are no users'.
    pub(super) fn judge(&self, chain: &[CertificateDer<'_>]) -> Shown {
        let Some((leaf, others)) = chain.split_first() else {
            return Shown::Unknown("there is no certificate in the chain".to_string());
        };
        let now = self.moment.now();
        let of_node = match self.nodes.verify_client_cert(leaf, others, now) {
            Ok(_) => match NodeCertificate::read(leaf) {
                Ok(certificate) => return Shown::Node(certificate),
                Err(reason) => return Shown::Unknown(reason),
            },
            Err(error) => error,
        };
        let Some(users) = &self.users else {
            return match of_node {
                Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer) => {
                    Shown::Unasked(format!(
                        "{of_node}; only nodes' certificates are asked for, users' are not (ssl.client.authentication)"
                    ))
                }
                _ => Shown::Unknown(of_node.to_string()),
            };
        };
        match users.verify_client_cert(leaf, others, now) {
            Ok(_) => Shown::User(leaf.to_vec()),
            Err(error) => Shown::Unknown(error.to_string()),
        }
    }
}

impl ClientCertVerifier for Clients {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let Some(users) = self.users.as_ref().filter(|_| self.required) else {
            return Ok(ClientCertVerified::assertion());
        };
        let of_node = self.nodes.verify_client_cert(leaf, others, now);
        of_node.or_else(|_| users.verify_client_cert(leaf, others, now))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.nodes
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.nodes
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.nodes.supported_verify_schemes()
    }
}
