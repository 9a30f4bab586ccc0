//! Frame after frame of one segment, over whatever is damaged between them.

use std::io;
use std::ops::Range;

use super::disk::{Disk, Name};
use super::segment::{Beginning, Frame, Header, LARGEST_HEADER, Parsed, next_mark};

const CHUNK: usize = 64 << 10;
/// A disk fails by blocks.
const BLOCK: u64 = 4096;

/// Reads one segment forward. Holds one chunk, or one frame if that is larger.
#[derive(Debug)]
pub(super) struct Scan {
    name: Name,
    /// Bytes of the segment that may be read.
    end: u64,
    window: Vec<u8>,
    /// Where the window begins in the segment.
    base: u64,
    /// What of the window is behind us.
    used: usize,
    /// Bytes that were none of a frame.
    pub(super) skipped: u64,
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Scan {
    /// From a place in a segment on, up to another.
    pub(super) const fn new(index: u64, from: u64, end: u64) -> Self {
        Self {
            name: Name::Segment(index),
            end,
            window: Vec::new(),
            base: from,
            used: 0,
            skipped: 0,
        }
    }

    /// Behind the last frame found, or what was skipped since.
    pub(super) fn at(&self) -> u64 {
        self.base.saturating_add(wide(self.used))
    }

    fn rest(&self) -> &[u8] {
        self.window.get(self.used..).unwrap_or_default()
    }

    /// Reads on until `needed` bytes are there, or the segment's end; false at the end.
    fn fill(&mut self, disk: &mut impl Disk, needed: usize) -> io::Result<bool> {
        while self.rest().len() < needed {
            let behind = self.base.saturating_add(wide(self.window.len()));
            let left = usize::try_from(self.end.saturating_sub(behind)).unwrap_or(usize::MAX);
            let missing = needed.saturating_sub(self.rest().len());
            let wanted = missing.max(CHUNK).min(left);
            if missing > left {
                return Ok(false);
            }
            self.base = self.at();
            self.window.drain(..self.used);
            self.used = 0;
            let held = self.window.len();
            self.window.resize(held.saturating_add(wanted), 0);
            let into = self.window.get_mut(held..).unwrap_or_default();
            let read = disk.read(self.name, behind, into);
            let count = *read.as_ref().unwrap_or(&0);
            self.window.truncate(held.saturating_add(count));
            if read? == 0 {
                self.end = behind; // Shorter than it was.
            }
        }
        Ok(true)
    }

    fn skip(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes).min(self.window.len());
        self.skipped = self.skipped.saturating_add(wide(bytes));
    }

    /// Gives up what cannot be read: on to the next block.
    pub(super) fn skip_block(&mut self) {
        let behind = self.base.saturating_add(wide(self.window.len()));
        let next = (behind / BLOCK).saturating_add(1).saturating_mul(BLOCK);
        self.skipped = self.skipped.saturating_add(next.saturating_sub(self.at()));
        self.window.clear();
        self.used = 0;
        self.base = next.min(self.end);
    }

    /// The next frame's bytes in the window; `None` at the end. Call [`frame`](Self::frame) with it.
    pub(super) fn advance(&mut self, disk: &mut impl Disk) -> io::Result<Option<Range<usize>>> {
        loop {
            match next_mark(self.rest()) {
                Err(without) => {
                    self.skip(without);
                    let needed = self.rest().len().saturating_add(1);
                    if !self.fill(disk, needed)? {
                        let rest = self.rest().len();
                        self.skip(rest);
                        return Ok(None);
                    }
                    continue;
                }
                Ok(before) => self.skip(before),
            }
            match Frame::decode(self.rest()) {
                Parsed::Frame(size) => {
                    let from = self.used;
                    self.used = from.saturating_add(size);
                    return Ok(Some(from..self.used));
                }
                Parsed::Needs(size) => {
                    if !self.fill(disk, size)? {
                        self.skip(1);
                    }
                }
                Parsed::Damaged => self.skip(1),
            }
        }
    }

    /// The frame that was found.
    pub(super) fn frame(&self, found: &Range<usize>) -> Option<Frame<'_>> {
        Frame::read(self.window.get(found.clone())?)
    }
}

/// What stands at the beginning of a segment.
pub(super) fn beginning(disk: &mut impl Disk, index: u64) -> io::Result<Beginning> {
    let mut bytes = vec![0; LARGEST_HEADER];
    let count = disk.read(Name::Segment(index), 0, &mut bytes)?;
    Ok(Header::decode(bytes.get(..count).unwrap_or_default()))
}
