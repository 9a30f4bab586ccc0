//! Block after block of one segment, or frame after frame, over whatever is damaged between them.

use std::io;
use std::ops::Range;

use super::block::{self, Head};
use super::disk::{Disk, Name};
use super::escape::MARKED;
use super::frame::{self, Frame};

const CHUNK: usize = 64 << 10;
/// A disk fails by blocks.
const BLOCK: u64 = 4096;

/// What begins where something could begin.
pub(super) enum Parsed {
    /// A frame, so long.
    Frame(usize),
    /// A block, so long.
    Block {
        head: Head,
        size: usize,
        /// Whether its records are what was written.
        whole: bool,
    },
    /// So many bytes are needed to tell.
    Needs(usize),
    /// Nothing.
    Damaged,
}

/// What was found in a segment; its bytes are in the window.
#[derive(Debug)]
pub(super) enum Found {
    /// One record.
    Frame(Range<usize>),
    /// Records.
    Block(Head, Range<usize>),
    /// Records that are damaged.
    Lost(Head, Range<usize>),
}

/// Reads one segment forward. Holds one chunk, or one block if that is larger.
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
    }

    /// Gives up what cannot be read: on to the next block.
    pub(super) fn skip_block(&mut self) {
        let behind = self.base.saturating_add(wide(self.window.len()));
        let next = (behind / BLOCK).saturating_add(1).saturating_mul(BLOCK);
        self.window.clear();
        self.used = 0;
        self.base = next.min(self.end);
    }

    /// The next block or frame; `None` at the end.
    pub(super) fn advance(&mut self, disk: &mut impl Disk) -> io::Result<Option<Found>> {
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
            match parse(self.rest()) {
                Parsed::Frame(size) => return Ok(Some(Found::Frame(self.found(size)))),
                Parsed::Block { head, size, whole } => {
                    let found = self.found(size);
                    return Ok(Some(if whole {
                        Found::Block(head, found)
                    } else {
                        Found::Lost(head, found)
                    }));
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

    fn found(&mut self, size: usize) -> Range<usize> {
        let from = self.used;
        self.used = from.saturating_add(size);
        from..self.used
    }

    /// The bytes of what was found last.
    pub(super) fn bytes(&self, found: &Range<usize>) -> &[u8] {
        self.window.get(found.clone()).unwrap_or_default()
    }

    /// Where what was found last begins in the segment.
    pub(super) fn begins(&self, found: &Found) -> u64 {
        let (Found::Frame(range) | Found::Block(_, range) | Found::Lost(_, range)) = found;
        self.base.saturating_add(wide(range.start))
    }

    /// The place behind what was found last.
    pub(super) fn place_behind(&self, found: &Found) -> Option<u64> {
        match found {
            Found::Frame(range) => {
                let frame = Frame::read(self.bytes(range));
                frame.map(|frame| frame.place.saturating_add(1))
            }
            Found::Block(head, _) | Found::Lost(head, _) => Some(head.end()),
        }
    }

    /// The place of what was found last.
    pub(super) fn place(&self, found: &Found) -> Option<u64> {
        match found {
            Found::Frame(range) => Frame::read(self.bytes(range)).map(|frame| frame.place),
            Found::Block(head, _) | Found::Lost(head, _) => Some(head.place),
        }
    }
}

fn parse(bytes: &[u8]) -> Parsed {
    if bytes.starts_with(&block::MARK) {
        Head::parse(bytes)
    } else {
        Frame::parse(bytes)
    }
}

/// Where the next block or frame could begin, in bytes from the first on; as many bytes as none begins in.
fn next_mark(bytes: &[u8]) -> Result<usize, usize> {
    let marks = memchr::memchr_iter(MARKED, bytes);
    for at in marks {
        let rest = bytes.get(at..).unwrap_or_default();
        let begins = |mark: [u8; 4]| rest.starts_with(&mark);
        if begins(block::MARK) || begins(frame::MARK) {
            return Ok(at);
        }
        if rest.len() < frame::MARK.len() {
            return Err(at); // It may be the beginning of one.
        }
    }
    Err(bytes.len())
}
