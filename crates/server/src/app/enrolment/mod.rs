//! Letting nodes of registered Kafka clusters in: tokens, certificates, and their end.

mod admit;
mod events;
mod issue;
mod join;
mod renew;
mod tokens;
mod withdraw;

pub(super) use events::{enrolled_node, join_token};

use openmds_policy::names::{ClusterId, ClusterName};
use openmds_policy::text::quotation;

use super::{App, AppError, Caller};
use crate::store::State;

impl App {
    /// The Kafka cluster of that name, for whoever may register it.
    fn cluster_to_enrol(
        &self,
        state: &State,
        caller: &Caller,
        name: &str,
    ) -> Result<(ClusterName, ClusterId), AppError> {
        let found = ClusterName::parse(name)
            .ok()
            .and_then(|name| state.clusters().get_key_value(&name));
        let Some((name, cluster)) = found else {
            return Err(AppError::not_found(format!(
                "no cluster named `{}` is registered; see `openmds cluster list`",
                quotation(name)
            )));
        };
        self.permit_altering_entry(state, caller, name, &cluster.scope)?;
        let id = cluster.scope.only_kafka_cluster().ok_or_else(|| {
            AppError::invalid(format!(
                "{name} is no Kafka cluster: it has no nodes that could join"
            ))
        })?;
        Ok((name.clone(), id))
    }
}
