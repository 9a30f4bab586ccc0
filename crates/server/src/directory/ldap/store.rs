//! The directory as a store of users.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, timeout};

use super::connection::Connections;
use super::groups::Membership;
use super::login::log_in;
use super::verified::Verified;
use crate::config::LdapSettings;
use crate::directory::store::{Unreachable, UserStore, UsersAndGroups};

/// Most logins at the directory at once.
const LOGINS_AT_ONCE: usize = 8;

/// How long the start waits for the first reading of groups.
const FIRST_READING: Duration = Duration::from_secs(15);

/// The first pause after a failed reading; it doubles up to the refresh interval.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// An LDAP directory as a store of users.
pub struct LdapStore {
    settings: LdapSettings,
    connections: Connections,
    membership: ArcSwap<Membership>,
    /// When groups were last read.
    read_at: ArcSwap<Option<Instant>>,
    /// Why the last reading failed, if it did.
    trouble: ArcSwapOption<String>,
    verified: Verified,
    logins: Semaphore,
}

impl LdapStore {
    /// Reads the groups once; a directory that does not answer is no reason not to start.
    pub async fn open(settings: LdapSettings) -> Result<Self, String> {
        let store = Self {
            connections: Connections::new(settings.clone())?,
            verified: Verified::new(settings.verified_life)?,
            settings,
            membership: ArcSwap::default(),
            read_at: ArcSwap::default(),
            trouble: ArcSwapOption::empty(),
            logins: Semaphore::new(LOGINS_AT_ONCE),
        };
        match timeout(FIRST_READING, store.read_groups()).await {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => tracing::warn!(
                "the LDAP directory's groups cannot be read: {reason}. Nobody is in any of them until they can"
            ),
            Err(_) => tracing::warn!(
                "the LDAP directory's groups were not read within {FIRST_READING:?}; reading goes on"
            ),
        }
        Ok(store)
    }

    async fn read_groups(&self) -> Result<(), String> {
        let membership = Membership::read(&self.connections, &self.settings).await?;
        if **self.membership.load() != membership {
            tracing::info!(
                groups = membership.groups.len(),
                users = membership.users.len(),
                "the LDAP directory's groups have changed"
            );
            self.membership.store(Arc::new(membership));
        }
        self.read_at.store(Arc::new(Some(Instant::now())));
        self.trouble.store(None);
        Ok(())
    }

    /// Groups hold for some time while they cannot be read, and not for ever.
    fn reading_failed(&self, reason: &str) {
        self.trouble.store(Some(Arc::new(reason.to_string())));
        let age = self.read_at.load().map(|at| at.elapsed());
        match age {
            Some(age) if age > self.settings.retry_timeout => {
                tracing::error!(
                    "the LDAP directory's groups could not be read for {} s, longer than ldap.retry.timeout.ms: nobody is in any of them now ({reason})",
                    age.as_secs()
                );
                self.membership.store(Arc::default());
            }
            Some(age) => tracing::warn!(
                "the LDAP directory's groups cannot be read: {reason}. Those read {} s ago stay in force",
                age.as_secs()
            ),
            None => tracing::warn!(
                "the LDAP directory's groups cannot be read: {reason}. Nobody is in any of them until they can"
            ),
        }
    }
}

#[async_trait]
impl UserStore for LdapStore {
    fn takes_passwords(&self) -> bool {
        true
    }

    async fn verify(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<String>, Unreachable> {
        if let Some(user) = self.verified.find(name, password) {
            return Ok(Some(user));
        }
        let _turn = self.logins.acquire().await;
        let user = log_in(&self.connections, &self.settings, name, password).await;
        let user = user.map_err(|reason| Unreachable {
            store: "the LDAP directory".to_string(),
            reason,
        })?;
        if let Some(user) = &user {
            self.verified.keep(name, password, user);
        }
        Ok(user)
    }

    fn groups_of(&self, user: &str) -> BTreeSet<String> {
        self.membership
            .load()
            .by_user
            .get(user)
            .cloned()
            .unwrap_or_default()
    }

    fn knows_groups(&self) -> bool {
        let known = |at: Instant| at.elapsed() <= self.settings.retry_timeout;
        self.settings.groups.is_none() || self.read_at.load().is_some_and(known)
    }

    fn users_and_groups(&self) -> UsersAndGroups {
        let membership = self.membership.load();
        UsersAndGroups {
            users: membership.users.clone(),
            groups: membership.groups.clone(),
        }
    }

    fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.load();
        let reason = trouble.as_deref()?;
        Some(format!(
            "the LDAP directory's groups cannot be read: {reason}"
        ))
    }

    async fn keep_fresh(self: Arc<Self>, refreshed: Arc<Notify>) {
        if self.settings.groups.is_none() {
            return;
        }
        let mut pause = if self.read_at.load().is_some() {
            self.settings.refresh
        } else {
            FIRST_PAUSE
        };
        loop {
            sleep(pause.min(self.settings.refresh)).await;
            // In a task of its own: what a server answers must not end the refreshing.
            let store = Arc::clone(&self);
            let reading = tokio::spawn(async move { store.read_groups().await }).await;
            let read =
                reading.unwrap_or_else(|error| Err(format!("an answer cannot be read: {error}")));
            match read {
                Ok(()) => {
                    pause = self.settings.refresh;
                    refreshed.notify_one();
                }
                Err(reason) => {
                    self.reading_failed(&reason);
                    pause = if pause >= self.settings.refresh {
                        FIRST_PAUSE
                    } else {
                        pause * 2
                    };
                }
            }
        }
    }
}
