//! From records to bytes on disk: gathered into blocks, blocks into segments.

use std::io;

use super::append::Refusal;
use super::block::HEAD;
use super::disk::{Disk, Name};
use super::header::Header;
use super::limits::Fsync;
use super::record::Record;
use super::{LARGEST, Segment, Spool, Writing, wide};

/// Bytes of a block's records, unless one alone has more, and bytes that are handed to the disk at once.
const CHUNK: usize = 256 << 10;

impl<D: Disk> Spool<D> {
    /// Whether so many bytes more may wait, at the beginning of a segment.
    fn has_room(&self, more: usize) -> bool {
        let header = Header::size(&self.emitter);
        let unkept = |writing: Writing| writing.written.saturating_sub(writing.kept);
        let more = wide(
            self.buffer
                .len()
                .saturating_add(more)
                .saturating_add(header),
        );
        let unkept = self.writing.map_or(0, unkept).saturating_add(more);
        self.bytes.saturating_add(unkept) <= self.limits.max_bytes
    }

    /// Puts a record behind the others; it counts once [`keep`](Self::keep) succeeds.
    pub(super) fn take(&mut self, record: &Record<'_>, now_ms: u64) -> Result<(), Refusal> {
        let size = record.size();
        let bytes = HEAD.saturating_add(size);
        if bytes > LARGEST || record.topic.len() > usize::from(u16::MAX) {
            return Err(Refusal::TooLarge { bytes });
        }
        let whole = self.gathered.size_with(size);
        if whole > CHUNK || !self.has_room(whole) {
            self.pack(now_ms)?;
        }
        if !self.has_room(self.gathered.size_with(size)) {
            return Err(Refusal::Full { bytes: self.bytes });
        }
        self.gathered.add(record);
        if self.fsync == Fsync::Always {
            self.pack(now_ms)?;
            self.keep().map_err(Refusal::Disk)?;
        }
        Ok(())
    }

    /// Makes a block of what is gathered, in a segment that has room for it.
    pub(super) fn pack(&mut self, now_ms: u64) -> Result<(), Refusal> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let place = self.next_place.saturating_add(self.pending);
        let records = self.gathered.records();
        let block = self.gathered.finish(place, now_ms);
        let bytes = block.len();
        if bytes > LARGEST.saturating_add(HEAD) {
            return Err(Refusal::TooLarge { bytes });
        }
        if !self.has_room(bytes) {
            return Err(Refusal::Full { bytes: self.bytes });
        }
        let behind = |writing: Writing| writing.written.saturating_add(wide(self.buffer.len()));
        let is_full = |behind: u64| {
            behind > wide(Header::size(&self.emitter))
                && behind.saturating_add(wide(bytes)) > self.limits.segment_bytes
        };
        if self.writing.map(behind).is_some_and(is_full) {
            self.keep().map_err(Refusal::Disk)?;
            self.seal();
        }
        if self.writing.is_none() {
            let begun = self.begin();
            self.counted(begun).map_err(Refusal::Disk)?;
        }
        self.buffer.extend_from_slice(&block);
        self.pending = self.pending.saturating_add(records);
        if self.buffer.len() >= CHUNK {
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
        if self.buffer.capacity() > LARGEST {
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
    pub(super) fn keep(&mut self) -> io::Result<()> {
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
}
