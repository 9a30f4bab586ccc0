//! Records on their way into a set.

use alloc::vec::Vec;

/// Byte strings end to end.
#[derive(Debug, Default)]
pub(crate) struct Records {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    pub(crate) fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, place: usize) -> &[u8] {
        let before = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let start = before.copied().unwrap_or_default();
        let end = self.ends.get(place).copied().unwrap_or_default();
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// All of them, each once.
    pub(super) fn sorted(&self) -> impl Iterator<Item = &[u8]> {
        let mut order: Vec<usize> = (0..self.ends.len()).collect();
        order.sort_unstable_by(|one, other| self.get(*one).cmp(self.get(*other)));
        order.dedup_by(|one, other| self.get(*one) == self.get(*other));
        order.into_iter().map(|place| self.get(place))
    }
}
