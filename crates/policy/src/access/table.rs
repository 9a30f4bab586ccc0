//! Numbers by hash: open addressing.

use alloc::vec;
use alloc::vec::Vec;

/// No entry.
const EMPTY: u64 = u64::MAX;

/// An entry is the upper half of a hash, which also says where in the table it belongs, and a
/// number.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    entries: Vec<u64>,
    count: usize,
}

fn place(entry: u64, size: usize) -> usize {
    (((entry >> 32) * size as u64) >> 32) as usize
}

impl Table {
    /// Three fifths full when all are in: what is not there is missed after four entries.
    pub(super) fn with_capacity(count: usize) -> Self {
        let size = if count == 0 { 0 } else { count * 5 / 3 + 1 };
        Self {
            entries: vec![EMPTY; size],
            count: 0,
        }
    }

    /// The number that was entered with the hash and is the wanted one.
    #[inline]
    pub(super) fn find(&self, hash: u64, wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let size = self.entries.len();
        let mut at = place(hash, size);
        loop {
            let entry = *self.entries.get(at)?;
            if entry == EMPTY {
                return None;
            }
            if entry >> 32 == hash >> 32 && wanted(entry as u32) {
                return Some(entry as u32);
            }
            at += 1;
            if at == size {
                at = 0;
            }
        }
    }

    pub(super) fn add(&mut self, hash: u64, number: u32) {
        self.count += 1;
        if self.count * 3 >= self.entries.len() * 2 {
            let more = vec![EMPTY; self.entries.len() * 2 + 8];
            for entry in core::mem::replace(&mut self.entries, more) {
                self.enter(entry);
            }
        }
        self.enter((hash >> 32) << 32 | u64::from(number));
    }

    fn enter(&mut self, entry: u64) {
        if entry == EMPTY {
            return;
        }
        let size = self.entries.len();
        let mut at = place(entry, size);
        while let Some(slot) = self.entries.get_mut(at) {
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

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        8 * self.entries.capacity()
    }
}

/// Which hashes are surely not in a table: two bits of one word for each that is.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter(Vec<u64>);

impl Filter {
    pub(super) fn with_capacity(count: usize) -> Self {
        // Sixteen bits for each.
        let words = if count == 0 {
            0
        } else {
            (count / 4 + 1).next_power_of_two()
        };
        Self(vec![0; words])
    }

    const fn bits(hash: u64) -> u64 {
        1 << (hash >> 20 & 63) | 1 << (hash >> 26 & 63)
    }

    #[inline]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let place = hash as usize & self.0.len().wrapping_sub(1);
        let bits = Self::bits(hash);
        self.0.get(place).is_some_and(|word| word & bits == bits)
    }

    pub(super) fn add(&mut self, hash: u64) {
        let place = hash as usize & self.0.len().wrapping_sub(1);
        if let Some(word) = self.0.get_mut(place) {
            *word |= Self::bits(hash);
        }
    }

    /// Bytes on the heap.
    pub(super) const fn size(&self) -> usize {
        8 * self.0.capacity()
    }
}
