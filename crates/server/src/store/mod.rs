//! The archive: the truth in one place, shaped as a log of keyed records.
//!
//! All reads come from memory ([`State`]), rebuilt by replaying the log. A write is
//! decided on the present and names its generation, so that two writers cannot both win. What a record may say is
//! decided in `app`; here it is only remembered.

mod enrolled;
mod lineage;
mod log;
mod memory;
mod named_groups;
mod recent;
mod record;
mod sqlite;
mod state;

pub use enrolled::{Enrolled, EnrolledNode, Issued, IssuedToken, TokenUse};
pub use lineage::Origin;
pub use log::{Append, Generation, MetaLog, StoreError};
pub use memory::MemoryLog;
pub use recent::Remembered;
pub(crate) use record::binding_name;
pub use record::{AuditRecord, NodesRecord, Record, RegisteredCluster};
pub use sqlite::SqliteLog;
pub use state::State;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::watch;

use self::recent::{Recent, concerning_brokers};

/// Most records of which a feed can tell what changed; whoever is further behind gets a snapshot.
const REMEMBERED: usize = 32_768;

/// How a log is taken up.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// How many generations to leave out before the first write, if the log holds anything. Each
    /// start has its own random number ([`Origin`]).
    pub skip: u64,
    /// Most records that are remembered for feeds.
    pub remembered: usize,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            skip: 0,
            remembered: REMEMBERED,
        }
    }
}

/// The state in memory above a log.
pub struct Store {
    shelf: Arc<Shelf>,
    writing: Arc<tokio::sync::Mutex<()>>,
}

/// The log and what it says: changed together, by whoever writes.
struct Shelf {
    log: Arc<dyn MetaLog>,
    state: ArcSwap<State>,
    recent: Mutex<Recent>,
    /// The first generation that this process gives.
    first: Generation,
    written: watch::Sender<Generation>,
}

impl Shelf {
    /// The generation of the write after this one.
    fn next(&self, after: Generation) -> Generation {
        Generation(after.0.saturating_add(1)).max(self.first)
    }

    fn append(&self, mut append: Append, current: &State) -> Result<Generation, StoreError> {
        append.generation = append.generation.max(self.first);
        let after = append.expected;
        if append.generation.0 > after.0.saturating_add(1) {
            append.records.push(Record::Skipped { after });
        }
        let generation = self.log.append(&append)?;
        let remembered = concerning_brokers(current, &append.records);
        let mut next = State::clone(current);
        for record in append.records {
            next.apply(generation, record);
        }
        // Whoever sees the state finds here what led to it.
        self.recent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(generation, remembered);
        self.state.store(Arc::new(next));
        self.written.send_replace(generation);
        Ok(generation)
    }
}

impl Store {
    /// Replays the log, and goes on where it ends.
    pub async fn open(log: Arc<dyn MetaLog>) -> Result<Self, StoreError> {
        Self::take_up(log, Opening::default()).await
    }

    /// Replays the log.
    pub async fn take_up(log: Arc<dyn MetaLog>, how: Opening) -> Result<Self, StoreError> {
        let reader = Arc::clone(&log);
        let entries = blocking(move || reader.replay()).await?;
        let mut state = State::default();
        for (generation, record) in entries {
            state.apply(generation, record);
        }
        let last = state.generation();
        let skip = if last == Generation::default() {
            0
        } else {
            how.skip
        };
        Ok(Self {
            shelf: Arc::new(Shelf {
                log,
                state: ArcSwap::from_pointee(state),
                recent: Mutex::new(Recent::new(last, how.remembered)),
                first: Generation(last.0.saturating_add(1).saturating_add(skip)),
                written: watch::Sender::new(last),
            }),
            writing: Arc::default(),
        })
    }

    /// What is true now.
    pub fn read(&self) -> Arc<State> {
        self.shelf.state.load_full()
    }

    /// The generation that a write gets if it is decided on this one.
    #[must_use]
    pub fn next(&self, after: Generation) -> Generation {
        self.shelf.next(after)
    }

    /// Hears of every write: of the last one, if there were several.
    #[must_use]
    pub fn writes(&self) -> watch::Receiver<Generation> {
        self.shelf.written.subscribe()
    }

    /// What concerned brokers after one generation, up to another one that is in memory; nothing
    /// if that is too long ago.
    #[must_use]
    pub fn between(&self, from: Generation, to: Generation) -> Option<Vec<Arc<[Remembered]>>> {
        let recent = self.shelf.recent.lock();
        recent
            .unwrap_or_else(PoisonError::into_inner)
            .between(from, to)
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
        self.update_above(Generation::default(), actor, at, decide)
            .await
    }

    /// As [`Self::update`], as a generation above the given one.
    pub async fn update_above<E: From<StoreError>>(
        &self,
        above: Generation,
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
            generation: Generation(expected.max(above).0.saturating_add(1)),
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
