//! Letting nodes of Kafka clusters in: tokens, certificates, and their end.

mod admit;
mod events;
mod issue;
mod join;
mod renew;
mod tokens;
mod withdraw;

pub(super) use events::{enrolled_node, join_token, node_caller};

use openmds_policy::names::ClusterId;
use openmds_policy::rbac::Scope;

use super::denial::{Missing, denied};
use super::registered::{kafka_id, registered};
use super::{App, AppError, Caller};
use crate::store::State;

/// Which Kafka cluster nodes belong to. Like a role binding, it needs no name in the registry.
#[derive(Debug, Clone, Copy)]
pub enum WhichCluster<'a> {
    /// By its name in the registry.
    Name(&'a str),
    /// By its id.
    Id(&'a str),
}

impl App {
    /// The Kafka cluster, and what to call it, for whoever may register it.
    fn cluster_to_enrol(
        &self,
        state: &State,
        caller: &Caller,
        which: WhichCluster<'_>,
    ) -> Result<(String, ClusterId), AppError> {
        let name = match which {
            WhichCluster::Name(name) => name,
            WhichCluster::Id(id) => return self.id_to_enrol(state, caller, id),
        };
        let (name, cluster) = registered(state, caller, name)?;
        self.permit_altering_entry(state, caller, name, &cluster.scope)?;
        let id = kafka_id((name, cluster), "it has no nodes that could join")?;
        Ok((name.to_string(), id))
    }

    fn id_to_enrol(
        &self,
        state: &State,
        caller: &Caller,
        id: &str,
    ) -> Result<(String, ClusterId), AppError> {
        if id.is_empty() {
            return Err(AppError::invalid("the id of the Kafka cluster is empty"));
        }
        let cluster = ClusterId::new(id);
        let scope = Scope::kafka(&cluster);
        let allowed = self.may_touch_entry(state, caller, &scope, "Alter");
        self.record_touching_entry(state, caller, &scope, allowed);
        if !allowed {
            let what = format!("the nodes of {scope}");
            return Err(denied(
                caller,
                "Alter",
                &what,
                &[Missing::role("ClusterAdmin", &scope)],
            ));
        }
        let named = state
            .kafka_clusters()
            .find(|(_, known, _)| *known == cluster);
        let label = named.map_or_else(|| id.to_string(), |(name, _, _)| name.to_string());
        Ok((label, cluster))
    }
}
