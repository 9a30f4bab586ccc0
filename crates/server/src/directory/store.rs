//! What a place with users can be asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::Notify;

/// Nobody can say now whether the password is right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("passwords cannot be checked now: {store} does not answer ({reason}). Repeat later")]
pub struct Unreachable {
    /// Which store.
    pub store: String,
    /// What went wrong; no secret.
    pub reason: String,
}

/// All names that a directory knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsersAndGroups {
    /// Users' names, without `User:`.
    pub users: BTreeSet<String>,
    /// Groups' names, without `Group:`.
    pub groups: BTreeSet<String>,
}

/// A place with users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// Whether it can check passwords at all.
    fn takes_passwords(&self) -> bool;

    /// The user's name as the store spells it, if the password is right
    /// (`rbac-registry-tokens.md` 8.2: a token carries the directory's spelling).
    async fn verify(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<String>, Unreachable>;

    /// The groups that the user is in, from memory.
    fn groups_of(&self, user: &str) -> BTreeSet<String>;

    /// Whether what is in memory is what the place says of groups, as far as is known.
    fn knows_groups(&self) -> bool {
        true
    }

    /// All that is known, from memory.
    fn users_and_groups(&self) -> UsersAndGroups;

    /// Why nobody can be asked at present, as far as that is known without asking.
    fn trouble(&self) -> Option<String> {
        None
    }

    /// Keeps what is in memory up to date, for as long as it is polled.
    ///
    /// Gives notice whenever it has been read again.
    async fn keep_fresh(self: Arc<Self>, refreshed: Arc<Notify>);
}
