//! The other end of a connection.

use std::net::SocketAddr;

use crate::enrolment::NodeCertificate;

/// The other end of a connection, as an extension of its requests; absent for a server in process.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Whence it came.
    pub address: SocketAddr,
    /// The DER of the user's certificate that the TLS listener verified against the trust store.
    pub certificate: Option<Vec<u8>>,
    /// What the certificate of a node says, which the TLS listener verified against the enrolment
    /// authority. A node is never a user: only one of the two is there.
    pub node: Option<NodeCertificate>,
}

/// The connection is encrypted up to this process, as an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted;

/// Why the certificate that a client showed counts as none, as an extension of its requests; there
/// is no other sign of it where certificates are requested but not demanded.
#[derive(Debug, Clone)]
pub struct RefusedCertificate(pub String);
