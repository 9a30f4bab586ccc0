//! Keeping records.

use std::fmt;
use std::io;

use super::disk::{Disk, Name};
use super::limits::Fsync;
use super::record::Record;
use super::{LARGEST, Spool};

/// Why records are not kept.
#[derive(Debug)]
pub enum Refusal {
    /// The first of them is too large, whatever else waits; the next ones were not tried.
    TooLarge {
        /// Its size on disk.
        bytes: usize,
    },
    /// So much waits already.
    Full {
        /// Bytes of all segments.
        bytes: u64,
    },
    /// The file system failed.
    Disk(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(
                to,
                "the event takes {bytes} bytes, and none may take more than {LARGEST}"
            ),
            Self::Full { bytes } => write!(to, "{bytes} bytes wait there already"),
            Self::Disk(error) => write!(to, "{error}"),
        }
    }
}

/// What became of records.
#[derive(Debug)]
#[must_use]
pub struct Kept {
    /// So many of the first ones are kept.
    pub count: usize,
    /// Why the others are not, if there are any.
    pub refusal: Option<Refusal>,
}

impl<D: Disk> Spool<D> {
    /// Keeps records, in order; none comes after one that is refused.
    ///
    /// When it answers, those that are kept are on disk as the policy asks: except for
    /// [`Fsync::Roll`], a power cut loses none of them. Those refused are not kept: where the disk fails
    /// so badly that they cannot be cut off again, they may come out all the same after a restart.
    pub fn append(&mut self, records: &[Record<'_>], now_ms: u64) -> Kept {
        self.append_as(self.limits.fsync, records, now_ms)
    }

    /// As [`append`](Self::append), and whatever the policy says, a power cut loses none of those kept.
    pub fn append_surely(&mut self, records: &[Record<'_>], now_ms: u64) -> Kept {
        let fsync = match self.limits.fsync {
            Fsync::Roll => Fsync::Batch,
            surely => surely,
        };
        self.append_as(fsync, records, now_ms)
    }

    fn append_as(&mut self, fsync: Fsync, records: &[Record<'_>], now_ms: u64) -> Kept {
        self.fsync = fsync;
        let before = self.next_place;
        let mut refusal = self.look_after().err();
        for record in records {
            if refusal.is_some() {
                break;
            }
            refusal = self.take(record, now_ms).err();
        }
        if let Err(why) = self.pack(now_ms) {
            refusal = Some(why);
        }
        if let Err(error) = self.keep() {
            refusal = Some(Refusal::Disk(error));
        }
        let count = self.next_place.saturating_sub(before);
        Kept {
            count: usize::try_from(count).unwrap_or(records.len()),
            refusal,
        }
    }

    /// Somebody may have removed the directory: what is written to it then is lost. It is made again,
    /// and what was in it shows as a gap between places.
    fn look_after(&mut self) -> Result<(), Refusal> {
        let gone = |length: io::Result<u64>| {
            let kinds = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
            length.is_err_and(|error| kinds.contains(&error.kind()))
        };
        let written = self.writing.map(|writing| Name::Segment(writing.index));
        let present = |disk: &mut D, name| !gone(disk.length(name));
        if present(&mut self.disk, Name::Lock)
            && written.is_none_or(|name| present(&mut self.disk, name))
        {
            return Ok(());
        }
        self.happened.failures = self.happened.failures.saturating_add(1);
        self.seal();
        let prepared = self.disk.prepare();
        self.counted(prepared).map_err(Refusal::Disk)?;
        let locked = self.disk.lock();
        if !self.counted(locked).map_err(Refusal::Disk)? {
            let owned = io::Error::other("another process took it over");
            return Err(Refusal::Disk(owned));
        }
        let disk = &mut self.disk;
        self.segments
            .retain(|segment| present(disk, Name::Segment(segment.index)));
        self.bytes = self.segments.iter().map(|segment| segment.length).sum();
        Ok(())
    }

    /// Writes no more to the segment.
    pub(super) fn seal(&mut self) {
        if let Some(writing) = self.writing.take() {
            let name = Name::Segment(writing.index);
            if self.limits.fsync == Fsync::Roll {
                let synced = self.disk.sync(name);
                let _ = self.counted(synced);
            }
            self.disk.close(name);
        }
    }
}
