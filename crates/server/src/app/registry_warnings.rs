//! What an operator should know about the cluster registry.

use std::collections::BTreeMap;

use openmds_policy::names::{ClusterName, is_loopback};
use openmds_policy::rbac::Scope;

use super::App;
use crate::store::{RegisteredCluster, State};

impl App {
    /// What an operator should know about the registry (`rulings.md` 12).
    pub(super) fn registry_warnings(&self, state: &State) -> Vec<String> {
        let known = state
            .clusters()
            .iter()
            .map(|(name, cluster)| (name.clone(), cluster.scope.clone()))
            .collect();
        let mut warnings: Vec<String> = self.home_missing(state, &known).into_iter().collect();
        warnings.extend(self.home_is_another(state));
        warnings
    }

    /// The cluster behind `confluent.metadata.bootstrap.servers` is not the one it should be.
    fn home_is_another(&self, state: &State) -> Option<String> {
        let told = self.settings.home.cluster_id.as_ref()?;
        let found = state.home().filter(|found| *found != told)?;
        Some(format!(
            "the cluster at confluent.metadata.bootstrap.servers has the id {found}, but openmds.cluster.id says {told}; correct one of them"
        ))
    }

    pub(super) fn home_missing(
        &self,
        state: &State,
        known: &BTreeMap<ClusterName, Scope>,
    ) -> Option<String> {
        let home = self.home(state).ok()?;
        let mut kafka = known
            .values()
            .filter_map(Scope::only_kafka_cluster)
            .peekable();
        kafka.peek()?;
        (!kafka.any(|id| id == home)).then(|| {
            format!("the home cluster {home} is not registered: as long as it is not, it gets no audit log configuration; register it too")
        })
    }

    /// A token listener to which no token is sent (`rulings.md` 15).
    pub(super) fn plaintext_warning(
        &self,
        name: &ClusterName,
        cluster: &RegisteredCluster,
    ) -> Option<String> {
        let exposed = cluster.protocol == "SASL_PLAINTEXT"
            && !cluster.hosts.iter().all(|(host, _)| is_loopback(host));
        (exposed && !self.settings.propagation.plaintext_allowed).then(|| {
            format!("{name} is registered with SASL_PLAINTEXT at an address that is not loopback: nothing is pushed there unless openmds.push.plaintext.allowed=true")
        })
    }
}
