//! The archive: the truth in one place, shaped as a log of keyed records.
//!
//! All reads come from memory ([`State`]), rebuilt by replaying the log. A write is
//! decided on the present and names its generation, so that two writers cannot both win. What a record may say is
//! decided in `app`; here it is only remembered.

mod enrolled;
mod log;
mod memory;
mod record;
mod sqlite;
mod state;

pub use enrolled::{Enrolled, EnrolledNode, Issued, IssuedToken, TokenUse};
pub use log::{Append, Generation, MetaLog, StoreError};
pub use memory::MemoryLog;
pub(crate) use record::binding_name;
pub use record::{AuditRecord, NodesRecord, Record, RegisteredCluster};
pub use sqlite::SqliteLog;
pub use state::State;

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::Mutex;

/// The state in memory above a log.
pub struct Store {
    shelf: Arc<Shelf>,
    writing: Arc<Mutex<()>>,
}

/// The log and what it says: changed together, by whoever writes.
struct Shelf {
    log: Arc<dyn MetaLog>,
    state: ArcSwap<State>,
}

impl Shelf {
    fn append(&self, append: Append, current: &State) -> Result<Generation, StoreError> {
        let generation = self.log.append(&append)?;
        let mut next = State::clone(current);
        for record in append.records {
            next.apply(generation, record);
        }
        self.state.store(Arc::new(next));
        Ok(generation)
    }
}

impl Store {
    /// Replays the log.
    pub async fn open(log: Arc<dyn MetaLog>) -> Result<Self, StoreError> {
        let reader = Arc::clone(&log);
        let entries = blocking(move || reader.replay()).await?;
        let mut state = State::default();
        for (generation, record) in entries {
            state.apply(generation, record);
        }
        Ok(Self {
            shelf: Arc::new(Shelf {
                log,
                state: ArcSwap::from_pointee(state),
            }),
            writing: Arc::default(),
        })
    }

    /// What is true now.
    pub fn read(&self) -> Arc<State> {
        self.shelf.state.load_full()
    }

    /// Decides on the present and appends what was decided, as one generation: all of it or
    /// nothing. Nothing else is written in between. An empty decision writes nothing.
    ///
    /// Once decided, the write happens, even if the caller is dropped while it waits.
    pub async fn update<E: From<StoreError>>(
        &self,
        actor: &str,
        at: Timestamp,
        decide: impl FnOnce(&State) -> Result<Vec<Record>, E> + Send,
    ) -> Result<Generation, E> {
        let turn = Arc::clone(&self.writing).lock_owned().await;
        let current = self.read();
        let records = decide(&current)?;
        let expected = current.generation();
        if records.is_empty() {
            return Ok(expected);
        }
        let append = Append {
            expected,
            records,
            actor: actor.to_string(),
            at: at.to_string(),
        };
        let shelf = Arc::clone(&self.shelf);
        let written = blocking(move || {
            let generation = shelf.append(append, &current);
            drop(turn);
            generation
        });
        Ok(written.await?)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Io(error.to_string()))?
}
