//! Checks that a registered cluster is what the registry says, step by step, in words that an
//! operator can act on. Changes nothing, neither here nor there.

mod brokers;
mod component;
mod listener;

use openmds_api::{ClusterVerification, VerificationCheck};
use openmds_kafka::{Connection, Connector};
use openmds_policy::names::ClusterName;
use openmds_policy::text::quotation;

use super::{App, AppError, Caller};
use crate::reconcile::target_connection;

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
        let found = ClusterName::parse(name)
            .ok()
            .and_then(|name| state.clusters().get_key_value(&name));
        let Some((name, cluster)) = found else {
            return Err(AppError::not_found(format!(
                "no cluster named `{}` is registered; see `openmds cluster list`",
                quotation(name)
            )));
        };
        self.permit_altering_entry(&state, caller, name, &cluster.scope)?;
        let findings = match cluster.scope.only_kafka_cluster() {
            None => component::findings(&self.settings, cluster).await,
            Some(id) => match target_connection(&self.settings, &self.issuer, &id, cluster) {
                Ok(connection) => {
                    let connector = self.destination.connector();
                    let known: Vec<(String, String)> = state
                        .kafka_clusters()
                        .map(|(name, id, _)| (id.to_string(), name.to_string()))
                        .collect();
                    let expected = self.expected_tokens(&id);
                    kafka(&*connector, &connection, id.as_str(), &known, &expected).await
                }
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

    /// What a broker must be told to take this server's tokens.
    fn expected_tokens(&self, id: &openmds_policy::names::ClusterId) -> String {
        format!(
            "on the token listener set sasl.oauthbearer.expected.issuer={}, sasl.oauthbearer.expected.audience={id}, and \
             sasl.oauthbearer.jwks.endpoint.url to this server's keys (/security/1.0/jwks.json, or a copy as a file); compare \
             the clocks; `openmds cluster config` prints all of it",
            self.settings.token.issuer
        )
    }
}

async fn kafka(
    connector: &dyn Connector,
    connection: &Connection,
    id: &str,
    known: &[(String, String)],
    expected: &str,
) -> Vec<Finding> {
    let probes = connector.probe(connection).await;
    let mut findings = listener::findings(&probes, connection, expected);
    if probes.iter().any(|probe| probe.failure.is_none()) {
        findings.extend(brokers::findings(connector, connection, id, known).await);
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
