//! Texts by number, and numbers by text.

use alloc::vec::Vec;

use super::table::Table;

/// Texts one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    table: Table,
}

impl Texts {
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
    pub(super) fn find(&self, hash: u64, text: &[u8], wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let same = |number| self.bytes(number) == text && wanted(number);
        self.table.find(hash, same)
    }

    /// Adds a text that is not there, and says its number.
    pub(super) fn add(&mut self, hash: u64, text: &[u8]) -> u32 {
        // Each takes eight bytes and more: memory ends before the numbers do.
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.table.add(hash, number);
        number
    }

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        self.bytes.capacity() + 8 * self.ends.capacity() + self.table.size()
    }
}
