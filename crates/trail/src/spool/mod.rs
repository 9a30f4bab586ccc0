//! Events that wait on disk: segments of checksummed, compressed blocks, written by one owner, delivered
//! in order, removed when they are delivered (`spec/spool.md`).
//!
//! What deliberately is not here: threads, clocks, and the question when an event should wait. Memory
//! does not grow with the spool: segments are known by number and length, and read by chunks.

mod append;
mod block;
mod bytes;
mod directory;
mod disk;
mod escape;
mod frame;
mod header;
mod limits;
mod open;
mod pack;
mod position;

mod read;
mod reading;
mod record;
mod release;
mod scan;

use std::collections::VecDeque;

pub use append::{Kept, Refusal};
pub use directory::Directory;
pub use disk::{Disk, Name};
pub use limits::{Fsync, Limits};
pub use open::OpenError;
pub use reading::{Batch, Lost};
pub use record::Record;

use crate::stamp::Epoch;
use block::Gathered;
use position::Position;

/// Bytes of a block's records at most, and of what becomes of them on disk: an event is smaller than a
/// Kafka message may be by default, 1 MiB; this leaves room for destinations that take more, and bounds
/// what reading one block holds in memory.
const LARGEST: usize = 8 << 20;

/// One segment on disk.
#[derive(Debug, Clone, Copy)]
struct Segment {
    index: u64,
    /// Bytes of it that count.
    length: u64,
}

/// The segment that is being written. It is the last one.
#[derive(Debug, Clone, Copy)]
struct Writing {
    index: u64,
    /// Bytes kept as the policy asks.
    kept: u64,
    /// Bytes that the disk took.
    written: u64,
}

/// What happened to a spool since it was opened. Damage is counted when it is behind us: when what
/// comes after it is delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Happened {
    /// Ends of segments that were not written whole, and were cut off.
    pub torn: u64,
    /// Bytes of those.
    pub torn_bytes: u64,
    /// Records that were damaged, or that somebody removed.
    pub damaged: u64,
    /// Records that waited for too long.
    pub expired: u64,
    /// Records delivered.
    pub delivered: u64,
    /// Calls of the disk that failed.
    pub failures: u64,
}

/// A spool that this value owns.
#[derive(Debug)]
pub struct Spool<D> {
    disk: D,
    limits: Limits,
    /// The policy for what is being appended.
    fsync: Fsync,
    emitter: String,
    epoch: Epoch,
    /// Oldest first.
    segments: VecDeque<Segment>,
    writing: Option<Writing>,
    /// No segment had this number yet, nor a greater one.
    next_index: u64,
    /// The place of the next record.
    next_place: u64,
    /// Bytes of all segments.
    bytes: u64,
    done: Position,
    /// What was read and is not released yet, the oldest first.
    offered: VecDeque<reading::Offered>,
    /// How often reading failed at `done`.
    unreadable: u32,
    happened: Happened,
    /// Records on their way into a block.
    gathered: Gathered,
    /// Blocks on their way to the disk.
    buffer: Vec<u8>,
    /// Records in blocks that are not kept yet.
    pending: u64,
}

impl<D: Disk> Spool<D> {
    /// Records that wait, damaged ones among them.
    pub const fn waiting(&self) -> u64 {
        self.next_place.saturating_sub(self.done.place)
    }

    /// Bytes of all segments: what is delivered is given back by whole segments.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The place of the next record: those up to here came before.
    pub const fn next_place(&self) -> u64 {
        self.next_place
    }

    /// The place of the next record to be delivered.
    pub const fn done_place(&self) -> u64 {
        self.done.place
    }

    /// What happened so far.
    pub const fn happened(&self) -> Happened {
        self.happened
    }

    /// The disk.
    pub const fn disk(&self) -> &D {
        &self.disk
    }

    /// The result, counted if it is a failure.
    fn counted<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        if result.is_err() {
            self.happened.failures = self.happened.failures.saturating_add(1);
        }
        result
    }
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
