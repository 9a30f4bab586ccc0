//! Who may see and change the audit-log configuration: an audit administrator of the home cluster
//! and of every registered Kafka cluster (`audit-logs.md` 8).

use openmds_policy::names::{ClusterId, PatternType, ResourcePattern};
use openmds_policy::rbac::{AUDIT_LOG, KAFKA_CLUSTER, Scope};

use super::denial::{Missing, denied};
use super::{App, AppError, Caller};
use crate::store::State;

fn audit_log() -> ResourcePattern {
    ResourcePattern {
        resource_type: AUDIT_LOG.to_string(),
        name: KAFKA_CLUSTER.to_string(),
        pattern_type: PatternType::Literal,
    }
}

impl App {
    /// Whether the caller may see the configuration, quietly.
    pub(super) fn may_see_audit(&self, state: &State, caller: &Caller) -> bool {
        let resource = audit_log();
        let clusters = state.kafka_clusters().map(|(_, id, _)| id);
        let mut clusters = clusters.chain(self.home(state));
        self.is_super_user(caller)
            || self.home(state).is_ok()
                && clusters.all(|id| {
                    self.may(
                        state,
                        caller,
                        &Scope::kafka(&id),
                        "DescribeConfigs",
                        &resource,
                    )
                })
    }

    /// Checks the caller on all clusters at once; the refusal lists the commands that fix it
    /// (`audit-logs.md` 7.6, `rulings.md` 10).
    pub(super) fn permit_audit(
        &self,
        state: &State,
        caller: &Caller,
        operation: &str,
    ) -> Result<(), AppError> {
        let resource = audit_log();
        let home = self.home(state);
        if self.is_super_user(caller) {
            // Nothing is asked of the clusters, but the decision is recorded.
            if let Ok(home) = home {
                self.permitted(state, caller, &Scope::kafka(&home), operation, &resource);
            }
            return Ok(());
        }
        let mut clusters: Vec<ClusterId> = vec![home?];
        for (_, id, _) in state.kafka_clusters() {
            if !clusters.contains(&id) {
                clusters.push(id);
            }
        }
        clusters
            .retain(|id| !self.permitted(state, caller, &Scope::kafka(id), operation, &resource));
        if clusters.is_empty() {
            return Ok(());
        }
        let scopes: Vec<Scope> = clusters.iter().map(Scope::kafka).collect();
        let missing: Vec<Missing<'_>> = scopes
            .iter()
            .map(|scope| Missing::role("AuditAdmin", scope))
            .collect();
        Err(denied(caller, operation, "one or more clusters", &missing))
    }
}
