//! The other end of a connection.

use std::net::SocketAddr;

/// The other end of a connection, as an extension of its requests; absent for a server in process.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Whence it came.
    pub address: SocketAddr,
    /// The DER of the client certificate that the TLS listener verified.
    pub certificate: Option<Vec<u8>>,
}

/// The connection is encrypted up to this process, as an extension of its requests.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted;

/// Why the certificate that a client showed counts as none, as an extension of its requests; there
/// is no other sign of it where certificates are requested but not demanded.
#[derive(Debug, Clone)]
pub struct RefusedCertificate(pub String);
