//! Open connections, kept between rounds: a round that has to log in first is several times slower.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use openmds_kafka::{Admin, Connector, ControllerAdmin, KafkaError};
use tokio::sync::Mutex;

use super::target::Target;
use crate::config::ControllerAddress;

/// Connections by what they were opened with.
pub(super) struct Connections {
    connector: Arc<dyn Connector>,
    admins: Mutex<BTreeMap<String, Arc<dyn Admin>>>,
    controllers: Mutex<BTreeMap<(String, i32), Arc<dyn ControllerAdmin>>>,
}

impl Connections {
    pub(super) fn new(connector: Arc<dyn Connector>) -> Self {
        Self {
            connector,
            admins: Mutex::default(),
            controllers: Mutex::default(),
        }
    }

    /// A connection to the cluster's brokers.
    pub(super) async fn admin(&self, target: &Target) -> Result<Arc<dyn Admin>, KafkaError> {
        let key = target.connection_key();
        if let Some(admin) = self.admins.lock().await.get(&key) {
            return Ok(Arc::clone(admin));
        }
        let connection = target
            .connection
            .as_ref()
            .map_err(|reason| KafkaError::Rejected {
                what: format!("the registration of {}", target.name),
                reason: reason.clone(),
            })?;
        let admin = self.connector.connect(connection).await?;
        self.admins.lock().await.insert(key, Arc::clone(&admin));
        Ok(admin)
    }

    /// A connection to one controller of the cluster.
    pub(super) async fn controller(
        &self,
        target: &Target,
        controller: &ControllerAddress,
    ) -> Result<Arc<dyn ControllerAdmin>, KafkaError> {
        let key = controller_key(target, controller);
        if let Some(admin) = self.controllers.lock().await.get(&key) {
            return Ok(Arc::clone(admin));
        }
        let connection =
            target
                .controller_connection(controller)
                .map_err(|reason| KafkaError::Rejected {
                    what: format!("the registration of {}", target.name),
                    reason,
                })?;
        let admin = self.connector.connect_controller(&connection).await?;
        self.controllers
            .lock()
            .await
            .insert(key, Arc::clone(&admin));
        Ok(admin)
    }

    /// Closes what was opened for clusters or addresses that are no longer there.
    pub(super) async fn keep(&self, targets: &[Target]) {
        let keys: BTreeSet<String> = targets.iter().map(Target::connection_key).collect();
        let mut admins = self.admins.lock().await;
        let gone: Vec<_> = admins
            .extract_if(.., |key, _| !keys.contains(key))
            .collect();
        drop(admins);
        for (_, admin) in gone {
            // It may be closed because it does not answer.
            tokio::spawn(async move { admin.close().await });
        }
        let all = targets.iter().flat_map(|target| {
            let controllers = target.controllers.iter();
            controllers.map(|controller| controller_key(target, controller))
        });
        let keys: BTreeSet<(String, i32)> = all.collect();
        let mut controllers = self.controllers.lock().await;
        let gone: Vec<_> = controllers
            .extract_if(.., |key, _| !keys.contains(key))
            .collect();
        drop(controllers);
        for (_, admin) in gone {
            tokio::spawn(async move { admin.close().await });
        }
    }

    /// Closes what was opened for the cluster; the next round logs in anew.
    pub(super) async fn forget(&self, target: &Target) {
        let admin = self.admins.lock().await.remove(&target.connection_key());
        if let Some(admin) = admin {
            admin.close().await;
        }
    }

    /// Closes what was opened for one controller.
    pub(super) async fn forget_controller(&self, target: &Target, controller: &ControllerAddress) {
        let key = controller_key(target, controller);
        let admin = self.controllers.lock().await.remove(&key);
        if let Some(admin) = admin {
            admin.close().await;
        }
    }
}

fn controller_key(target: &Target, controller: &ControllerAddress) -> (String, i32) {
    let address = format!("{} {}", target.id, controller.address);
    (address, controller.node_id)
}
