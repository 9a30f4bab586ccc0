//! What a token says (`rbac-registry-tokens.md` 3.2).

use serde::{Deserialize, Serialize};

/// The claims of every token of this service. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The token's own id.
    pub jti: String,
    /// Who made it.
    pub iss: String,
    /// The user's name, without `User:`.
    pub sub: String,
    /// For whom: this service and what trusts it, or one cluster.
    pub aud: String,
    /// The same as `sub`; clients of the reference expect it.
    pub azp: String,
    /// When it was made.
    pub iat: i64,
    /// From when it holds.
    pub nbf: i64,
    /// Until when it holds.
    pub exp: i64,
    /// When the user proved who they are.
    pub auth_time: i64,
    /// Groups that an identity provider named at login; the directory's are not repeated here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The user who acts in this name (`rbac-registry-tokens.md` 3.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cp_proxy: Option<String>,
    /// Until when the session may be extended; no token of it outlives this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mex: Option<i64>,
    /// The `jti` of the token that a login gave, in those that it was exchanged for since: who
    /// revokes one revokes the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
}

impl Claims {
    /// The id that this token shares with those it came from and those it was exchanged for.
    #[must_use]
    pub fn session(&self) -> &str {
        self.sid.as_deref().unwrap_or(&self.jti)
    }
}
