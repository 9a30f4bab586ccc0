//! A sorted set of byte strings in few bytes, for what a node must keep and seldom reads: each
//! says only where it differs from the one before it.
//!
//! They lie in blocks of a few kilobytes, so a change rewrites one block.

mod block;
mod records;

use alloc::vec::Vec;
use core::fmt;

use block::Block;
pub(crate) use records::Records;

/// The set. Reading starts a block anew, so nothing of it can be borrowed: it is visited.
#[derive(Clone, Default)]
pub(crate) struct Packed {
    blocks: Vec<Block>,
    count: usize,
}

impl Packed {
    pub(crate) const fn new() -> Self {
        Self {
            blocks: Vec::new(),
            count: 0,
        }
    }

    /// Of records in any order; the same record twice is one.
    pub(crate) fn of(records: &Records) -> Self {
        let mut blocks = Vec::new();
        let mut count = 0;
        let mut sorted = records.sorted().inspect(|_| count += 1).peekable();
        while sorted.peek().is_some() {
            blocks.push(Block::of_first(&mut sorted));
        }
        drop(sorted);
        blocks.shrink_to_fit();
        Self { blocks, count }
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// Adds one; says whether it is new.
    pub(crate) fn insert(&mut self, record: &[u8]) -> bool {
        let at = self.block_of(record);
        let Some(block) = self.blocks.get(at) else {
            self.blocks.push(Block::of_one(record));
            self.count = 1;
            return true;
        };
        let halves = block.with(record);
        let inserted = !halves.is_empty();
        if inserted {
            self.blocks.splice(at..=at, halves);
            self.count += 1;
        }
        inserted
    }

    /// Removes one; says whether it was there.
    pub(crate) fn remove(&mut self, record: &[u8]) -> bool {
        let at = self.block_of(record);
        let Some(rest) = self.blocks.get(at).and_then(|block| block.without(record)) else {
            return false;
        };
        self.blocks.splice(at..=at, rest);
        self.count -= 1;
        true
    }

    /// Every one, in order.
    pub(crate) fn each(&self, mut visit: impl FnMut(&[u8])) {
        for block in &self.blocks {
            block.each(|record| {
                visit(record);
                true
            });
        }
    }

    /// Every one that begins so, in order.
    pub(crate) fn each_with(&self, beginning: &[u8], mut visit: impl FnMut(&[u8])) {
        let blocks = self.blocks.get(self.block_of(beginning)..);
        for block in blocks.unwrap_or_default() {
            let goes_on = block.each(|record| {
                if record.starts_with(beginning) {
                    visit(record);
                    true
                } else {
                    record < beginning
                }
            });
            if !goes_on {
                return;
            }
        }
    }

    /// The block that has the record, if any has.
    fn block_of(&self, record: &[u8]) -> usize {
        let not_after = self.blocks.partition_point(|block| block.first() <= record);
        not_after.saturating_sub(1)
    }

    fn to_vec(&self) -> Vec<Vec<u8>> {
        let mut all = Vec::with_capacity(self.count);
        self.each(|record| all.push(record.to_vec()));
        all
    }
}

/// Two sets with the same records are equal, wherever their blocks end.
impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.to_vec() == other.to_vec()
    }
}

impl Eq for Packed {}

impl fmt::Debug for Packed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.to_vec()).finish()
    }
}
