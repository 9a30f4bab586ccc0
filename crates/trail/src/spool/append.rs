//! Keeping records.

use std::fmt;
use std::io;

use super::disk::{Disk, Name};
use super::limits::Fsync;
use super::segment::{Frame, Header, LARGEST_FRAME, Record};
use super::{Segment, Spool, Writing, wide};

/// Bytes that are handed to the disk at once.
const CHUNK: usize = 256 << 10;

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
                "the event takes {bytes} bytes, and none may take more than {LARGEST_FRAME}"
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

    /// Puts a record behind the others; it counts once [`keep`](Self::keep) succeeds.
    fn take(&mut self, record: &Record<'_>, now_ms: u64) -> Result<(), Refusal> {
        let size = Frame::size(record);
        if size > LARGEST_FRAME || record.topic.len() > usize::from(u16::MAX) {
            return Err(Refusal::TooLarge { bytes: size });
        }
        let length = |writing: Writing| writing.written.saturating_add(wide(self.buffer.len()));
        let behind = self.writing.map(length);
        let rolls = behind.is_some_and(|behind| {
            behind > wide(Header::size(&self.emitter))
                && behind.saturating_add(wide(size)) > self.limits.segment_bytes
        });
        let begins = rolls || self.writing.is_none();
        let header = if begins {
            Header::size(&self.emitter)
        } else {
            0
        };
        let more = wide(
            self.buffer
                .len()
                .saturating_add(size)
                .saturating_add(header),
        );
        if self.bytes.saturating_add(more) > self.limits.max_bytes {
            return Err(Refusal::Full { bytes: self.bytes });
        }
        if rolls {
            self.keep().map_err(Refusal::Disk)?;
            self.seal();
        }
        if begins {
            let begun = self.begin();
            self.counted(begun).map_err(Refusal::Disk)?;
        }
        let frame = Frame {
            place: self.next_place.saturating_add(self.pending),
            written_ms: now_ms,
            record: *record,
        };
        frame.encode(&mut self.buffer);
        self.pending = self.pending.saturating_add(1);
        if self.fsync == Fsync::Always {
            self.keep().map_err(Refusal::Disk)?;
        } else if self.buffer.len() >= CHUNK {
            self.write().map_err(Refusal::Disk)?;
        }
        Ok(())
    }

    /// Begins a segment. Whatever remains of one that could not be begun is harmless: its number is not
    /// used again.
    fn begin(&mut self) -> io::Result<()> {
        let index = self.next_index;
        let name = Name::Segment(index);
        self.next_index = index.saturating_add(1);
        let header = Header {
            first: self.next_place,
            epoch: self.epoch,
            emitter: self.emitter.clone(),
        };
        let bytes = header.encode();
        let begun = self.disk.create(name).and_then(|()| {
            self.disk.append(name, &bytes)?;
            self.disk.sync(name)?;
            self.disk.sync_directory()
        });
        if begun.is_err() {
            let _ = self.disk.remove(name);
            return begun;
        }
        let length = wide(bytes.len());
        self.segments.push_back(Segment { index, length });
        self.bytes = self.bytes.saturating_add(length);
        self.writing = Some(Writing {
            index,
            kept: length,
            written: length,
        });
        Ok(())
    }

    /// Hands what is gathered to the disk; if that fails, nothing since the last
    /// [`keep`](Self::keep) is kept.
    fn write(&mut self) -> io::Result<()> {
        let Some(mut writing) = self.writing.filter(|_| !self.buffer.is_empty()) else {
            return Ok(());
        };
        let length = wide(self.buffer.len());
        let name = Name::Segment(writing.index);
        let written = self.disk.append(name, &self.buffer);
        self.buffer.clear();
        if self.buffer.capacity() > LARGEST_FRAME {
            self.buffer = Vec::new();
        }
        if let Err(error) = self.counted(written) {
            self.abandon(writing);
            return Err(error);
        }
        writing.written = writing.written.saturating_add(length);
        self.writing = Some(writing);
        Ok(())
    }

    /// Makes all that was taken count.
    fn keep(&mut self) -> io::Result<()> {
        self.write()?;
        let Some(mut writing) = self.writing.filter(|_| self.pending > 0) else {
            return Ok(());
        };
        if self.fsync != Fsync::Roll {
            let synced = self.disk.sync(Name::Segment(writing.index));
            if let Err(error) = self.counted(synced) {
                // What the disk has of it is unknown from now on; nothing more goes behind it.
                self.abandon(writing);
                return Err(error);
            }
        }
        let more = writing.written.saturating_sub(writing.kept);
        writing.kept = writing.written;
        self.writing = Some(writing);
        self.bytes = self.bytes.saturating_add(more);
        if let Some(last) = self.segments.back_mut() {
            last.length = writing.kept;
        }
        self.next_place = self.next_place.saturating_add(self.pending);
        self.pending = 0;
        Ok(())
    }

    /// Cuts off what is not kept, and writes no more to this segment.
    fn abandon(&mut self, writing: Writing) {
        self.pending = 0;
        self.buffer.clear();
        let name = Name::Segment(writing.index);
        self.disk.close(name);
        let cut = self.disk.truncate(name, writing.kept);
        let _ = self.counted(cut);
        self.writing = None;
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
