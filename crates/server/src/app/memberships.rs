//! Keeps in the store which users the directory puts into the groups that bindings and ACLs name,
//! so that what nodes get is a function of the store and outlasts a directory that is away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::{App, AppError};
use crate::store::{Record, State};
use crate::tokens::OWN_PRINCIPAL;

/// How often somebody looks even if nothing is known to have changed.
const INTERVAL: Duration = Duration::from_secs(30);

/// The groups that were named when the store was last brought up to date.
type Settled = Option<BTreeSet<String>>;

impl App {
    /// Keeps the store's memberships equal to the directory's, as long as the service lives: looks
    /// when the store names other groups, when the directory was read again, and now and then.
    pub(crate) fn keep_memberships(self: &Arc<Self>) {
        let app = Arc::downgrade(self);
        let mut writes = self.store.writes();
        let refreshed = self.directory.refreshed();
        tokio::spawn(async move {
            let mut settled: Settled = None;
            loop {
                writes.mark_unchanged();
                let Some(app) = app.upgrade() else {
                    return;
                };
                let named = app.present().named_groups();
                if settled.as_ref() != Some(&named) {
                    settled = match app.put_memberships_in_order().await {
                        Ok(true) => Some(named),
                        Ok(false) => None,
                        Err(error) => {
                            tracing::warn!(%error, "the groups of users could not be stored for the brokers; trying again");
                            None
                        }
                    };
                }
                drop(app);
                tokio::select! {
                    written = writes.changed() => if written.is_err() {
                        return;
                    },
                    () = refreshed.notified() => settled = None,
                    () = tokio::time::sleep(INTERVAL) => settled = None,
                }
            }
        });
    }

    /// Stores what is different now, as one write; answers whether the directory could say. While
    /// it cannot, what is stored stays: nobody loses a group because a directory does not answer.
    pub async fn put_memberships_in_order(&self) -> Result<bool, AppError> {
        let named = self.present().named_groups();
        let Some(told) = self.told(&named) else {
            return Ok(false);
        };
        let decide = |state: &State| {
            // Whoever names another group meanwhile makes us look again.
            let same = state.named_groups() == named;
            let records = if same {
                differences(state, &told)
            } else {
                vec![]
            };
            Ok::<_, AppError>(records)
        };
        let own = format!("User:{OWN_PRINCIPAL}");
        self.store.update(&own, self.clock.now(), decide).await?;
        Ok(true)
    }

    /// Who is in these groups; nothing if the directory does not know at present.
    fn told(&self, named: &BTreeSet<String>) -> Option<BTreeMap<String, BTreeSet<String>>> {
        let mut told = BTreeMap::new();
        if !named.is_empty() {
            if !self.directory.knows_groups() {
                return None;
            }
            for user in self.directory.users_and_groups().users {
                let groups = self.directory.groups_of(&user);
                let groups: BTreeSet<String> = groups.intersection(named).cloned().collect();
                if !groups.is_empty() && user != OWN_PRINCIPAL {
                    told.insert(user, groups);
                }
            }
            // What is too old is let go of: it may have been so in between.
            if !self.directory.knows_groups() {
                return None;
            }
        }
        Some(told)
    }
}

/// What must be written so that the store says what was told.
fn differences(state: &State, told: &BTreeMap<String, BTreeSet<String>>) -> Vec<Record> {
    let stored = state.memberships();
    let new = told
        .iter()
        .filter(|(user, groups)| stored.get(*user) != Some(groups))
        .map(|(user, groups)| (user, groups.clone()));
    let gone = stored
        .keys()
        .filter(|user| !told.contains_key(*user))
        .map(|user| (user, BTreeSet::new()));
    new.chain(gone)
        .map(|(user, groups)| Record::Membership {
            user: user.clone(),
            groups,
        })
        .collect()
}
