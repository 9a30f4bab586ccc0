//! The ACLs that a registered Kafka cluster keeps itself.

use openmds_api::ClusterAcls;
use openmds_kafka::{Admin, KafkaError, ListedAcls};
use openmds_policy::names::ClusterId;

use super::registered::{kafka_id, registered};
use super::{App, AppError, Caller};
use crate::reconcile::target_connection;

impl App {
    /// Asks the cluster, as the server's own principal; the right is that of registering it. That it
    /// is the cluster that is registered is seen first.
    pub async fn cluster_acls(&self, caller: &Caller, name: &str) -> Result<ClusterAcls, AppError> {
        let state = self.store.read();
        let (name, cluster) = registered(&state, caller, name)?;
        self.permit_altering_entry(&state, caller, name, &cluster.scope)?;
        let id = kafka_id((name, cluster), "it keeps no ACLs")?;
        let verify = |error: &dyn std::fmt::Display| {
            AppError::unavailable(format!(
                "the ACLs of {name} cannot be read: {error}. See `{} cluster verify {name}`",
                caller.program
            ))
        };
        let connection = target_connection(&self.settings, &self.issuer, &id, cluster);
        let connection = connection.map_err(|reason| verify(&reason))?;
        let admin = self.destination.connector().connect(&connection).await;
        let admin = admin.map_err(|error| verify(&error))?;
        let listed = listed(&*admin, &id).await;
        admin.close().await;
        let listed = listed.map_err(|error| verify(&error))?;
        Ok(ClusterAcls {
            cluster_name: name.to_string(),
            cluster_id: id.to_string(),
            acls: listed.acls.iter().map(Into::into).collect(),
            unknown: listed.unknown,
        })
    }
}

async fn listed(admin: &dyn Admin, id: &ClusterId) -> Result<ListedAcls, KafkaError> {
    let described = admin.describe_cluster().await?;
    if described.cluster_id != id.as_str() {
        return Err(KafkaError::Rejected {
            what: format!("the cluster {id}"),
            reason: format!("its hosts are those of cluster {}", described.cluster_id),
        });
    }
    admin.describe_acls().await
}
