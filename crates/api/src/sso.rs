//! Bodies of logging in through an identity provider (`mds-api.md` 2.5).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A login that has begun.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceAuthorization {
    /// What the user compares or types.
    pub user_code: String,
    /// Where the user goes; it holds the code.
    pub verification_uri: String,
    /// To be sent back as it is.
    pub key: String,
    /// Seconds between two questions; at least 1.
    pub interval: u64,
    /// Seconds until the login cannot be ended any more.
    pub expires_in: u64,
}

/// What became of a login?
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeviceQuestion {
    /// As it was given.
    #[serde(default)]
    pub user_code: String,
    /// As it was given.
    #[serde(default)]
    pub key: String,
}

/// What became of a login.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct DeviceAnswer {
    /// As it was given.
    pub user_code: String,
    /// Whether there is a token.
    pub complete: bool,
    /// `authorization_pending`, `slow_down`, `expired_token`, `access_denied` or `success`
    pub status: String,
    /// The same in words.
    pub description: String,
    /// A JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_token: Option<String>,
    /// With which the session can be extended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Seconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// Why there will be no token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A session to extend.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionExtension {
    /// A token of this service.
    #[serde(default)]
    pub access_token: String,
    /// The refresh token that came with it, if one did.
    #[serde(default)]
    pub refresh_token: Option<String>,
}

/// An extended session.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionExtended {
    /// A JWT.
    pub auth_token: String,
    /// Seconds from now.
    pub expires_in: u64,
    /// Replaces the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}
