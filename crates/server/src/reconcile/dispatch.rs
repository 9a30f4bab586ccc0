//! The door of the dispatch room: ring, wait, look.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use openmds_api::ClusterStatus;
use openmds_policy::names::ClusterId;
use tokio::sync::{Notify, watch};

use super::document_kind::DocumentKind;
use super::status::{ClusterState, Phase};
use crate::metrics::Metrics;
use crate::store::Generation;

/// The state of all clusters, by id.
pub(super) type Fleet = BTreeMap<ClusterId, ClusterState>;

/// What a cluster said to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    /// It took it.
    Accepted,
    /// It, or the way to it, refused.
    Refused(String),
    /// It has not answered.
    Silent,
}

/// What the rest of the server sees of the dispatch room.
pub struct Dispatch {
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
    pub(super) bell: Notify,
    pub(super) fleet: watch::Sender<Fleet>,
    home_error: Mutex<Option<String>>,
}

impl Default for Dispatch {
    fn default() -> Self {
        Self {
            metrics: Arc::default(),
            bell: Notify::new(),
            fleet: watch::Sender::new(Fleet::new()),
            home_error: Mutex::new(None),
        }
    }
}

impl Dispatch {
    /// Asks for a round of every cluster.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Every cluster as last seen, by name; what was seen before the newest document of the kind does
    /// not count as applied.
    #[must_use]
    pub fn clusters(
        &self,
        kind: DocumentKind,
        now: Timestamp,
        newest: Option<Generation>,
    ) -> Vec<ClusterStatus> {
        let fleet = self.fleet.borrow();
        let mut clusters: Vec<ClusterStatus> = fleet
            .iter()
            .map(|(id, cluster)| cluster.shown(kind, id.as_str(), now, newest))
            .collect();
        clusters.sort_by(|one, other| one.cluster_name.cmp(&other.cluster_name));
        clusters
    }

    /// The clusters that did not answer when last asked.
    #[must_use]
    pub fn known_unreachable(&self) -> Vec<ClusterId> {
        let fleet = self.fleet.borrow();
        let away = |(_, cluster): &(&ClusterId, &ClusterState)| {
            let document = cluster.document(DocumentKind::Config);
            matches!(document.phase, Phase::Unreachable(_))
        };
        fleet
            .iter()
            .filter(away)
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// Waits until each of the clusters has taken or refused the document, but not longer than
    /// the limit. Answers by the cluster's name.
    pub async fn accepted(
        &self,
        kind: DocumentKind,
        generation: Generation,
        clusters: &[ClusterId],
        limit: Duration,
    ) -> Vec<(String, Acceptance)> {
        let mut fleet = self.fleet.subscribe();
        let all_settled = |fleet: &Fleet| {
            clusters
                .iter()
                .all(|id| settled(kind, fleet.get(id), generation) != Acceptance::Silent)
        };
        let wait = tokio::time::timeout(limit, fleet.wait_for(all_settled));
        // In time or too late, the answer is below. What the wait gives is dropped at once: it holds
        // the fleet's read lock, and a second reader behind a waiting writer would wait for ever.
        let _in_time = wait.await.map(drop);
        let fleet = self.fleet.borrow();
        let answer = |id: &ClusterId| {
            let cluster = fleet.get(id);
            let name = cluster.map_or_else(|| id.to_string(), |cluster| cluster.name.clone());
            (name, settled(kind, cluster, generation))
        };
        clusters.iter().map(answer).collect()
    }

    /// Why the home cluster's id is not known.
    #[must_use]
    pub fn home_error(&self) -> Option<String> {
        self.home_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn note_home_error(&self, error: Option<String>) {
        *self
            .home_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = error;
    }
}

fn settled(
    kind: DocumentKind,
    cluster: Option<&ClusterState>,
    generation: Generation,
) -> Acceptance {
    let Some(cluster) = cluster.map(|cluster| cluster.document(kind)) else {
        return Acceptance::Silent;
    };
    if cluster
        .accepted
        .is_some_and(|accepted| accepted >= generation)
    {
        return Acceptance::Accepted;
    }
    if cluster.tried.is_none_or(|tried| tried < generation) {
        return Acceptance::Silent;
    }
    match &cluster.phase {
        Phase::Failed(error) | Phase::Unreachable(error) => Acceptance::Refused(error.clone()),
        _ => Acceptance::Silent,
    }
}
