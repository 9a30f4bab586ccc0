//! Finds clusters in memory by their addresses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::admin::{FakeAdmin, FakeController, behave};
use super::cluster::FakeCluster;
use super::reader::FakeReader;
use super::state::{FakeCall, FakeCondition};
use super::writer::FakeWriter;
use crate::{
    Admin, Connection, Connector, ControllerAdmin, EventReader, EventWriter, HostPort, HostProbe,
    KafkaError, ProbeStep,
};

/// A [`Connector`] to clusters in memory. Clones are the same fleet.
#[derive(Debug, Clone, Default)]
pub struct FakeFleet(Arc<Mutex<BTreeMap<HostPort, FakeCluster>>>);

impl FakeFleet {
    /// Without clusters: every address is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a cluster reachable at a bootstrap address.
    pub fn add(&self, bootstrap: &HostPort, cluster: &FakeCluster) -> &Self {
        let mut clusters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clusters.insert(bootstrap.clone(), cluster.clone());
        drop(clusters);
        self
    }

    pub(super) fn find(&self, connection: &Connection) -> Result<FakeCluster, KafkaError> {
        let clusters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = connection
            .bootstrap
            .iter()
            .find_map(|address| clusters.get(address));
        found.cloned().ok_or_else(|| refused(connection))
    }

    fn find_controller(&self, connection: &Connection) -> Result<(FakeCluster, i32), KafkaError> {
        let clusters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for cluster in clusters.values() {
            for (id, address) in &cluster.state().controllers {
                if connection.bootstrap.contains(address) {
                    return Ok((cluster.clone(), *id));
                }
            }
        }
        Err(refused(connection))
    }
}

#[async_trait]
impl Connector for FakeFleet {
    async fn connect(&self, connection: &Connection) -> Result<Arc<dyn Admin>, KafkaError> {
        let cluster = self.find(connection)?;
        cluster.state().calls.push(FakeCall::Connect);
        let condition = cluster.state().condition;
        behave(condition, connection, "the bootstrap address").await?;
        Ok(Arc::new(FakeAdmin::new(cluster, connection)))
    }

    async fn connect_controller(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn ControllerAdmin>, KafkaError> {
        let (cluster, node_id) = self.find_controller(connection)?;
        cluster
            .state()
            .calls
            .push(FakeCall::ConnectController { node_id });
        let controller = FakeController::new(cluster, connection, node_id);
        controller.answer().await?;
        Ok(Arc::new(controller))
    }

    async fn connect_writer(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventWriter>, KafkaError> {
        Ok(Arc::new(FakeWriter::new(self.clone(), connection)))
    }

    async fn connect_reader(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventReader>, KafkaError> {
        Ok(Arc::new(FakeReader::new(self.clone(), connection)))
    }

    async fn probe(&self, connection: &Connection) -> Vec<HostProbe> {
        let mut probes = Vec::new();
        for address in &connection.bootstrap {
            let one = Connection {
                bootstrap: vec![address.clone()],
                ..connection.clone()
            };
            let failure = match self.find(&one) {
                Err(error) => Some((ProbeStep::Connect, error)),
                Ok(cluster) => {
                    let condition = cluster.state().condition;
                    let step = match condition {
                        FakeCondition::Unreachable => ProbeStep::Connect,
                        FakeCondition::UntrustedCertificate => ProbeStep::Tls,
                        FakeCondition::BadCredentials => ProbeStep::Login,
                        FakeCondition::Reachable | FakeCondition::Frozen => ProbeStep::Protocol,
                    };
                    behave(condition, &one, "ApiVersions")
                        .await
                        .err()
                        .map(|error| (step, error))
                }
            };
            probes.push(HostProbe {
                address: address.clone(),
                failure,
            });
        }
        probes
    }
}

fn refused(connection: &Connection) -> KafkaError {
    let addresses: Vec<_> = connection
        .bootstrap
        .iter()
        .map(ToString::to_string)
        .collect();
    KafkaError::Unreachable {
        address: addresses.join(", "),
        reason: "connection refused; no cluster in memory has this address".to_owned(),
    }
}
