//! Questions about what a user may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::registry::ScopeBody;

/// What a component asks about a user (`mds-api.md` 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizeRequest {
    /// `User:<name>`
    pub user_principal: String,
    /// What the user wants to do.
    pub actions: Vec<Action>,
}

/// One thing that a user wants to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// Where.
    pub scope: ScopeBody,
    /// `Read`, `AlterConfigs`, ...
    pub operation: String,
    /// `Topic`, `Subject`, ...
    pub resource_type: String,
    /// The whole name.
    pub resource_name: String,
}
