//! The cluster registry as its readers see it.

use openmds_api::{ClusterInfo, HostInfo, ScopeBody};
use openmds_policy::names::ClusterName;
use openmds_policy::rbac::{Scope, ScopeKey};

use super::{App, AppError, Caller};
use crate::store::{RegisteredCluster, State};

impl App {
    /// The registry, by name; hosts and protocol only where the caller may see them.
    #[must_use]
    pub fn list_clusters(&self, caller: &Caller, kind: Option<ScopeKey>) -> Vec<ClusterInfo> {
        let state = self.store.read();
        let wanted = |scope: &Scope| match kind {
            None => true,
            Some(ScopeKey::KafkaCluster) => scope.only_kafka_cluster().is_some(),
            Some(key) => scope.clusters().contains_key(&key),
        };
        let clusters = state
            .clusters()
            .iter()
            .filter(|(_, cluster)| wanted(&cluster.scope));
        clusters
            .map(|(name, cluster)| self.shown(&state, caller, name, cluster))
            .collect()
    }

    /// One entry.
    pub fn named_cluster(&self, caller: &Caller, name: &str) -> Result<ClusterInfo, AppError> {
        let state = self.store.read();
        let found = ClusterName::parse(name).ok().and_then(|name| {
            let cluster = state.clusters().get(&name)?;
            Some(self.shown(&state, caller, &name, cluster))
        });
        found.ok_or_else(|| {
            AppError::not_found(format!(
                "no cluster named `{name}` is registered; see `openmds cluster list`"
            ))
        })
    }

    fn shown(
        &self,
        state: &State,
        caller: &Caller,
        name: &ClusterName,
        cluster: &RegisteredCluster,
    ) -> ClusterInfo {
        let visible = self.may_touch_entry(state, caller, &cluster.scope, "Describe");
        let hosts = || {
            cluster
                .hosts
                .iter()
                .map(|(host, port)| HostInfo {
                    host: host.clone(),
                    port: *port,
                })
                .collect()
        };
        let ids = cluster.scope.clusters().iter();
        ClusterInfo {
            cluster_name: name.to_string(),
            scope: ScopeBody {
                clusters: ids
                    .map(|(key, id)| (key.as_str().to_string(), id.clone()))
                    .collect(),
            },
            hosts: visible.then(hosts),
            protocol: visible.then(|| cluster.protocol.clone()),
        }
    }
}
