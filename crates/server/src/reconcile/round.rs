//! One round of one cluster: observe, plan, apply, note the result.

use std::sync::Arc;

use openmds_kafka::{Admin, ClusterDescription, ConfigValue, KafkaError};
use openmds_policy::audit::{Document, ROUTER_CONFIG_KEY};
use openmds_policy::names::ClusterId;
use openmds_policy::plan::{ObservedConfig, PushStep, Tenure, plan_push};

use super::connections::Connections;
use super::dispatch::{Dispatch, Fleet};
use super::nodes;
use super::status::{ClusterState, NodePhase, Phase};
use super::target::Target;
use crate::store::{NodesRecord, Record, State, Store, StoreError};
use crate::time::Clock;

/// What a round works with.
pub(super) struct Room {
    pub(super) store: Arc<Store>,
    pub(super) dispatch: Arc<Dispatch>,
    pub(super) connections: Connections,
    pub(super) clock: Arc<dyn Clock>,
}

impl Room {
    /// Changes what is known of a cluster, and tells those who wait.
    pub(super) fn note(&self, id: &ClusterId, change: impl FnOnce(&mut ClusterState)) {
        self.dispatch.fleet.send_modify(|fleet: &mut Fleet| {
            if let Some(cluster) = fleet.get_mut(id) {
                change(cluster);
            }
        });
    }

    /// Brings the cluster to what is desired of it. Answers whether nothing is left to do.
    pub(super) async fn run(self: &Arc<Self>, target: &Target) -> bool {
        let phase = match self.attempt(target).await {
            Ok(phase) => phase,
            Err(error) => {
                self.connections.forget(target).await;
                self.nobody_answers(target, &error);
                phase_of(&error)
            }
        };
        let settled = matches!(phase, Phase::Applied | Phase::Default | Phase::Foreign);
        let tried = target.desired.as_ref().map(|desired| desired.generation);
        self.note(&target.id, |cluster| {
            if let Phase::Failed(error) | Phase::Unreachable(error) = &phase
                && cluster.phase != phase
            {
                tracing::warn!(cluster = %target.name, cluster_id = %target.id, %error, "the audit log configuration does not get through");
            }
            cluster.phase = phase;
            cluster.tried = tried;
        });
        settled
    }

    async fn attempt(self: &Arc<Self>, target: &Target) -> Result<Phase, KafkaError> {
        let admin = self.connections.admin(target).await?;
        let (description, observed) = tokio::join!(
            admin.describe_cluster(),
            admin.broker_default_config(ROUTER_CONFIG_KEY)
        );
        let description = description?;
        if description.cluster_id != target.id.as_str() {
            return Err(KafkaError::Rejected {
                what: format!("the registration of {}", target.name),
                reason: format!(
                    "the cluster at that address has the id {}, not {}; nothing was written there. Correct the registration",
                    description.cluster_id, target.id
                ),
            });
        }
        let observed = observed?;
        let state = self.store.read();
        let tenure = tenure(&state, target, &observed);
        let value = target
            .desired
            .as_ref()
            .map(|desired| desired.value.as_str());
        match plan_push(value, as_observed(&observed), tenure) {
            PushStep::NothingDesired if is_foreign(&state, &observed) => return Ok(Phase::Foreign),
            PushStep::NothingDesired => return Ok(Phase::Default),
            PushStep::Foreign => return Ok(Phase::Foreign),
            PushStep::Unchanged => {}
            PushStep::Set => {
                self.push(&*admin, target).await?;
                self.note(&target.id, ClusterState::outdate_nodes);
            }
        }
        let Some(desired) = &target.desired else {
            return Ok(Phase::Default);
        };
        self.note(&target.id, |cluster| {
            cluster.accepted = cluster.accepted.max(Some(desired.generation));
            cluster.size = Some(desired.value.len());
            cluster.projected = desired.projected;
            cluster.phase = Phase::Pending;
        });
        self.remember(target, &description).await;
        let everywhere = nodes::read_back(self, &admin, target, &description, &desired.value).await;
        Ok(if everywhere {
            Phase::Applied
        } else {
            Phase::Pending
        })
    }

    async fn push(&self, admin: &dyn Admin, target: &Target) -> Result<(), KafkaError> {
        let Some(desired) = &target.desired else {
            return Ok(());
        };
        let pushed = admin
            .alter_broker_default(ROUTER_CONFIG_KEY, Some(&desired.value))
            .await;
        let outcome = if pushed.is_ok() {
            "accepted"
        } else {
            "refused"
        };
        self.dispatch.metrics.push(outcome);
        pushed?;
        tracing::info!(cluster = %target.name, cluster_id = %target.id, generation = desired.generation.0, bytes = desired.value.len(), "pushed the audit log configuration");
        Ok(())
    }

    /// Keeps what only this round knows: that the cluster is ours now, and which nodes it has.
    async fn remember(&self, target: &Target, description: &ClusterDescription) {
        let decide = |state: &State| -> Result<Vec<Record>, StoreError> {
            let mut records = Vec::new();
            if !state.kafka_clusters().any(|(_, id, _)| id == target.id)
                && state.kafka_clusters().next().is_some()
            {
                return Ok(records); // deregistered meanwhile
            }
            if !state.is_ours(&target.id) {
                records.push(Record::Tenure {
                    cluster: target.id.clone(),
                    ours: true,
                });
            }
            let known = state.nodes(&target.id);
            let mut nodes = known.clone();
            nodes.extend(description.brokers.iter().map(|broker| (broker.id, true)));
            for id in &description.controllers {
                nodes.entry(*id).or_insert(false);
            }
            if nodes != known {
                records.push(Record::Nodes(NodesRecord {
                    cluster: target.id.clone(),
                    nodes,
                }));
            }
            Ok(records)
        };
        if let Err(error) = self.store.update("server", self.clock.now(), decide).await {
            tracing::error!(cluster = %target.name, %error, "cannot remember the cluster's nodes");
        }
    }

    /// No node of an unreachable cluster is known to have anything.
    fn nobody_answers(&self, target: &Target, error: &KafkaError) {
        let nodes = nodes::expected(target, None);
        let reason = error.to_string();
        self.note(&target.id, |cluster| {
            for key in nodes {
                let node = cluster.nodes.entry(key).or_insert_with(nodes::never_asked);
                node.phase = NodePhase::Unknown(reason.clone());
            }
        });
    }
}

fn phase_of(error: &KafkaError) -> Phase {
    match error {
        KafkaError::Unreachable { .. } | KafkaError::Timeout { .. } => {
            Phase::Unreachable(error.to_string())
        }
        _ => Phase::Failed(error.to_string()),
    }
}

const fn as_observed(value: &ConfigValue) -> ObservedConfig<'_> {
    match value {
        ConfigValue::Absent => ObservedConfig::Absent,
        ConfigValue::Hidden => ObservedConfig::Hidden,
        ConfigValue::Value(text) => ObservedConfig::Value(text.as_str()),
    }
}

fn is_foreign(state: &State, observed: &ConfigValue) -> bool {
    *observed != ConfigValue::Absent && !was_issued(state, observed)
}

/// Whether the value bears a version that this service once gave out.
fn was_issued(state: &State, observed: &ConfigValue) -> bool {
    let ConfigValue::Value(text) = observed else {
        return false;
    };
    Document::parse_property(text).ok().is_some_and(|document| {
        document
            .resource_version()
            .is_some_and(|version| state.has_issued(version))
    })
}

fn tenure(state: &State, target: &Target, observed: &ConfigValue) -> Tenure {
    if was_issued(state, observed) {
        Tenure::Ours
    } else {
        target.tenure
    }
}
