//! Users in files, as a store.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::file::FileDirectory;
use super::store::{Unreachable, UserStore, UsersAndGroups};

/// Most passwords compared at once: each comparison takes some 20 MiB.
const CHECKS_AT_ONCE: usize = 8;

/// Users in files, as a store.
pub struct FileStore {
    users: Arc<FileDirectory>,
    checking: Semaphore,
}

impl FileStore {
    /// A store of these users.
    #[must_use]
    pub fn new(users: FileDirectory) -> Self {
        Self {
            users: Arc::new(users),
            checking: Semaphore::new(CHECKS_AT_ONCE),
        }
    }
}

#[async_trait]
impl UserStore for FileStore {
    async fn verify(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<String>, Unreachable> {
        let _turn = self.checking.acquire().await;
        let users = Arc::clone(&self.users);
        let (user, password) = (name.to_string(), password.clone());
        let verify = move || users.verify(&user, password.expose_secret());
        let right = tokio::task::spawn_blocking(verify).await;
        let right = right.map_err(|error| Unreachable {
            store: "the user file".to_string(),
            reason: error.to_string(),
        })?;
        Ok(right.then(|| name.to_string()))
    }

    fn groups_of(&self, _: &str) -> BTreeSet<String> {
        BTreeSet::new()
    }

    fn users_and_groups(&self) -> UsersAndGroups {
        UsersAndGroups {
            users: self.users.names().map(ToString::to_string).collect(),
            groups: BTreeSet::new(),
        }
    }
}
