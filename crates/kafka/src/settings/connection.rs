//! Everything needed to reach one cluster.

use std::time::Duration;

use super::{HostPort, Sasl, SecurityProtocol, Tls};

/// Where a cluster is and how to log in.
///
/// `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Addresses to try first. For a controller: that one controller.
    pub bootstrap: Vec<HostPort>,
    /// What the listener speaks.
    pub protocol: SecurityProtocol,
    /// The credential; needed where the protocol has SASL.
    pub sasl: Option<Sasl>,
    /// Trust and client certificate; used where the protocol has TLS.
    pub tls: Tls,
    /// Shown in the brokers' request logs and audit events.
    pub client_id: String,
    /// The longest that any one call may take.
    pub timeout: Duration,
}
