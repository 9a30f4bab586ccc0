//! Texts by number, and numbers by text.

use alloc::vec;
use alloc::vec::Vec;

/// No entry.
const EMPTY: u64 = u64::MAX;

/// Texts one after the other, and a table of open addressing over them. An entry is the upper half
/// of the text's hash, which also says where in the table it belongs, and the text's number.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    table: Vec<u64>,
}

fn place(entry: u64, size: usize) -> usize {
    (((entry >> 32) * size as u64) >> 32) as usize
}

impl Texts {
    pub(super) fn with_capacity(texts: usize, bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            ends: Vec::with_capacity(texts),
            // Three fifths full: a text that is not there is missed after four entries.
            table: vec![EMPTY; texts * 5 / 3 + 1],
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let end = self.ends.get(number).copied().unwrap_or_default();
        let before = number.checked_sub(1);
        let start = before.and_then(|before| self.ends.get(before)).copied();
        self.bytes
            .get(start.unwrap_or_default()..end)
            .unwrap_or_default()
    }

    pub(super) fn get(&self, number: u32) -> &str {
        // Only texts are put in.
        core::str::from_utf8(self.bytes(number)).unwrap_or_default()
    }

    /// The number of the text with that hash that also is what is wanted.
    #[inline]
    pub(super) fn find(&self, hash: u64, text: &[u8], wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let size = self.table.len();
        if size == 0 {
            return None;
        }
        let mut at = place(hash, size);
        loop {
            let entry = *self.table.get(at)?;
            let number = entry as u32;
            if entry == EMPTY {
                return None;
            }
            if entry >> 32 == hash >> 32 && self.bytes(number) == text && wanted(number) {
                return Some(number);
            }
            at += 1;
            if at == size {
                at = 0;
            }
        }
    }

    /// Adds a text that is not there, and says its number.
    pub(super) fn add(&mut self, hash: u64, text: &[u8]) -> u32 {
        // Each takes eight bytes and more: memory ends before the numbers do.
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        if self.ends.len() * 3 >= self.table.len() * 2 {
            let more = vec![EMPTY; self.table.len() * 2 + 8];
            for entry in core::mem::replace(&mut self.table, more) {
                self.enter(entry);
            }
        }
        self.enter((hash >> 32) << 32 | u64::from(number));
        number
    }

    fn enter(&mut self, entry: u64) {
        if entry == EMPTY {
            return;
        }
        let size = self.table.len();
        let mut at = place(entry, size);
        while let Some(slot) = self.table.get_mut(at) {
            if *slot == EMPTY {
                *slot = entry;
                return;
            }
            at += 1;
            if at == size {
                at = 0;
            }
        }
    }

    /// Bytes of all texts.
    pub(super) const fn total(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        self.bytes.capacity() + 8 * (self.ends.capacity() + self.table.capacity())
    }
}
