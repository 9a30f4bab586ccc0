//! For whom a token is made.

/// For whom a token is made, and what it repeats of how they came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The user's name, without `User:`.
    pub name: String,
    /// `groups`
    pub groups: Vec<String>,
    /// `cp_proxy`
    pub acted_by: Option<String>,
    /// `mex`: the token ends with the session at the latest.
    pub session_end: Option<i64>,
    /// Its longest life, if that is not the usual one.
    pub longest: Option<std::time::Duration>,
    /// `auth_time`; absent: now.
    pub authenticated_at: Option<i64>,
    /// `sid`: the token by whose exchange this one is made, or the first of that line.
    pub session: Option<String>,
}

impl Subject {
    /// A user of that name, who came in just now.
    #[must_use]
    pub fn user(name: &str) -> Self {
        Self {
            name: name.to_string(),
            ..Self::default()
        }
    }
}
