//! What the feed says. The order of fields and of variants is the format (`spec/feed.md`): add at
//! the end, under a new magic.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::acl::AclBinding;
use crate::names::{ClusterId, Principal, ResourcePattern};

/// One thing said by a server to a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// All of it.
    Snapshot(Snapshot),
    /// What is different since.
    Changes(Changes),
}

/// All that holds for one Kafka cluster at one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whose generations these are: the identity of the serving store, a UUID.
    pub server: String,
    /// The Kafka cluster it is for.
    pub cluster: ClusterId,
    /// The store's generation.
    pub generation: u64,
    /// When the server said it, milliseconds since 1970 by the server's clock.
    pub issued_ms: i64,
    /// The role bindings in the scope of this Kafka cluster alone.
    pub grants: Vec<Grant>,
    /// The central ACLs of this cluster.
    pub acls: Vec<AclBinding>,
    /// The directory's groups, as far as grants and ACLs name them.
    pub memberships: Vec<Membership>,
    /// The keys that tokens are signed with: the text of a JWKS.
    pub keys: String,
}

/// What is different between two generations. Without changes and with equal generations it is a
/// sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// As in [`Snapshot`].
    pub server: String,
    /// As in [`Snapshot`].
    pub cluster: ClusterId,
    /// The generation that must be held.
    pub from: u64,
    /// The generation that is held afterwards.
    pub to: u64,
    /// As in [`Snapshot`].
    pub issued_ms: i64,
    /// In order; each sets one thing, so that applying it twice is applying it once.
    pub changes: Vec<Change>,
}

/// One thing set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A role binding, or its end.
    Grant(Grant),
    /// A central ACL that is there, or is not.
    Acl {
        /// Which.
        acl: AclBinding,
        /// There or not.
        present: bool,
    },
    /// A user's groups.
    Membership(Membership),
    /// The keys that tokens are signed with: the text of a JWKS.
    Keys(String),
}

/// A role binding whose scope is the feed's Kafka cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who.
    pub principal: Principal,
    /// Which role, by name.
    pub role: String,
    /// On what: `None` if the binding is gone, empty for a role on the whole cluster.
    pub patterns: Option<BTreeSet<ResourcePattern>>,
}

/// The groups that the directory puts a user in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The user's name, without its type.
    pub user: String,
    /// The groups' names, without their type; empty: in none any more.
    pub groups: BTreeSet<String>,
}
