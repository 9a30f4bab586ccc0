//! Requests about role bindings.

use std::collections::BTreeMap;

use openmds_policy::names::ResourcePattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where: ids, or the registry's name for them. An empty `clusters` beside a name counts as
/// absent, because the reference's command line always sends it (`mds-api.md` 4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MdsScope {
    /// A name of the cluster registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_name: Option<String>,
    /// Cluster ids by kind, such as `kafka-cluster`.
    #[serde(default)]
    pub clusters: Option<BTreeMap<String, String>>,
}

/// Resource patterns at a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourcesRequest {
    /// Where.
    pub scope: MdsScope,
    /// Which resources.
    #[schema(value_type = Vec<Object>)]
    pub resource_patterns: Vec<ResourcePattern>,
}
