//! Who may change the cluster registry, and how it changes.

use std::collections::BTreeMap;

use openmds_api::ClusterInfo;
use openmds_policy::names::{ClusterName, PatternType, ResourcePattern};
use openmds_policy::rbac::{CLUSTER_REGISTRY, Scope};

use super::denial::{Missing, denied};
use super::registry_entries::parsed;
use super::{App, AppError, Caller};
use crate::store::{Record, State};

fn entry() -> ResourcePattern {
    ResourcePattern {
        resource_type: CLUSTER_REGISTRY.to_string(),
        name: CLUSTER_REGISTRY.to_string(),
        pattern_type: PatternType::Literal,
    }
}

impl App {
    /// Administrators of the cluster itself, and administrators of everything on the home
    /// cluster, who bring new clusters in (`rbac-registry-tokens.md` 2.4).
    pub(super) fn may_touch_entry(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
    ) -> bool {
        let home = self.home(state).ok().map(|id| Scope::kafka(&id));
        self.may(state, caller, scope, operation, &entry())
            || home.is_some_and(|home| {
                self.may(state, caller, &home, "AlterAccess", &entry())
                    && self.may(state, caller, &home, operation, &entry())
            })
    }

    /// Records the decision where it was made: at the cluster itself, or at the home cluster.
    pub(super) fn record_touching_entry(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        allowed: bool,
    ) {
        let by_home = allowed && !self.may(state, caller, scope, "Alter", &entry());
        let home = self.home(state).ok().map(|id| Scope::kafka(&id));
        let at = home.filter(|_| by_home).unwrap_or_else(|| scope.clone());
        self.permitted(state, caller, &at, "Alter", &entry());
    }

    pub(super) fn permit_altering_entry(
        &self,
        state: &State,
        caller: &Caller,
        name: &ClusterName,
        scope: &Scope,
    ) -> Result<(), AppError> {
        let allowed = self.may_touch_entry(state, caller, scope, "Alter");
        self.record_touching_entry(state, caller, scope, allowed);
        if allowed {
            return Ok(());
        }
        let what = format!("the registry entry {name} ({scope})");
        let missing = [Missing::role("ClusterAdmin", scope)];
        Err(denied(caller, "Alter", &what, &missing))
    }

    /// Registers clusters or overwrites their hosts and protocol: all or none. Answers what the
    /// caller should know.
    pub async fn register_clusters(
        &self,
        caller: &Caller,
        requested: &[ClusterInfo],
    ) -> Result<Vec<String>, AppError> {
        let clusters = parsed(requested)?;
        let mut warnings = Vec::new();
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let mut known: BTreeMap<&ClusterName, &Scope> = state
                .clusters()
                .iter()
                .map(|(name, cluster)| (name, &cluster.scope))
                .collect();
            let mut records = Vec::new();
            for (name, cluster) in &clusters {
                self.permit_altering_entry(state, caller, name, &cluster.scope)?;
                conflict(&known, name, &cluster.scope)?;
                known.insert(name, &cluster.scope);
                if state.clusters().get(name) != Some(cluster) {
                    records.push(Record::Cluster {
                        name: name.clone(),
                        cluster: Some(cluster.clone()),
                    });
                }
            }
            let known = known
                .into_iter()
                .map(|(name, scope)| (name.clone(), scope.clone()))
                .collect();
            warnings.extend(self.home_missing(state, &known));
            warnings.extend(
                clusters
                    .iter()
                    .filter_map(|(name, cluster)| self.plaintext_warning(name, cluster)),
            );
            Ok(records)
        };
        self.record(caller, decide).await?;
        self.dispatch.ring();
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        Ok(warnings)
    }

    /// Takes a cluster out of the registry. Its broker configuration stays as it is.
    pub async fn unregister_cluster(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let name =
                ClusterName::parse(name).map_err(|error| AppError::invalid(error.to_string()))?;
            let Some(cluster) = state.clusters().get(&name) else {
                return Ok(vec![]);
            };
            self.permit_altering_entry(state, caller, &name, &cluster.scope)?;
            Ok(vec![Record::Cluster {
                name,
                cluster: None,
            }])
        };
        self.record(caller, decide).await?;
        self.dispatch.ring();
        Ok(())
    }
}

fn conflict(
    known: &BTreeMap<&ClusterName, &Scope>,
    name: &ClusterName,
    scope: &Scope,
) -> Result<(), AppError> {
    if let Some(registered) = known.get(name).filter(|registered| **registered != scope) {
        return Err(AppError::conflict(format!(
            "{name} is already the name of {registered}. To use it for {scope}, unregister it first"
        )));
    }
    let other = known
        .iter()
        .find(|(other, registered)| **other != name && **registered == scope);
    other.map_or(Ok(()), |(other, _)| {
        Err(AppError::conflict(format!(
            "{scope} is already registered as {other}. To rename it, unregister {other} first"
        )))
    })
}
