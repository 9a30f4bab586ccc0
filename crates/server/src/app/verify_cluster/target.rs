//! What is known of a registered Kafka cluster before it is asked anything.

use openmds_kafka::{Connection, HostPort};
use openmds_policy::names::{ClusterId, ClusterName};

use super::App;
use crate::config::ControllerAddress;
use crate::reconcile::{controller_connection, target_connection};
use crate::store::{RegisteredCluster, State};

/// The cluster to verify.
pub(super) struct KafkaTarget<'a> {
    pub(super) name: &'a ClusterName,
    pub(super) id: ClusterId,
    pub(super) connection: Connection,
    /// Token listeners of its dedicated controllers, as far as this server was told.
    pub(super) controllers: &'a [ControllerAddress],
    pub(super) others: Vec<OtherCluster<'a>>,
    /// `iss` of this server's tokens.
    pub(super) issuer: &'a str,
    plaintext_allowed: bool,
}

/// Another registered Kafka cluster.
pub(super) struct OtherCluster<'a> {
    pub(super) name: &'a ClusterName,
    pub(super) id: ClusterId,
    hosts: &'a [(String, i32)],
}

impl App {
    /// How the cluster is reached, or why that is not possible.
    pub(super) fn kafka_target<'a>(
        &'a self,
        state: &'a State,
        name: &'a ClusterName,
        id: ClusterId,
        cluster: &RegisteredCluster,
    ) -> Result<KafkaTarget<'a>, String> {
        let connection = target_connection(&self.settings, &self.issuer, &id, cluster)?;
        let others = state.kafka_clusters().filter(|(other, ..)| *other != name);
        let others = others.map(|(name, id, cluster)| OtherCluster {
            name,
            id,
            hosts: &cluster.hosts,
        });
        Ok(KafkaTarget {
            name,
            id,
            connection,
            controllers: self
                .settings
                .controllers
                .get(name)
                .map_or(&[], Vec::as_slice),
            others: others.collect(),
            issuer: &self.settings.token.issuer,
            plaintext_allowed: self.settings.propagation.plaintext_allowed,
        })
    }
}

impl KafkaTarget<'_> {
    /// The connection to one controller, or why it gets no token.
    pub(super) fn controller_connection(
        &self,
        controller: &ControllerAddress,
    ) -> Result<Connection, String> {
        controller_connection(&self.connection, controller, self.plaintext_allowed)
    }

    /// Other registered clusters that are said to be at one of these addresses.
    pub(super) fn sharing(&self, addresses: &[&HostPort]) -> Vec<&OtherCluster<'_>> {
        let at = |(host, port): &(String, i32)| {
            let mut addresses = addresses.iter();
            addresses.any(|address| address.host == *host && i32::from(address.port) == *port)
        };
        let others = self.others.iter();
        others.filter(|other| other.hosts.iter().any(at)).collect()
    }
}
