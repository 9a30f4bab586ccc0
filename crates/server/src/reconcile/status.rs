//! What is known of each cluster and node.

use std::collections::BTreeMap;

use jiff::Timestamp;
use openmds_api::{ClusterStatus, NodeStatus};

use super::document_kind::DocumentKind;
use crate::store::Generation;

/// What a cluster's last round found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// No round has ended yet.
    Unknown,
    /// Nobody has written a document: nothing is pushed.
    Default,
    /// It holds a configuration that is not ours.
    Foreign,
    /// It took the document; not every node shows it.
    Pending,
    /// Every node shows it.
    Applied,
    /// It answered, but did not take the document.
    Failed(String),
    /// It did not answer.
    Unreachable(String),
}

impl Phase {
    fn word_and_error(&self, kind: DocumentKind) -> (&'static str, Option<String>) {
        match self {
            Self::Unknown => ("unknown", None),
            Self::Default => ("default", None),
            Self::Foreign => {
                let held = match kind {
                    DocumentKind::Config => "router configuration",
                    DocumentKind::Companion => "companion",
                };
                let words = kind.words();
                (
                    "foreign",
                    Some(format!(
                        "the cluster holds a {held} that this server did not write; it is left alone until the next update of the {words}"
                    )),
                )
            }
            Self::Pending => ("pending", None),
            Self::Applied => ("applied", None),
            Self::Failed(error) => ("failed", Some(error.clone())),
            Self::Unreachable(error) => ("unreachable", Some(error.clone())),
        }
    }
}

/// What a node's last answer was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NodePhase {
    /// It cannot be asked, or does not say.
    Unknown(String),
    /// It shows another value, which ours will replace.
    Pending,
    /// It shows another value, and ours cannot get through.
    Drifted(String),
    /// It shows our value byte for byte (`rulings.md` 7).
    Applied,
}

/// One node.
#[derive(Debug, Clone)]
pub(super) struct NodeState {
    pub(super) phase: NodePhase,
    pub(super) version: Option<String>,
    pub(super) checked_at: Option<Timestamp>,
}

/// One cluster.
#[derive(Debug, Clone)]
pub(super) struct ClusterState {
    pub(super) name: String,
    pub(super) next_attempt: Option<Timestamp>,
    config: DocumentState,
    companion: DocumentState,
}

/// One document of a cluster.
#[derive(Debug, Clone)]
pub(super) struct DocumentState {
    pub(super) phase: Phase,
    /// The newest document that the cluster has taken.
    pub(super) accepted: Option<Generation>,
    /// The newest document that a round has tried.
    pub(super) tried: Option<Generation>,
    pub(super) size: Option<usize>,
    pub(super) projected: bool,
    /// By id, brokers before controllers.
    pub(super) nodes: BTreeMap<(i32, Role), NodeState>,
}

/// A node's role; in combined mode one id has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Broker,
    Controller,
}

impl ClusterState {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            next_attempt: None,
            config: DocumentState::default(),
            companion: DocumentState::default(),
        }
    }

    pub(super) const fn document(&self, kind: DocumentKind) -> &DocumentState {
        match kind {
            DocumentKind::Config => &self.config,
            DocumentKind::Companion => &self.companion,
        }
    }

    pub(super) const fn document_mut(&mut self, kind: DocumentKind) -> &mut DocumentState {
        match kind {
            DocumentKind::Config => &mut self.config,
            DocumentKind::Companion => &mut self.companion,
        }
    }

    pub(super) fn shown(
        &self,
        kind: DocumentKind,
        id: &str,
        now: Timestamp,
        newest: Option<Generation>,
    ) -> ClusterStatus {
        let document = self.document(kind);
        let outdated = document.tried.max(document.accepted) < newest;
        let (state, error) = match &document.phase {
            Phase::Applied | Phase::Default | Phase::Foreign if outdated => ("pending", None),
            phase => phase.word_and_error(kind),
        };
        let wait = |at: &Timestamp| {
            u64::try_from(at.as_millisecond().saturating_sub(now.as_millisecond())).unwrap_or(0)
        };
        ClusterStatus {
            cluster_name: self.name.clone(),
            cluster_id: id.to_string(),
            state: state.to_string(),
            projected: document.projected,
            error,
            next_attempt_in_ms: self.next_attempt.as_ref().map(wait),
            size_bytes: document.size.and_then(|size| u64::try_from(size).ok()),
            nodes: document
                .nodes
                .iter()
                .map(|((id, role), node)| node.shown(*id, *role, now, outdated))
                .collect(),
        }
    }
}

impl Default for DocumentState {
    fn default() -> Self {
        Self {
            phase: Phase::Unknown,
            accepted: None,
            tried: None,
            size: None,
            projected: false,
            nodes: BTreeMap::new(),
        }
    }
}

impl DocumentState {
    /// What the nodes showed is no longer what they should show.
    pub(super) fn outdate_nodes(&mut self) {
        for node in self.nodes.values_mut() {
            if node.phase == NodePhase::Applied {
                node.phase = NodePhase::Pending;
            }
        }
    }
}

impl NodeState {
    fn shown(&self, id: i32, role: Role, now: Timestamp, outdated: bool) -> NodeStatus {
        let (state, error) = match &self.phase {
            NodePhase::Unknown(error) => ("unknown", Some(error.clone())),
            NodePhase::Pending => ("pending", None),
            NodePhase::Drifted(error) => ("drifted", Some(error.clone())),
            NodePhase::Applied if outdated => ("pending", None),
            NodePhase::Applied => ("applied", None),
        };
        let age = |at: &Timestamp| {
            u64::try_from(now.as_millisecond().saturating_sub(at.as_millisecond())).unwrap_or(0)
        };
        NodeStatus {
            id,
            role: match role {
                Role::Broker => "broker",
                Role::Controller => "controller",
            }
            .to_string(),
            state: state.to_string(),
            resource_version: self.version.clone(),
            checked_at: self.checked_at.map(|at| at.to_string()),
            age_ms: self.checked_at.as_ref().map(age),
            error,
        }
    }
}
