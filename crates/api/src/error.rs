//! The body of every error.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error as clients of the field read it (`mds-api.md` 8.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorResponse {
    /// The HTTP status once more.
    pub status_code: u16,
    /// The HTTP status, or a finer code of five digits.
    pub error_code: u32,
    /// What kind of error, in capitals.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened and what to do next, for a person.
    pub message: String,
    /// One entry a fault, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorDetail>,
}

/// One fault of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// The field, or the kind of fault.
    pub error_type: String,
    /// What is wrong with it.
    pub message: String,
}
