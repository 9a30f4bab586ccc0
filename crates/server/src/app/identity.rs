//! Who somebody proved to be, and by what.

use std::collections::BTreeSet;

/// What somebody proved with who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A user name and a password.
    Password,
    /// A TLS client certificate.
    Certificate,
    /// A token of this service.
    Token,
    /// A token of a trusted identity provider.
    IdentityProvider,
    /// A token that the client signed itself with a key that is known here.
    Assertion,
}

/// Somebody who proved who they are. What a token has to repeat, so that a renewed one says no less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user's name, without `User:`.
    pub name: String,
    /// Groups that the proof names; the directory's come on top with every request.
    pub groups: BTreeSet<String>,
    /// By what.
    pub proof: Proof,
    /// The user who acts in this name (`rbac-registry-tokens.md` 3.5, `cp_proxy`).
    pub acted_by: Option<String>,
    /// Seconds since 1970 after which the session cannot be extended (`mex`).
    pub session_end: Option<i64>,
    /// Seconds since 1970 at which credentials were shown; absent: now.
    pub authenticated_at: Option<i64>,
    /// The id of the token that the login gave, if a token is the proof (`sid`).
    pub session: Option<String>,
}

impl Identity {
    /// A user who brought this proof now, and nothing else.
    #[must_use]
    pub fn of(name: impl Into<String>, proof: Proof) -> Self {
        Self {
            name: name.into(),
            groups: BTreeSet::new(),
            proof,
            acted_by: None,
            session_end: None,
            authenticated_at: None,
            session: None,
        }
    }
}
