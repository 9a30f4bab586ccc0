//! The server's own tokens for clusters (`rulings.md` 15).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::TokenSource;
use openmds_policy::names::ClusterId;
use secrecy::SecretString;

use super::OWN_PRINCIPAL;
use super::issuer::Issuer;
use super::subject::Subject;

/// Life of the server's own tokens: at most 120 s.
pub(crate) const OWN_LIFE: Duration = Duration::from_secs(120);

/// The server's own tokens for one cluster: no other cluster takes them.
pub struct ClusterTokens {
    issuer: Arc<Issuer>,
    cluster: ClusterId,
    anywhere_in_clear: bool,
}

impl ClusterTokens {
    /// Tokens for this cluster, which leave this machine only under TLS.
    #[must_use]
    pub const fn new(issuer: Arc<Issuer>, cluster: ClusterId) -> Self {
        Self {
            issuer,
            cluster,
            anywhere_in_clear: false,
        }
    }

    /// The same tokens, which may leave this machine without TLS if an operator said so.
    #[must_use]
    pub fn in_clear_if(self, anywhere_in_clear: bool) -> Self {
        Self {
            anywhere_in_clear,
            ..self
        }
    }
}

impl TokenSource for ClusterTokens {
    fn token(&self) -> Result<SecretString, String> {
        let own = Subject::user(OWN_PRINCIPAL);
        let token = self.issuer.sign(&own, self.cluster.as_str(), OWN_LIFE);
        token.map(SecretString::from)
    }

    fn may_cross_in_clear(&self, peer: IpAddr) -> bool {
        self.anywhere_in_clear || peer.is_loopback()
    }
}
