//! The server's own cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use openmds_kafka::{
    Connection, PropertyError, Sasl, SecurityProtocol, TokenSource, connection_from_properties,
};
use openmds_policy::names::{ClusterId, is_loopback};

use super::client::{METADATA, context};
use super::reader::Reader;

const SERVERS: &str = "confluent.metadata.bootstrap.servers";
const ID: &str = "openmds.cluster.id";

/// The server's own cluster.
#[derive(Clone)]
pub struct Home {
    /// How to reach it, unless that needs this server's own tokens: then [`Self::connection`]
    /// fills the source in.
    properties: BTreeMap<String, String>,
    /// Its id, if told; otherwise the cluster is asked, and the answer is kept.
    pub cluster_id: Option<ClusterId>,
}

impl Home {
    pub(super) fn read(reader: &mut Reader) -> Self {
        reader.required(
            SERVERS,
            "the home cluster's addresses, host:port[,host:port]",
        );
        let home = Self {
            properties: reader.under(METADATA),
            cluster_id: reader.text(ID).map(ClusterId::new),
        };
        if reader.text(SERVERS).is_none() {
            return home;
        }
        match home.connection(Arc::new(NoToken)) {
            Ok(connection) => home.check_tokens(reader, &connection),
            Err(errors) => reader.faults_of(errors),
        }
        home
    }

    /// This server's tokens are for one cluster, and do not cross a network in clear
    /// (`rulings.md` 15).
    fn check_tokens(&self, reader: &mut Reader, connection: &Connection) {
        if !matches!(connection.sasl, Some(Sasl::OAuthBearer(_))) {
            return;
        }
        if self.cluster_id.is_none() {
            reader.fault(
                ID,
                "is required with OAUTHBEARER: a token is made for the cluster of that id; see `kafka-cluster cluster-id`",
            );
        }
        let exposed = connection
            .bootstrap
            .iter()
            .find(|address| !is_loopback(&address.host));
        if let (SecurityProtocol::SaslPlaintext, Some(address)) = (connection.protocol, exposed)
            && !reader.flag("openmds.push.plaintext.allowed")
        {
            reader.fault(
                "confluent.metadata.security.protocol",
                format!("SASL_PLAINTEXT would send tokens to {address} in clear: use SASL_SSL, or set openmds.push.plaintext.allowed=true"),
            );
        }
    }

    /// The connection to the home cluster; the source serves it if it wants this server's tokens.
    pub fn connection(
        &self,
        tokens: Arc<dyn TokenSource>,
    ) -> Result<Connection, Vec<PropertyError>> {
        connection_from_properties(&self.properties, &context(METADATA, Some(tokens)))
    }
}

/// Stands in while only the form of the properties is checked.
struct NoToken;

impl TokenSource for NoToken {
    fn token(&self) -> Result<secrecy::SecretString, String> {
        Err("no token is made while the configuration is read".to_string())
    }
}
