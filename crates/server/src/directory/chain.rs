//! All stores, asked in order.

use std::collections::BTreeSet;

use secrecy::SecretString;

use super::store::{Unreachable, UserStore, UsersAndGroups};
use crate::tokens::OWN_PRINCIPAL;

/// All stores, asked in order.
#[derive(Default)]
pub struct Directory {
    stores: Vec<Box<dyn UserStore>>,
}

impl Directory {
    /// A directory of these stores.
    #[must_use]
    pub fn new(stores: Vec<Box<dyn UserStore>>) -> Self {
        Self { stores }
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
