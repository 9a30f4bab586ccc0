//! What is known of nodes, from what they say when they ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use openmds_api::{FeedRequest, NodeReport};
use openmds_policy::names::ClusterId;

use crate::store::Generation;

/// Most examples that are kept of one report.
const MOST: usize = 200;

/// Kafka has two.
const MOST_ROLES: usize = 4;

/// Longest version of a plugin that is kept, characters.
const LONGEST_VERSION: usize = 64;

/// Longest account of what troubles a node that is kept, characters.
const LONGEST_TROUBLE: usize = 500;

/// A node, by the certificate that it showed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId {
    /// The cluster that it was enrolled in.
    pub cluster: ClusterId,
    /// Its `node.id`.
    pub node_id: i32,
}

/// A node as it was last heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenNode {
    /// `broker`, `controller` or both.
    pub roles: Vec<String>,
    /// The version of the plugin.
    pub plugin: String,
    /// The generation that it holds, of whichever server.
    pub generation: Option<Generation>,
    /// The generation up to which nothing is new for it.
    pub up_to: Option<Generation>,
    /// When it asked, or was answered.
    pub seen: Timestamp,
    /// Requests of it that wait.
    pub waiting: usize,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
    /// The generation it holds, if this store never gave it.
    pub ahead: Option<Generation>,
    /// How it is.
    pub report: NodeReport,
}

/// All nodes that were heard since the start.
#[derive(Default)]
pub struct Nodes(Arc<Mutex<BTreeMap<NodeId, SeenNode>>>);

impl Nodes {
    fn all(&self) -> MutexGuard<'_, BTreeMap<NodeId, SeenNode>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A node asks.
    pub fn heard(&self, node: &NodeId, request: &FeedRequest, now: Timestamp) {
        let mut nodes = self.all();
        let waiting = nodes.get(node).map_or(0, |before| before.waiting);
        let generation = request.generation.map(Generation);
        let mut report = request.report.clone();
        report.answers.clear();
        let trouble = report.trouble.take();
        report.trouble = trouble.map(|text| text.chars().take(LONGEST_TROUBLE).collect());
        if let Some(shadow) = &mut report.shadow {
            shadow.differences.truncate(MOST);
        }
        let seen = SeenNode {
            roles: request.roles.iter().take(MOST_ROLES).cloned().collect(),
            plugin: request.plugin.chars().take(LONGEST_VERSION).collect(),
            generation,
            up_to: generation,
            seen: now,
            waiting,
            refused: None,
            ahead: None,
            report,
        };
        nodes.insert(node.clone(), seen);
    }

    /// It is refused; if because it is ahead, what it holds.
    pub fn refused(&self, node: &NodeId, why: &str, ahead: Option<Generation>) {
        if let Some(seen) = self.all().get_mut(node) {
            seen.refused = Some(why.to_string());
            seen.ahead = ahead;
        }
    }

    /// Nothing is new for it up to this generation.
    pub fn is_up_to(&self, node: &NodeId, generation: Generation, now: Timestamp) {
        if let Some(seen) = self.all().get_mut(node) {
            seen.up_to = seen.up_to.max(Some(generation));
            seen.seen = seen.seen.max(now);
        }
    }

    /// It waits, until what this gives is dropped.
    #[must_use]
    pub fn wait(&self, node: &NodeId) -> Waiting {
        if let Some(seen) = self.all().get_mut(node) {
            seen.waiting += 1;
        }
        Waiting {
            nodes: Self(Arc::clone(&self.0)),
            node: node.clone(),
        }
    }

    /// Forgets a node that was withdrawn.
    pub fn forget(&self, node: &NodeId) {
        self.all().remove(node);
    }

    /// The nodes of a cluster, by id.
    #[must_use]
    pub fn of(&self, cluster: &ClusterId) -> BTreeMap<i32, SeenNode> {
        let nodes = self.all();
        let of = nodes.iter().filter(|(node, _)| node.cluster == *cluster);
        of.map(|(node, seen)| (node.node_id, seen.clone()))
            .collect()
    }

    /// The clusters whose nodes were heard.
    #[must_use]
    pub fn clusters(&self) -> BTreeSet<ClusterId> {
        self.all().keys().map(|node| node.cluster.clone()).collect()
    }

    /// The nodes that hold what this store never gave.
    #[must_use]
    pub fn ahead(&self) -> Vec<(NodeId, Generation)> {
        let nodes = self.all();
        let ahead = nodes.iter();
        let ahead = ahead.filter_map(|(node, seen)| Some((node.clone(), seen.ahead?)));
        ahead.collect()
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.all().values().map(|seen| seen.waiting).sum()
    }
}

/// A request that waits.
pub struct Waiting {
    nodes: Nodes,
    node: NodeId,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(seen) = self.nodes.all().get_mut(&self.node) {
            seen.waiting = seen.waiting.saturating_sub(1);
        }
    }
}
