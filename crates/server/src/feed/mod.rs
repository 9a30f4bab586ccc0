//! The feed: each Kafka cluster's part of the policy, as its nodes get it ([`openmds_policy::feed`]).
//!
//! What a cluster gets is a function of the store ([`snapshot`], [`changes`]): the bindings on
//! exactly that Kafka cluster, its ACLs, of the directory's groups those that they name, and the
//! public keys that verify tokens. Who may have it is decided in `app`.

mod nodes;
mod questions;
mod snapshots;
mod view;

pub use nodes::{NodeId, Nodes, SeenNode, Waiting};
pub use questions::{Asked, Questions};
pub use snapshots::Snapshots;
pub use view::{changes, snapshot};

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

/// The format of the feed that is served (`policy::feed`, `OMF1`).
pub const FORMAT: u32 = 1;

/// What the feed remembers, all of it in memory.
pub struct Feed {
    /// The nodes that were heard.
    pub nodes: Nodes,
    /// What nodes are asked.
    pub questions: Questions,
    /// Snapshots that are on their way.
    pub snapshots: Snapshots,
    /// Places for nodes that wait.
    pub room: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

impl Feed {
    /// A feed at which so many nodes may wait at once.
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self {
            nodes: Nodes::default(),
            questions: Questions::default(),
            snapshots: Snapshots::default(),
            room: Arc::new(Semaphore::new(places)),
            closing: watch::Sender::new(false),
        }
    }

    /// Lets nobody wait any more: whoever waits is answered now.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when nobody shall wait any more.
    #[must_use]
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}
