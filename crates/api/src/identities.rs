//! Bodies about who somebody is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// In whose name to act.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpersonationRequest {
    /// The user's name, without `User:`.
    pub target_principal_name: String,
    /// Always `USER`.
    #[serde(default = "user")]
    pub target_principal_type: String,
}

fn user() -> String {
    "USER".to_string()
}
