//! Signing keys, revocations and the OAuth 2.0 token endpoint.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key that signs or verifies tokens. Times are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyInfo {
    /// `kid` in tokens and in the JWK set.
    pub key_id: String,
    /// `RS256` or `ES256`.
    pub algorithm: String,
    /// `PUBLISHED` (does not sign yet), `SIGNING`, `VERIFYING` (signed earlier) or `RETIRED`.
    pub state: String,
    /// Since when it is in the JWK set.
    pub published_at: String,
    /// From when it signs.
    pub signs_from: String,
    /// When the last token that it signed expires; absent as long as no other key follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires_at: Option<String>,
}

/// A rotation of the signing key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateRequest {
    /// `RS256` or `ES256`; absent: as configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
}

/// What to revoke: exactly one of a token, its id, or a principal and a time, either of which may
/// be left out. Unknown fields are refused: a misspelt principal would mean everybody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevocationRequest {
    /// The token itself: it, and every token that it was exchanged for or came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `jti` of a token, for one that is not at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// `User:<name>`: all tokens of logins until now, or before `issuedBefore`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// RFC 3339, not in the future: all tokens of earlier logins, of the principal or of everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_before: Option<String>,
}

impl std::fmt::Debug for RevocationRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RevocationRequest")
            .field("token", &self.token.as_ref().map(|_| "..."))
            .field("token_id", &self.token_id)
            .field("principal", &self.principal)
            .field("issued_before", &self.issued_before)
            .finish()
    }
}

/// A revocation in force. Times are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevocationInfo {
    /// `jti` of the token that a login gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// `User:<name>`; with no token either: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Tokens of logins before this are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_before: Option<String>,
    /// Who revoked.
    pub revoked_by: String,
    /// When.
    pub revoked_at: String,
    /// When the last of these tokens has expired, and the revocation is forgotten.
    pub forgotten_at: String,
}

/// A token of the OAuth 2.0 token endpoint (RFC 6749, 5.1).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccessToken {
    /// A JWT.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds from now.
    pub expires_in: u64,
    /// Always `kafka`: what a token may do is decided by role bindings, not by scopes.
    pub scope: String,
}

/// A refusal of the OAuth 2.0 token endpoint (RFC 6749, 5.2).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OAuthError {
    /// Such as `invalid_client`.
    pub error: String,
    /// For a person.
    pub error_description: String,
}

/// Where things are and what they can do (RFC 8414).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ServerMetadata {
    /// `iss` of the tokens, if that is configured as a URL.
    pub issuer: String,
    /// For clients.
    pub token_endpoint: String,
    /// The public keys.
    pub jwks_uri: String,
    /// `client_credentials` and the JWT bearer grant.
    pub grant_types_supported: Vec<String>,
    /// How clients prove who they are at the token endpoint.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// How their assertions may be signed.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// None: there is no authorization endpoint.
    pub response_types_supported: Vec<String>,
    /// `kafka`
    pub scopes_supported: Vec<String>,
    /// `public`
    pub subject_types_supported: Vec<String>,
    /// How tokens are signed.
    pub id_token_signing_alg_values_supported: Vec<String>,
}
