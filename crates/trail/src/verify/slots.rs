//! What is remembered of lines whose neighbours have been seen, so that another line with the same
//! number can be compared with them. Bounded: the oldest are forgotten first.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::place::At;

/// Half of a SHA-256.
pub(super) type Half = [u8; 16];

/// Lines of a page; a multiple keeps neighbours together.
const PAGE: u64 = 64;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub(super) hash: Half,
    pub(super) chain: Half,
    pub(super) at: At,
    /// How many more numbers it stands for.
    pub(super) more: u64,
}

/// An epoch by the order in which epochs were first seen.
pub(super) type EpochIndex = u32;

/// Lines by epoch and first number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Slots {
    #[serde(with = "as_list")]
    pages: BTreeMap<(EpochIndex, u64), BTreeMap<u8, Slot>>,
    order: VecDeque<(EpochIndex, u64)>,
    held: usize,
    capacity: usize,
    has_forgotten: bool,
}

impl Slots {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            ..Self::default()
        }
    }

    pub(super) fn insert(&mut self, epoch: EpochIndex, number: u64, slot: Slot) {
        let (page, within) = address(number);
        let key = (epoch, page);
        let slots = self.pages.entry(key).or_insert_with(|| {
            self.order.push_back(key);
            BTreeMap::new()
        });
        if slots.insert(within, slot).is_none() {
            self.held = self.held.saturating_add(1);
        }
        self.shrink(self.capacity);
    }

    pub(super) fn get(&self, epoch: EpochIndex, number: u64) -> Option<Slot> {
        let (page, within) = address(number);
        self.pages.get(&(epoch, page))?.get(&within).copied()
    }

    /// How many lines are remembered.
    pub(super) const fn held(&self) -> usize {
        self.held
    }

    /// Whether lines have been forgotten.
    pub(super) const fn has_forgotten(&self) -> bool {
        self.has_forgotten
    }

    /// The lines that begin within these numbers, in order.
    pub(super) fn within(
        &self,
        epoch: EpochIndex,
        first: u64,
        last: u64,
    ) -> impl Iterator<Item = (u64, Slot)> + '_ {
        let pages = self
            .pages
            .range((epoch, address(first).0)..=(epoch, address(last).0));
        pages
            .flat_map(|((_, page), slots)| {
                let base = page.saturating_mul(PAGE);
                let number = move |within: u8| base.saturating_add(u64::from(within));
                slots.iter().map(move |(at, slot)| (number(*at), *slot))
            })
            .filter(move |(number, _)| (first..=last).contains(number))
    }

    /// The last line that begins before this number.
    pub(super) fn before(&self, epoch: EpochIndex, number: u64) -> Option<(u64, Slot)> {
        let last = number.checked_sub(1)?;
        let pages = self.pages.range((epoch, 0)..=(epoch, address(last).0));
        let numbered = |page: u64, slots: &BTreeMap<u8, Slot>| {
            let base = page.saturating_mul(PAGE);
            let found = slots
                .iter()
                .rev()
                .map(|(at, slot)| (base.saturating_add(u64::from(*at)), *slot));
            found.into_iter().find(|(found, _)| *found <= last)
        };
        pages
            .rev()
            .find_map(|((_, page), slots)| numbered(*page, slots))
    }

    /// Forgets all but so many, the oldest pages first.
    pub(super) fn shrink(&mut self, capacity: usize) {
        while self.held > capacity {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            self.has_forgotten = true;
            let gone = self.pages.remove(&oldest).map_or(0, |page| page.len());
            self.held = self.held.saturating_sub(gone);
        }
    }
}

fn address(number: u64) -> (u64, u8) {
    let within = number.checked_rem(PAGE).unwrap_or_default();
    let page = number.checked_div(PAGE).unwrap_or_default();
    (page, u8::try_from(within).unwrap_or(u8::MAX))
}

/// JSON has no keys that are pairs.
mod as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{EpochIndex, Slot};

    type Pages = BTreeMap<(EpochIndex, u64), BTreeMap<u8, Slot>>;

    pub(super) fn serialize<S: Serializer>(pages: &Pages, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(pages)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Pages, D::Error> {
        let list: Vec<((EpochIndex, u64), BTreeMap<u8, Slot>)> = Vec::deserialize(from)?;
        Ok(list.into_iter().collect())
    }
}
