//! Users and groups in files, as a store.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Notify, Semaphore};

use super::file::{DirectoryError, UserFile};
use super::groups_file::GroupsFile;
use super::store::{Unreachable, UserStore, UsersAndGroups};
use super::watched::Watched;
use crate::config::FileStoreSettings;

/// Most passwords compared at once: each comparison takes some 20 MiB.
const CHECKS_AT_ONCE: usize = 8;

/// Users and groups in files, as a store. Either file may be missing: groups alone serve users who
/// prove elsewhere who they are.
pub struct FileStore {
    users: Option<Watched<UserFile>>,
    groups: Option<Watched<GroupsFile>>,
    /// How often the files are read again; zero: never.
    refresh: Duration,
    checking: Semaphore,
}

impl FileStore {
    /// Reads the files.
    pub fn load(settings: &FileStoreSettings) -> Result<Self, DirectoryError> {
        let users = settings.users.clone();
        let groups = settings.groups.clone();
        let store = Self {
            users: users
                .map(|path| Watched::load(path, true, UserFile::parse))
                .transpose()?,
            groups: groups
                .map(|path| Watched::load(path, false, GroupsFile::parse))
                .transpose()?,
            refresh: settings.refresh,
            checking: Semaphore::new(CHECKS_AT_ONCE),
        };
        let plain = store
            .users
            .as_ref()
            .map_or(0, |users| users.current().plain_passwords());
        if plain > 0 {
            tracing::warn!(
                count = plain,
                "passwords stand in clear in the user file; hash them with `openmds server passwd hash`"
            );
        }
        Ok(store)
    }
}

#[async_trait]
impl UserStore for FileStore {
    fn takes_passwords(&self) -> bool {
        self.users.is_some()
    }

    async fn verify(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<String>, Unreachable> {
        let Some(users) = self.users.as_ref().map(Watched::current) else {
            return Ok(None);
        };
        let _turn = self.checking.acquire().await;
        let (user, password) = (name.to_string(), password.clone());
        let verify = move || users.verify(&user, password.expose_secret());
        let right = tokio::task::spawn_blocking(verify).await;
        let right = right.map_err(|error| Unreachable {
            store: "the user file".to_string(),
            reason: error.to_string(),
        })?;
        Ok(right.then(|| name.to_string()))
    }

    fn groups_of(&self, user: &str) -> BTreeSet<String> {
        let groups = self.groups.as_ref();
        groups
            .map(|groups| groups.current().of(user))
            .unwrap_or_default()
    }

    fn users_and_groups(&self) -> UsersAndGroups {
        let mut all = UsersAndGroups::default();
        if let Some(users) = &self.users {
            all.users
                .extend(users.current().names().map(ToString::to_string));
        }
        if let Some(groups) = self.groups.as_ref().map(Watched::current) {
            all.users.extend(groups.users().cloned());
            all.groups.extend(groups.groups().iter().cloned());
        }
        all
    }

    async fn keep_fresh(self: Arc<Self>, refreshed: Arc<Notify>) {
        if self.refresh.is_zero() {
            return;
        }
        loop {
            tokio::time::sleep(self.refresh).await;
            let store = Arc::clone(&self);
            let reload = move || {
                if let Some(users) = &store.users {
                    users.reload();
                }
                if let Some(groups) = &store.groups {
                    groups.reload();
                }
            };
            if tokio::task::spawn_blocking(reload).await.is_err() {
                tracing::error!("the user files could not be read again");
            }
            refreshed.notify_one();
        }
    }
}
