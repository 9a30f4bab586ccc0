//! Who is in which group, read as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::connection::Connections;
use super::entries::search;
use crate::config::{GroupSearch, LdapSettings, NameAttribute};

/// Who is in which group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) by_user: BTreeMap<String, BTreeSet<String>>,
    pub(super) users: BTreeSet<String>,
    pub(super) groups: BTreeSet<String>,
}

impl Membership {
    /// Reads all groups, or all users with their groups.
    pub(super) async fn read(
        connections: &Connections,
        settings: &LdapSettings,
    ) -> Result<Self, String> {
        match &settings.groups {
            None => Ok(Self::default()),
            Some(GroupSearch::Groups { groups, member }) => {
                let attributes = [groups.name.attribute.as_str(), member.attribute.as_str()];
                let found =
                    search(connections, settings, groups, &groups.filter, &attributes).await?;
                let mut membership = Self::default();
                for entry in &found {
                    let [names, members] = entry.values.as_slice() else {
                        continue;
                    };
                    let members = all(member, members);
                    for group in all(&groups.name, names) {
                        for user in &members {
                            membership.add(user, &group);
                        }
                        membership.groups.insert(group);
                    }
                }
                Ok(membership)
            }
            Some(GroupSearch::Users) => {
                let (users, of) = (&settings.users, &settings.member_of);
                let attributes = [users.name.attribute.as_str(), of.attribute.as_str()];
                let found =
                    search(connections, settings, users, &users.filter, &attributes).await?;
                let mut membership = Self::default();
                for entry in &found {
                    let [names, groups] = entry.values.as_slice() else {
                        continue;
                    };
                    let groups = all(of, groups);
                    for user in all(&users.name, names) {
                        for group in &groups {
                            membership.add(&user, group);
                        }
                        membership.users.insert(user);
                    }
                }
                Ok(membership)
            }
        }
    }

    fn add(&mut self, user: &str, group: &str) {
        self.users.insert(user.to_string());
        self.groups.insert(group.to_string());
        let groups = self.by_user.entry(user.to_string()).or_default();
        groups.insert(group.to_string());
    }
}

fn all(attribute: &NameAttribute, values: &[String]) -> Vec<String> {
    values
        .iter()
        .filter_map(|value| attribute.name_in(value))
        .collect()
}
