//! What each cluster and each node has applied: an endpoint of our own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of the audit-log configuration everywhere.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditStatus {
    /// The version in force.
    pub resource_version: String,
    /// RFC 3339; null as long as nobody has written a document.
    pub updated_at: Option<String>,
    /// `default` (nobody has written a document, nothing is pushed) or `stored`.
    pub state: String,
    /// The clusters that documents are pushed to, by name.
    pub clusters: Vec<ClusterStatus>,
    /// The companion; null as long as nobody has written one.
    #[serde(default)]
    pub companion: Option<CompanionStatus>,
    /// The cluster that receives the events.
    pub destination: DestinationStatus,
    /// What an operator should know, one sentence each.
    pub warnings: Vec<String>,
}

/// The state of the companion everywhere.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CompanionStatus {
    /// The version in force.
    pub resource_version: String,
    /// RFC 3339.
    pub updated_at: String,
    /// The clusters that it is pushed to, by name.
    pub clusters: Vec<ClusterStatus>,
}

/// One cluster.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClusterStatus {
    /// Its name in the registry; `home` cluster without one: its id.
    pub cluster_name: String,
    /// Its id.
    pub cluster_id: String,
    /// `default`, `applied`, `pending`, `failed`, `unreachable`, `foreign` or `unknown`.
    pub state: String,
    /// Whether the cluster gets only the routes that concern it, because all are too many.
    pub projected: bool,
    /// Why it is not applied.
    pub error: Option<String>,
    /// Milliseconds until the next attempt, if one is due.
    pub next_attempt_in_ms: Option<u64>,
    /// Bytes of the pushed value; Kafka takes 32,767.
    pub size_bytes: Option<u64>,
    /// Brokers and controllers.
    pub nodes: Vec<NodeStatus>,
}

/// One node.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NodeStatus {
    /// Its `node.id`.
    pub id: i32,
    /// `broker` or `controller`.
    pub role: String,
    /// `applied`, `pending`, `drifted` or `unknown`.
    pub state: String,
    /// The version that the node shows.
    pub resource_version: Option<String>,
    /// RFC 3339: when the node last answered.
    pub checked_at: Option<String>,
    /// Milliseconds since then.
    pub age_ms: Option<u64>,
    /// Why the state is not `applied`.
    pub error: Option<String>,
}

/// The destination cluster as this service sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DestinationStatus {
    /// The addresses in force.
    pub bootstrap_servers: Vec<String>,
    /// `ok`, `failed` or `not used yet`.
    pub state: String,
    /// What failed.
    pub error: Option<String>,
}
