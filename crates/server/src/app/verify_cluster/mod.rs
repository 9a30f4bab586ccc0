//! Checks that a registered cluster is what the registry says, step by step, in words that an
//! operator can act on. Changes nothing, neither here nor there.

mod brokers;
mod component;
mod listener;
mod plugin;
mod target;

use openmds_api::{ClusterVerification, VerificationCheck};
use openmds_kafka::Connector;

use super::registered::registered;
use super::{App, AppError, Caller};
use target::KafkaTarget;

/// The outcome of one check.
pub(super) struct Finding {
    check: &'static str,
    ok: bool,
    detail: String,
    fix: Option<String>,
}

impl Finding {
    pub(super) fn good(check: &'static str, detail: impl Into<String>) -> Self {
        Self {
            check,
            ok: true,
            detail: detail.into(),
            fix: None,
        }
    }

    pub(super) fn bad(
        check: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            check,
            ok: false,
            detail: detail.into(),
            fix: Some(fix.into()),
        }
    }
}

impl App {
    /// Checks a registered cluster; the right is that of registering it.
    pub async fn verify_cluster(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<ClusterVerification, AppError> {
        let state = self.store.read();
        let (name, cluster) = registered(&state, caller, name)?;
        self.permit_altering_entry(&state, caller, name, &cluster.scope)?;
        let findings = match cluster.scope.only_kafka_cluster() {
            None => component::findings(&self.settings, cluster).await,
            Some(id) => match self.kafka_target(&state, name, id, cluster) {
                Ok(target) => kafka(&*self.destination.connector(), &target).await,
                Err(reason) => vec![Finding::bad(
                    "connect",
                    reason,
                    "correct the registration or this server's configuration as it says",
                )],
            },
        };
        Ok(ClusterVerification {
            cluster_name: name.to_string(),
            ok: findings.iter().all(|finding| finding.ok),
            checks: findings.into_iter().map(shown).collect(),
        })
    }
}

async fn kafka(connector: &dyn Connector, target: &KafkaTarget<'_>) -> Vec<Finding> {
    let probes = connector.probe(&target.connection).await;
    let mut findings = listener::findings(&probes, target);
    if probes.iter().any(|probe| probe.failure.is_none()) {
        findings.extend(brokers::findings(connector, target).await);
    }
    findings
}

fn shown(finding: Finding) -> VerificationCheck {
    VerificationCheck {
        check: finding.check.to_string(),
        ok: finding.ok,
        detail: finding.detail,
        fix: finding.fix,
    }
}
