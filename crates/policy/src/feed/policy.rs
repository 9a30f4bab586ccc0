//! What a node holds: the last snapshot and every change since.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::difference::{Difference, of_grant};
use super::encoded::Patterns;
use super::grants::Grants;
use super::message::{Change, Changes, Grant, Membership, Message, Snapshot};
use crate::acl::{AclRef, EncodedAcl};
use crate::names::{ClusterId, Principal};

/// The policy of one Kafka cluster as far as a node knows it; in the beginning, nothing. It never
/// goes back by itself, and never from one server's to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    cluster: ClusterId,
    held: Option<Held>,
    grants: Grants,
    acls: BTreeSet<EncodedAcl>,
    memberships: BTreeMap<String, BTreeSet<String>>,
    keys: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    server: String,
    generation: u64,
    issued_ms: i64,
}

/// What following a message did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// Everything may be different.
    Everything,
    /// These things are; nothing after a sign of life.
    Differences(Vec<Difference>),
}

/// Why a message is not followed. The policy stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is for somebody else.
    #[error("the feed is for Kafka cluster `{offered}`, this node belongs to `{own}`")]
    OtherCluster {
        /// The node's cluster.
        own: String,
        /// The message's.
        offered: String,
    },
    /// It is by somebody else.
    #[error("the feed comes from server {offered}, this node follows server {held}")]
    OtherServer {
        /// Whose policy is held.
        held: String,
        /// Whose message it is.
        offered: String,
    },
    /// The server's store is older than what the node already holds: it was restored.
    #[error(
        "the server is at generation {offered}, this node already holds generation {held}: the server's store was restored from an older copy"
    )]
    Backwards {
        /// The generation that is held.
        held: u64,
        /// The generation of the message.
        offered: u64,
    },
    /// There are changes between what is held and these; a snapshot is needed.
    #[error("these are the changes since generation {from}, this node holds {}: a snapshot is needed", generation(*held))]
    Gap {
        /// The generation that is held, if any.
        held: Option<u64>,
        /// The generation that the changes start from.
        from: u64,
    },
}

fn generation(held: Option<u64>) -> String {
    held.map_or_else(|| "none".into(), |held| alloc::format!("generation {held}"))
}

impl Policy {
    /// Nothing held yet, for the node's own cluster.
    #[must_use]
    pub const fn nothing(cluster: ClusterId) -> Self {
        Self {
            cluster,
            held: None,
            grants: Grants::none(),
            acls: BTreeSet::new(),
            memberships: BTreeMap::new(),
            keys: String::new(),
        }
    }

    /// Takes what a server says, or refuses it and stays as it is.
    pub fn follow(&mut self, message: Message) -> Result<Followed, Refused> {
        match message {
            Message::Snapshot(snapshot) => self.replace(snapshot),
            Message::Changes(changes) => self.change(changes),
        }
    }

    fn replace(&mut self, snapshot: Snapshot) -> Result<Followed, Refused> {
        self.check_origin(&snapshot.cluster, &snapshot.server)?;
        let offered = snapshot.generation;
        if let Some(held) = self.generation().filter(|held| offered < *held) {
            return Err(Refused::Backwards { held, offered });
        }
        *self = Self::nothing(snapshot.cluster);
        self.held = Some(Held {
            server: snapshot.server,
            generation: snapshot.generation,
            issued_ms: snapshot.issued_ms,
        });
        for grant in snapshot.grants {
            self.grants.set(grant);
        }
        self.acls = snapshot.acls.iter().map(EncodedAcl::new).collect();
        for membership in snapshot.memberships {
            self.set_groups(membership);
        }
        self.keys = snapshot.keys;
        Ok(Followed::Everything)
    }

    fn change(&mut self, changes: Changes) -> Result<Followed, Refused> {
        self.check_origin(&changes.cluster, &changes.server)?;
        let from = changes.from;
        let gap = Refused::Gap {
            held: self.generation(),
            from,
        };
        let held = self.held.as_mut().filter(|held| held.generation == from);
        let held = held.ok_or(gap)?;
        held.generation = changes.to;
        held.issued_ms = changes.issued_ms;
        let changes = changes.changes.into_iter();
        Ok(Followed::Differences(
            changes.flat_map(|change| self.set(change)).collect(),
        ))
    }

    fn check_origin(&self, cluster: &ClusterId, server: &str) -> Result<(), Refused> {
        if *cluster != self.cluster {
            return Err(Refused::OtherCluster {
                own: self.cluster.as_str().into(),
                offered: cluster.as_str().into(),
            });
        }
        match &self.held {
            Some(held) if held.server != server => Err(Refused::OtherServer {
                held: held.server.clone(),
                offered: server.into(),
            }),
            _ => Ok(()),
        }
    }

    fn set(&mut self, change: Change) -> Vec<Difference> {
        match change {
            Change::Grant(grant) => {
                let held = self.grants.get(&grant.principal, &grant.role);
                let differences = of_grant(&grant, held);
                self.grants.set(grant);
                differences
            }
            Change::Acl { acl, present } => {
                let encoded = EncodedAcl::new(&acl);
                let changed = if present {
                    self.acls.insert(encoded)
                } else {
                    self.acls.remove(&encoded)
                };
                let difference = changed.then_some(Difference::Acl { acl, present });
                difference.into_iter().collect()
            }
            Change::Membership(membership) => {
                self.set_groups(membership.clone());
                vec![Difference::Membership(membership)]
            }
            Change::Keys(keys) => {
                self.keys = keys;
                Vec::new()
            }
        }
    }

    fn set_groups(&mut self, membership: Membership) {
        if membership.groups.is_empty() {
            self.memberships.remove(&membership.user);
        } else {
            self.memberships.insert(membership.user, membership.groups);
        }
    }
}

/// What is held.
impl Policy {
    /// The cluster that it is for.
    #[must_use]
    pub const fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// The server that it comes from, if any is held.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.held.as_ref().map(|held| held.server.as_str())
    }

    /// The server's generation, if any is held.
    #[must_use]
    pub fn generation(&self) -> Option<u64> {
        self.held.as_ref().map(|held| held.generation)
    }

    /// When the server last said something, milliseconds since 1970 by the server's clock.
    #[must_use]
    pub fn issued_ms(&self) -> Option<i64> {
        self.held.as_ref().map(|held| held.issued_ms)
    }

    /// The keys that tokens are signed with: the text of a JWKS.
    #[must_use]
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// The role bindings, ordered by principal and role.
    pub fn grants(&self) -> impl Iterator<Item = (&Principal, &str, &Patterns)> {
        self.grants.iter()
    }

    /// The central ACLs.
    pub fn acls(&self) -> impl Iterator<Item = AclRef<'_>> {
        self.acls.iter().filter_map(EncodedAcl::decoded)
    }

    /// How many central ACLs there are.
    #[must_use]
    pub fn count_acls(&self) -> usize {
        self.acls.len()
    }

    /// Users in groups, each with its groups, by name without type.
    pub fn memberships(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        let memberships = self.memberships.iter();
        memberships.map(|(user, groups)| (user.as_str(), groups))
    }

    /// All of it as one message, for the copy on disk.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        let held = self.held.as_ref()?;
        let grants = self.grants().map(|(principal, role, patterns)| Grant {
            principal: principal.clone(),
            role: role.into(),
            patterns: Some(patterns.to_set()),
        });
        let memberships = self.memberships().map(|(user, groups)| Membership {
            user: user.into(),
            groups: groups.clone(),
        });
        Some(Snapshot {
            server: held.server.clone(),
            cluster: self.cluster.clone(),
            generation: held.generation,
            issued_ms: held.issued_ms,
            grants: grants.collect(),
            acls: self.acls().map(|acl| acl.to_owned()).collect(),
            memberships: memberships.collect(),
            keys: self.keys.clone(),
        })
    }
}
