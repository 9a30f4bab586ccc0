//! Entries of the cluster registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named cluster (`mds-api.md` 3). Hosts and protocol are absent where the caller may not see
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterInfo {
    /// The unique name.
    pub cluster_name: String,
    /// What the name stands for.
    pub scope: ScopeBody,
    /// Where the cluster listens for this service: for Kafka clusters, the token listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<HostInfo>>,
    /// `SASL_PLAINTEXT`, `SASL_SSL`, `HTTP` or `HTTPS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
}

/// Cluster ids by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScopeBody {
    /// Such as `kafka-cluster`.
    #[serde(default)]
    pub clusters: BTreeMap<String, String>,
}

/// A host, and its port unless the client gave none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HostInfo {
    /// Name or address.
    pub host: String,
    /// Absent means zero: not given.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub port: i32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde asks for"
)]
const fn is_zero(port: &i32) -> bool {
    *port == 0
}
