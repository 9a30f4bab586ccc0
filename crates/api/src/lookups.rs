//! Answers about what somebody sees and manages (`mds-api.md` 11, `rbac-registry-tokens.md` 9.6).

use std::collections::BTreeMap;

use openmds_policy::names::ResourcePattern;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::registry::ScopeBody;

/// Principal, then role, then what is said of that binding.
pub type ByPrincipalAndRole<T> = BTreeMap<String, BTreeMap<String, Vec<T>>>;

/// A Kafka cluster and the clusters beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VisibilityRequest {
    /// The id of the Kafka cluster.
    pub kafka_cluster: String,
    /// Ids of Connect clusters.
    #[serde(default)]
    pub connect_clusters: Option<Vec<String>>,
    /// Ids of Schema Registry clusters.
    #[serde(default)]
    pub schema_registry_clusters: Option<Vec<String>>,
    /// Ids of ksqlDB clusters.
    #[serde(default)]
    pub ksql_clusters: Option<Vec<String>>,
}

/// Which of the clusters asked about the principal has a role on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VisibilityResponse {
    /// The Kafka cluster; visible too with a role on a cluster beside it only.
    pub kafka_cluster: ClusterVisibility,
    /// In the order of the request.
    pub connect_clusters: Vec<ClusterVisibility>,
    /// In the order of the request.
    pub schema_registry_clusters: Vec<ClusterVisibility>,
    /// In the order of the request.
    pub ksql_clusters: Vec<ClusterVisibility>,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterVisibility {
    /// Its id.
    pub id: String,
    /// Whether the principal has any role there.
    pub visible: bool,
    /// Its name in the registry.
    pub cluster_name: Option<String>,
}

/// The published answer is one object, although the request is a list: one entry gets one object,
/// any other number a list (`rbac-registry-tokens.md` 11.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum VisibilityAnswer {
    /// For a request with one entry.
    One(VisibilityResponse),
    /// For any other, in its order.
    Many(Vec<VisibilityResponse>),
}

/// What a principal and its groups hold at one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScopeRoleBindingMapping {
    /// Where.
    pub scope: ScopeBody,
    /// Principal, role, patterns; no patterns for a role on whole clusters.
    #[schema(value_type = Object)]
    pub rolebindings: ByPrincipalAndRole<ResourcePattern>,
}

/// Which bindings of a scope somebody may see (`DescribeAccess`) and change (`AlterAccess`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterAccessInfo {
    /// Those of the whole scope.
    pub cluster: Vec<String>,
    /// By resource type, and by the role that gives it.
    pub resources: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The bindings of a scope that somebody may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedRoleBindings {
    /// Where.
    pub scope: ScopeBody,
    /// Of roles on whole clusters: principal, role, and what somebody may do with the binding.
    pub cluster_role_bindings: ByPrincipalAndRole<String>,
    /// Of roles on resources: principal, role, and one entry a pattern.
    #[schema(value_type = Object)]
    pub resource_role_bindings: ByPrincipalAndRole<ManagedResourceBinding>,
}

/// One pattern of a binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedResourceBinding {
    /// The role once more.
    pub role: String,
    /// `Topic`, ...
    pub resource_type: String,
    /// A whole name or a prefix.
    pub resource_name: String,
    /// `LITERAL` or `PREFIXED`
    pub resource_pattern: String,
    /// Whether somebody may take it away.
    pub alter_access: bool,
}

/// What resources, or bindings on which resources, somebody may create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateGuidelines {
    /// `ANY`, `SOME` (the patterns say which) or `NONE`
    pub result: String,
    /// No pattern lies inside another one.
    #[schema(value_type = Vec<Object>)]
    pub resource_patterns: Vec<ResourcePattern>,
}
