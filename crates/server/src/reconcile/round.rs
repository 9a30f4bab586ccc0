//! One round of one cluster: observe, then bring each document there.

use std::sync::Arc;

use openmds_kafka::{Admin, ClusterDescription, ConfigValue, KafkaError};
use openmds_policy::names::ClusterId;

use super::connections::Connections;
use super::dispatch::{Dispatch, Fleet};
use super::document_kind::DocumentKind;
use super::nodes;
use super::status::{ClusterState, DocumentState, NodePhase, Phase};
use super::target::Target;
use crate::enrolment::DocumentSigner;
use crate::store::Store;
use crate::time::Clock;

/// What a round works with.
pub(super) struct Room {
    pub(super) store: Arc<Store>,
    pub(super) dispatch: Arc<Dispatch>,
    pub(super) connections: Connections,
    pub(super) clock: Arc<dyn Clock>,
    /// Where documents are signed.
    pub(super) signer: Option<DocumentSigner>,
}

/// A cluster as it was found, with the value of each document or why it is not known.
pub(super) struct Found {
    pub(super) admin: Arc<dyn Admin>,
    description: ClusterDescription,
    pub(super) config: Result<ConfigValue, KafkaError>,
    pub(super) companion: Result<ConfigValue, KafkaError>,
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

    /// The same, of one of its documents.
    pub(super) fn note_document(
        &self,
        id: &ClusterId,
        kind: DocumentKind,
        change: impl FnOnce(&mut DocumentState),
    ) {
        self.note(id, |cluster| change(cluster.document_mut(kind)));
    }

    /// Brings the cluster to what is desired of it. Answers whether nothing is left to do.
    pub(super) async fn run(self: &Arc<Self>, target: &Target) -> bool {
        let mut signed = true;
        let (config, companion) = match self.find(target).await {
            Ok(found) => {
                let bring =
                    |kind, value| self.bring(kind, &found.admin, target, &found.description, value);
                signed = self.vouch(&found, target).await;
                tokio::join!(
                    bring(DocumentKind::Config, found.config.clone()),
                    bring(DocumentKind::Companion, found.companion.clone())
                )
            }
            Err(error) => (Err(error.clone()), self.companion_without(target, error)),
        };
        let config = self.ended(target, DocumentKind::Config, config).await;
        let companion = self.ended(target, DocumentKind::Companion, companion).await;
        config && companion && signed
    }

    /// A companion that nobody wrote lacks nothing where nobody answers.
    fn companion_without(&self, target: &Target, error: KafkaError) -> Result<Phase, KafkaError> {
        match &target.companion.desired {
            Some(_) => Err(error),
            None => Ok(Phase::Default),
        }
    }

    /// Notes how it ended; answers whether nothing is left to do.
    async fn ended(
        &self,
        target: &Target,
        kind: DocumentKind,
        outcome: Result<Phase, KafkaError>,
    ) -> bool {
        let phase = match outcome {
            Ok(phase) => phase,
            Err(error) => {
                self.connections.forget(target).await;
                self.nobody_answers(target, kind, &error);
                phase_of(&error)
            }
        };
        let settled = matches!(phase, Phase::Applied | Phase::Default | Phase::Foreign);
        let desired = target.wanted(kind).desired.as_ref();
        let tried = desired.map(|desired| desired.generation);
        self.note_document(&target.id, kind, |document| {
            if let Phase::Failed(error) | Phase::Unreachable(error) = &phase
                && document.phase != phase
            {
                tracing::warn!(cluster = %target.name, cluster_id = %target.id, %error, "the {} does not get through", kind.words());
            }
            document.phase = phase;
            document.tried = tried;
        });
        settled
    }

    async fn find(&self, target: &Target) -> Result<Found, KafkaError> {
        let admin = self.connections.admin(target).await?;
        let companion = async {
            match &target.companion.desired {
                Some(_) => {
                    let key = DocumentKind::Companion.key();
                    admin.broker_default_config(key).await
                }
                // Nothing would be done about what is there.
                None => Ok(ConfigValue::Absent),
            }
        };
        let (description, config, companion) = tokio::join!(
            admin.describe_cluster(),
            admin.broker_default_config(DocumentKind::Config.key()),
            companion
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
        Ok(Found {
            admin,
            description,
            config,
            companion,
        })
    }

    /// No node of an unreachable cluster is known to have anything.
    fn nobody_answers(&self, target: &Target, kind: DocumentKind, error: &KafkaError) {
        let nodes = nodes::expected(target, None);
        let reason = error.to_string();
        self.note_document(&target.id, kind, |document| {
            for key in nodes {
                let node = document.nodes.entry(key).or_insert_with(nodes::never_asked);
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
