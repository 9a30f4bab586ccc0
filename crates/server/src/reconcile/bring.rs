//! Bringing one document to one cluster: plan, apply, look whether every node follows.

use std::sync::Arc;

use openmds_kafka::{Admin, ClusterDescription, ConfigValue, KafkaError};
use openmds_policy::plan::{ObservedConfig, PushStep, Tenure, plan_push};

use super::document_kind::DocumentKind;
use super::nodes;
use super::round::Room;
use super::status::{DocumentState, Phase};
use super::target::{Desired, Target};
use crate::store::{NodesRecord, Record, State, StoreError};

impl Room {
    /// Brings the document to the cluster, whose value was observed before.
    pub(super) async fn bring(
        self: &Arc<Self>,
        kind: DocumentKind,
        admin: &Arc<dyn Admin>,
        target: &Target,
        description: &ClusterDescription,
        observed: Result<ConfigValue, KafkaError>,
    ) -> Result<Phase, KafkaError> {
        let observed = observed?;
        let wanted = target.wanted(kind);
        match self.plan(kind, target, &observed) {
            PushStep::NothingDesired => return Ok(Phase::Default),
            PushStep::Foreign => return Ok(Phase::Foreign),
            PushStep::Unchanged => {}
            PushStep::Set => {
                if let Some(desired) = &wanted.desired {
                    self.push(kind, &**admin, target, desired).await?;
                    self.note_document(&target.id, kind, DocumentState::outdate_nodes);
                }
            }
        }
        let Some(desired) = &wanted.desired else {
            return Ok(Phase::Default);
        };
        self.note_document(&target.id, kind, |document| {
            document.accepted = document.accepted.max(Some(desired.generation));
            document.size = Some(desired.value.len());
            document.projected = desired.projected;
            document.phase = Phase::Pending;
        });
        self.remember(kind, target, description).await;
        let everywhere = nodes::read_back(self, kind, admin, target, description, &desired.value);
        Ok(if everywhere.await {
            Phase::Applied
        } else {
            Phase::Pending
        })
    }

    /// What is to be done about the value that was observed.
    pub(super) fn plan(
        &self,
        kind: DocumentKind,
        target: &Target,
        observed: &ConfigValue,
    ) -> PushStep {
        let state = self.store.read();
        let wanted = target.wanted(kind);
        let tenure = if was_issued(kind, &state, observed) {
            Tenure::Ours
        } else {
            wanted.tenure
        };
        let desired = wanted.desired.as_ref();
        let value = desired.map(|desired| desired.value.as_str());
        match plan_push(value, as_observed(observed), tenure) {
            PushStep::NothingDesired if is_foreign(kind, &state, observed) => PushStep::Foreign,
            step => step,
        }
    }

    async fn push(
        &self,
        kind: DocumentKind,
        admin: &dyn Admin,
        target: &Target,
        desired: &Desired,
    ) -> Result<(), KafkaError> {
        let pushed = admin
            .alter_broker_default(kind.key(), Some(&desired.value))
            .await;
        let outcome = if pushed.is_ok() {
            "accepted"
        } else {
            "refused"
        };
        self.dispatch.metrics.push(kind.label(), outcome);
        pushed?;
        tracing::info!(cluster = %target.name, cluster_id = %target.id, generation = desired.generation.0, bytes = desired.value.len(), "pushed the {}", kind.words());
        Ok(())
    }

    /// Keeps what only this round knows: that the cluster is ours now, and which nodes it has.
    async fn remember(
        &self,
        kind: DocumentKind,
        target: &Target,
        description: &ClusterDescription,
    ) {
        let decide = |state: &State| -> Result<Vec<Record>, StoreError> {
            let mut records = Vec::new();
            if !state.kafka_clusters().any(|(_, id, _)| id == target.id)
                && state.kafka_clusters().next().is_some()
            {
                return Ok(records); // deregistered meanwhile
            }
            if !kind.is_ours(state, &target.id) {
                records.push(kind.tenure(target.id.clone()));
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
}

const fn as_observed(value: &ConfigValue) -> ObservedConfig<'_> {
    match value {
        ConfigValue::Absent => ObservedConfig::Absent,
        ConfigValue::Hidden => ObservedConfig::Hidden,
        ConfigValue::Value(text) => ObservedConfig::Value(text.as_str()),
    }
}

fn is_foreign(kind: DocumentKind, state: &State, observed: &ConfigValue) -> bool {
    *observed != ConfigValue::Absent && !was_issued(kind, state, observed)
}

/// Whether the value bears a version that this service once gave out.
fn was_issued(kind: DocumentKind, state: &State, observed: &ConfigValue) -> bool {
    let ConfigValue::Value(text) = observed else {
        return false;
    };
    let version = kind.version(text);
    version.is_some_and(|version| state.has_issued(&version))
}
