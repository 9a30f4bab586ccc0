//! The cluster registry as its readers see it.

use openmds_api::{ClusterInfo, HostInfo};
use openmds_policy::names::ClusterName;
use openmds_policy::rbac::ScopeKey;

use super::registered::registered;
use super::scopes::{is_of_kind, scope_body};
use super::{App, AppError, Caller};
use crate::store::{RegisteredCluster, State};

impl App {
    /// The registry, by name; hosts and protocol only where the caller may see them.
    #[must_use]
    pub fn list_clusters(&self, caller: &Caller, kind: Option<ScopeKey>) -> Vec<ClusterInfo> {
        let state = self.store.read();
        let clusters = state
            .clusters()
            .iter()
            .filter(|(_, cluster)| is_of_kind(&cluster.scope, kind));
        clusters
            .map(|(name, cluster)| self.shown(&state, caller, name, cluster))
            .collect()
    }

    /// One entry.
    pub fn named_cluster(&self, caller: &Caller, name: &str) -> Result<ClusterInfo, AppError> {
        let state = self.store.read();
        let (name, cluster) = registered(&state, caller, name)?;
        Ok(self.shown(&state, caller, name, cluster))
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
        ClusterInfo {
            cluster_name: name.to_string(),
            scope: scope_body(&cluster.scope),
            hosts: visible.then(hosts),
            protocol: visible.then(|| cluster.protocol.clone()),
        }
    }
}
