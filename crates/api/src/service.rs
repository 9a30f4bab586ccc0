//! Answers about the service itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::registry::ScopeBody;

/// A token for further requests.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuthenticationResponse {
    /// A JWT.
    pub auth_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds from now.
    pub expires_in: u64,
}

/// What the service can do, for clients that ask first.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct FeaturesInfo {
    /// `<name>.<version>.enabled`
    pub features: BTreeMap<String, bool>,
    /// What each feature means.
    pub legend: BTreeMap<String, String>,
}

/// The id of the home cluster; `path` is always empty outside the cloud.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MetadataId {
    /// Empty as long as the home cluster has not been reached.
    pub id: String,
    /// The id once more, as a scope.
    pub scope: PathScope,
}

/// A scope with a path.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PathScope {
    /// Always empty here.
    pub path: Vec<String>,
    /// Cluster ids by kind.
    #[serde(flatten)]
    pub scope: ScopeBody,
}
