//! As much of the Kafka REST API v3 as tells which cluster this is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list of clusters.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct KafkaClusterList {
    /// Always `KafkaClusterList`.
    pub kind: String,
    /// About the list.
    pub metadata: ListMetadata,
    /// The home cluster alone.
    pub data: Vec<KafkaCluster>,
}

/// A cluster.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct KafkaCluster {
    /// Always `KafkaCluster`.
    pub kind: String,
    /// About the cluster.
    pub metadata: ResourceMetadata,
    /// The id that its brokers report.
    pub cluster_id: String,
}

/// About a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ListMetadata {
    /// Its URL.
    #[serde(rename = "self")]
    pub own: String,
    /// The next page's URL; there is none.
    pub next: Option<String>,
}

/// About one thing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResourceMetadata {
    /// Its URL.
    #[serde(rename = "self")]
    pub own: String,
    /// Its CRN.
    pub resource_name: String,
}

/// How the service is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `live` or `ready`
    pub status: String,
    /// What was looked at.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub checks: std::collections::BTreeMap<String, String>,
}
