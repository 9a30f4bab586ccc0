//! The bounded queue between request threads and the drain thread. A push never waits: it
//! succeeds, or the queue is full.

use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;

use crate::login::Login;
use crate::record::Record;

/// The size of a small record, by which a budget of bytes becomes a number of slots.
const SMALL_RECORD: usize = 256;
const FEWEST_SLOTS: usize = 16;
const SLOT: usize = size_of::<Waiting>() + 8;

/// What becomes one event.
#[derive(Debug)]
pub enum Waiting {
    /// Somebody was allowed something, or not.
    Decision(Record),
    /// Somebody was let in, or not.
    Login(Login),
}

impl Waiting {
    /// What it takes in memory, allocator and queue slot included.
    #[must_use]
    pub const fn size(&self) -> usize {
        match self {
            Self::Decision(record) => record.size(),
            Self::Login(login) => login.size().saturating_add(SLOT),
        }
    }
}

/// Records waiting to become events; bounded by number and by bytes.
#[derive(Debug)]
pub struct Queue {
    slots: ArrayQueue<Waiting>,
    bytes: AtomicUsize,
    max_bytes: usize,
}

impl Queue {
    /// A queue that takes at most `max_bytes` of memory, slots included.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        let slots = (max_bytes / SMALL_RECORD).max(FEWEST_SLOTS);
        Self {
            slots: ArrayQueue::new(slots),
            bytes: AtomicUsize::new(0),
            max_bytes,
        }
    }

    /// Adds one; false if there is no room, and it is gone.
    #[must_use]
    pub fn push(&self, record: Waiting) -> bool {
        let size = record.size();
        let before = self.bytes.fetch_add(size, Ordering::Relaxed);
        let fits = before
            .checked_add(size)
            .is_some_and(|after| after <= self.max_bytes);
        if fits && self.slots.push(record).is_ok() {
            return true;
        }
        self.bytes.fetch_sub(size, Ordering::Relaxed);
        false
    }

    /// Takes the oldest record.
    #[must_use]
    pub fn pop(&self) -> Option<Waiting> {
        let record = self.slots.pop()?;
        self.bytes.fetch_sub(record.size(), Ordering::Relaxed);
        Some(record)
    }

    /// How many records wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many records can wait.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How full it is, in thousandths of whichever bound is nearer.
    #[must_use]
    pub fn fill_permille(&self) -> u64 {
        let share = |used: usize, whole: usize| {
            used.saturating_mul(1_000)
                .checked_div(whole)
                .unwrap_or(1_000)
        };
        let nearer = share(self.slots.len(), self.slots.capacity())
            .max(share(self.bytes.load(Ordering::Relaxed), self.max_bytes));
        u64::try_from(nearer).unwrap_or(1_000).min(1_000)
    }
}
