//! What a node holds: the last snapshot and every change since.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::difference::{Difference, of_grant};
use super::grants::Grants;
use super::message::{Change, Changes, Membership, Message, Snapshot};
use crate::acl::PackedAcls;
use crate::names::ClusterId;

/// The policy of one Kafka cluster as far as a node knows it; in the beginning, nothing. It never
/// goes back by itself, and never from one server's to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(super) cluster: ClusterId,
    pub(super) held: Option<Held>,
    pub(super) grants: Grants,
    pub(super) acls: PackedAcls,
    pub(super) memberships: BTreeMap<String, BTreeSet<String>>,
    pub(super) keys: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) server: String,
    pub(super) generation: u64,
    pub(super) issued_ms: i64,
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
            acls: PackedAcls::new(),
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
        self.grants = Grants::of(&snapshot.grants);
        self.acls = PackedAcls::of(snapshot.acls.iter());
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
                self.grants.set(&grant);
                differences
            }
            Change::Acl { acl, present } => {
                let changed = if present {
                    self.acls.insert(&acl)
                } else {
                    self.acls.remove(&acl)
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
