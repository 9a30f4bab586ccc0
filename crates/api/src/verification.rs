//! Whether a registered cluster is what the registry says, and what its brokers are told.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the checks of a registered cluster found, in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterVerification {
    /// The unique name.
    pub cluster_name: String,
    /// Whether every check is.
    pub ok: bool,
    /// The checks; what comes after a failure that stops them is left out.
    pub checks: Vec<VerificationCheck>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerificationCheck {
    /// `connect`, `tls`, `kafka-protocol`, `oauthbearer`, `token`, `cluster-id`, `rights`, `plugin`;
    /// for components `connect`, `http`, `cluster-id`.
    pub check: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do; absent where all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// What the brokers of a registered Kafka cluster are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterConfig {
    /// The unique name.
    pub cluster_name: String,
    /// Java properties with comments, to paste.
    pub properties: String,
}
