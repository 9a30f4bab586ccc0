//! How the nodes of Kafka clusters follow the policy, and what is known of them: endpoints of our
//! own. The feed itself is `policy::feed`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::node_questions::NodeAnswer;

/// What a node asks: what is new since what it holds?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedRequest {
    /// The id of the Kafka cluster that the node belongs to.
    pub cluster_id: String,
    /// Its `node.id`.
    pub node_id: i32,
    /// `broker`, `controller` or both.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The version of the plugin.
    #[serde(default)]
    pub plugin: String,
    /// The format of the feed that the node reads: 1.
    pub format: u32,
    /// The identity of the server whose policy the node holds; absent if it holds none.
    #[serde(default)]
    pub server: Option<String>,
    /// The generation that the node holds and decides by; absent if it holds none.
    #[serde(default)]
    pub generation: Option<u64>,
    /// How long to wait if nothing is new, at most; 0: not at all.
    #[serde(default = "usual_wait")]
    pub wait_seconds: u64,
    /// How the node is.
    #[serde(default)]
    pub report: NodeReport,
}

const fn usual_wait() -> u64 {
    25
}

/// How a node is, by its own account. Numbers count from the start of its process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NodeReport {
    /// Milliseconds since the node last heard from a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_age_ms: Option<u64>,
    /// Whether that is longer than `openmds.policy.stale.ms`; it goes on deciding.
    pub stale: bool,
    /// Decisions.
    pub decisions: u64,
    /// Of them, refusals.
    pub denials: u64,
    /// Of them, refusals because of a fault of the plugin.
    pub errors: u64,
    /// Panics of the plugin's native library, and failures on the way to it.
    pub panics: u64,
    /// What keeps the node from being well although it decides, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Where the decision that stood and ours differ, if both are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowReport>,
    /// What became of the node's audit events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Value>,
    /// Answers to what the server asked the node.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<NodeAnswer>,
}

/// What a node found that decides in the shadow of another authorizer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ShadowReport {
    /// Decisions that were made twice.
    pub compared: u64,
    /// Those that we would have allowed and that were refused.
    pub allowed_by_openmds_only: u64,
    /// Those that we would have refused and that were allowed.
    pub denied_by_openmds_only: u64,
    /// Examples, bounded by the node.
    pub differences: Vec<ShadowDifference>,
}

/// One kind of request on which the two disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ShadowDifference {
    /// `User:alice`.
    pub principal: String,
    /// Whence, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `Write`.
    pub operation: String,
    /// `Topic`.
    pub resource_type: String,
    /// The resource's name.
    pub resource_name: String,
    /// The decision that stood: `ALLOWED` or `DENIED`.
    pub present: String,
    /// Ours: `ALLOWED` or `DENIED`.
    pub openmds: String,
    /// What decided ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often.
    pub count: u64,
}

/// The nodes of a registered Kafka cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterNodes {
    /// The name in the registry.
    pub cluster_name: String,
    /// The id.
    pub cluster_id: String,
    /// The identity of this server's store.
    pub server: String,
    /// The present generation of the store.
    pub generation: u64,
    /// All that follow, and those that the cluster is known to have, by id.
    pub nodes: Vec<FollowingNode>,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowingNode {
    /// Its `node.id`.
    pub node_id: i32,
    /// `broker`, `controller` or both.
    pub roles: Vec<String>,
    /// The version of the plugin; empty if it never asked.
    pub plugin: String,
    /// `current`, `behind`, `silent`, `refused` or `never-seen`.
    pub state: String,
    /// The generation by which it decides.
    pub generation: Option<u64>,
    /// How many writes of the store it has not been given.
    pub behind: Option<u64>,
    /// RFC 3339: when it was last heard.
    pub last_seen: Option<String>,
    /// Seconds since then.
    pub seconds_since_seen: Option<u64>,
    /// Why it is refused, and what to do.
    pub message: Option<String>,
    /// What it said of itself.
    pub report: Option<NodeReport>,
}

/// Where the decisions of a cluster and ours differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterShadow {
    /// The name in the registry.
    pub cluster_name: String,
    /// The id.
    pub cluster_id: String,
    /// The nodes that compare.
    pub nodes: Vec<i32>,
    /// Decisions that were made twice, on all nodes.
    pub compared: u64,
    /// Those that we would have allowed and that were refused.
    pub allowed_by_openmds_only: u64,
    /// Those that we would have refused and that were allowed.
    pub denied_by_openmds_only: u64,
    /// Examples of all nodes, the most frequent first.
    pub differences: Vec<ShadowDifference>,
}

/// What accepting a restored store did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedRestore {
    /// The store's generation now, above all that nodes have reported.
    pub generation: u64,
    /// The nodes that were ahead.
    pub ahead: Vec<NodeAhead>,
}

/// A node that holds a generation that this store never gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct NodeAhead {
    /// Its cluster.
    pub cluster_id: String,
    /// Its `node.id`.
    pub node_id: i32,
    /// What it holds.
    pub generation: u64,
}
