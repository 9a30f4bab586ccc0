//! All stores, asked in order.

use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::store::{Unreachable, UserStore, UsersAndGroups};
use crate::tokens::OWN_PRINCIPAL;

/// All stores, asked in order.
#[derive(Default)]
pub struct Directory {
    stores: Vec<Arc<dyn UserStore>>,
    refreshed: Arc<Notify>,
    /// Keeps the stores fresh; ends with the directory.
    _refreshing: JoinSet<()>,
}

impl Directory {
    /// A directory of these stores, each of which keeps itself fresh from now on.
    #[must_use]
    pub fn open(stores: Vec<Arc<dyn UserStore>>) -> Self {
        let refreshed = Arc::new(Notify::new());
        let mut refreshing = JoinSet::new();
        for store in &stores {
            refreshing.spawn(Arc::clone(store).keep_fresh(Arc::clone(&refreshed)));
        }
        Self {
            stores,
            refreshed,
            _refreshing: refreshing,
        }
    }

    /// Wakes one waiter whenever a store has been read again, also if that was before it waited.
    #[must_use]
    pub fn refreshed(&self) -> Arc<Notify> {
        Arc::clone(&self.refreshed)
    }

    /// Whether anybody can log in with a password.
    #[must_use]
    pub fn takes_passwords(&self) -> bool {
        self.stores.iter().any(|store| store.takes_passwords())
    }

    /// The user's name in the spelling of the first store that takes the password. A store that
    /// does not answer is an error only if no other takes it.
    pub async fn verify(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<String>, Unreachable> {
        let mut unreachable = None;
        for store in &self.stores {
            match store.verify(name, password).await {
                // Nobody obtains the server's own name (`rulings.md` 15).
                Ok(Some(name)) if name == OWN_PRINCIPAL => {}
                Ok(Some(name)) => return Ok(Some(name)),
                Ok(None) => {}
                Err(error) => unreachable = Some(error),
            }
        }
        unreachable.map_or(Ok(None), Err)
    }

    /// The groups that the user is in, by all stores, from memory.
    #[must_use]
    pub fn groups_of(&self, user: &str) -> BTreeSet<String> {
        let groups = self.stores.iter().map(|store| store.groups_of(user));
        groups.flatten().collect()
    }

    /// Which stores cannot be asked at present, and why.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let troubles: Vec<String> = self.stores.iter().filter_map(|one| one.trouble()).collect();
        (!troubles.is_empty()).then(|| troubles.join("; "))
    }

    /// Whether every store has told its groups.
    #[must_use]
    pub fn knows_groups(&self) -> bool {
        self.stores.iter().all(|store| store.knows_groups())
    }

    /// All users and groups that any store knows, from memory.
    #[must_use]
    pub fn users_and_groups(&self) -> UsersAndGroups {
        let mut all = UsersAndGroups::default();
        for store in &self.stores {
            let known = store.users_and_groups();
            all.users.extend(known.users);
            all.groups.extend(known.groups);
        }
        all
    }
}
