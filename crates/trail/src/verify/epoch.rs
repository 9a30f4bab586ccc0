//! One epoch of one emitter while its lines come in, in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::own::{CheckpointData, Own};
use super::parts::{Broken, Misrouted, Named, Open, Opened, Rival};
use super::place::At;
use super::runs::{Run, Runs};
use super::signatures::Signatures;
use super::signed::{Certificates, Signed, Who};
use super::slots::{EpochIndex, Slot, Slots};
use super::texts::epoch_text;
use crate::stamp::{End, Epoch, Opening};

/// How many of a kind are kept with their places; all are counted.
pub(super) const KEPT: usize = 1_000;

/// All that is known of an epoch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EpochState {
    pub(super) index: EpochIndex,
    pub(super) emitter: String,
    #[serde(with = "epoch_text")]
    pub(super) epoch: Epoch,
    pub(super) runs: Runs,
    pub(super) starts: BTreeMap<u64, Open>,
    pub(super) ends: BTreeMap<u64, Open>,
    pub(super) broken: BTreeMap<u64, Broken>,
    pub(super) rivals: Vec<Rival>,
    pub(super) opened: Option<Opened>,
    /// Where the first line is, if it is no opening or not chained to what it says.
    pub(super) bad_opening: Option<At>,
    /// The number of the account that the epoch ends with.
    pub(super) closed: Option<u64>,
    /// The highest number of an event that is not the trail's own.
    pub(super) last_event: u64,
    pub(super) losses: Vec<Named>,
    /// Numbers that losses name, first and last.
    pub(super) lost: BTreeMap<u64, u64>,
    /// Of former epochs, by their milliseconds, numbers that its losses name, first and last.
    #[serde(default)]
    pub(super) former: Vec<(u64, u64, u64)>,
    pub(super) lost_count: u64,
    pub(super) misrouted: Vec<Misrouted>,
    pub(super) misrouted_count: u64,
    pub(super) signed: Signed,
    pub(super) lines: u64,
    pub(super) duplicates: u64,
    /// Lines with the number of a line that has been forgotten.
    pub(super) not_compared: u64,
    /// Lines for which there was no room.
    pub(super) unchecked: u64,
}

impl EpochState {
    pub(super) fn new(index: EpochIndex, emitter: &str, epoch: Epoch) -> Self {
        Self {
            index,
            emitter: emitter.to_owned(),
            epoch,
            runs: Runs::default(),
            starts: BTreeMap::new(),
            ends: BTreeMap::new(),
            broken: BTreeMap::new(),
            rivals: Vec::new(),
            opened: None,
            bad_opening: None,
            closed: None,
            last_event: 0,
            losses: Vec::new(),
            lost: BTreeMap::new(),
            former: Vec::new(),
            lost_count: 0,
            misrouted: Vec::new(),
            misrouted_count: 0,
            signed: Signed::default(),
            lines: 0,
            duplicates: 0,
            not_compared: 0,
            unchecked: 0,
        }
    }

    /// How many things are held that grow with disorder, not with lines.
    pub(super) fn held(&self) -> usize {
        let parts = [
            self.runs.len(),
            self.starts.len(),
            self.ends.len(),
            self.broken.len(),
            self.rivals.len(),
            self.lost.len(),
        ];
        parts.into_iter().fold(0, usize::saturating_add)
    }

    /// Takes a line; answers whether it is the first with its numbers.
    pub(super) fn take(&mut self, line: &Line, at: At, slots: &mut Slots, is_full: bool) -> bool {
        self.lines = self.lines.saturating_add(1);
        if self.runs.touches(line.first, line.last) {
            self.take_again(line, at, slots, is_full);
            return false;
        }
        if is_full && self.opens_more(line) {
            self.unchecked = self.unchecked.saturating_add(1);
            return false;
        }
        self.link(line, at);
        self.runs.add(Run {
            first: line.first,
            last: line.last,
            first_ms: line.time_ms,
            last_ms: line.time_ms,
        });
        let slot = Slot {
            hash: line.hash.half(),
            chain: line.chain.half(),
            at,
            more: line.last.saturating_sub(line.first),
        };
        slots.insert(self.index, line.first, slot);
        true
    }

    /// Whether the line stands apart from all others, so that it costs memory.
    fn opens_more(&self, line: &Line) -> bool {
        let after = line.last.checked_add(1);
        let before = line.first.saturating_sub(1);
        !(self.ends.contains_key(&before) || after.is_some_and(|n| self.starts.contains_key(&n)))
    }

    fn link(&mut self, line: &Line, at: At) {
        let before = line.first.saturating_sub(1);
        let claim = Open {
            hash: line.chain,
            first: line.first,
            at,
        };
        match self.ends.remove(&before) {
            Some(end) => self.compare(end, claim),
            None if before == 0 => {}
            None => drop(self.starts.insert(line.first, claim)),
        }
        let end = Open {
            hash: line.hash,
            first: line.first,
            at,
        };
        let after = line.last.checked_add(1);
        match after.and_then(|after| self.starts.remove(&after)) {
            Some(claim) => self.compare(end, claim),
            None => drop(self.ends.insert(line.last, end)),
        }
    }

    fn compare(&mut self, end: Open, claim: Open) {
        if end.hash == claim.hash {
            return;
        }
        let broken = Broken {
            before: end.hash.half(),
            before_first: end.first,
            before_at: end.at,
            chain: claim.hash.half(),
            at: claim.at,
        };
        self.broken.insert(claim.first, broken);
    }

    fn take_again(&mut self, line: &Line, at: At, slots: &Slots, is_full: bool) {
        let hash = line.hash.half();
        let known = slots.get(self.index, line.first);
        let end = self.ends.get(&line.last);
        let is_same = known.is_some_and(|slot| slot.hash == hash)
            || end.is_some_and(|end| end.hash == line.hash)
            || self.rivals.iter().any(|rival| rival.hash == hash);
        if is_same {
            self.duplicates = self.duplicates.saturating_add(1);
        } else if known.is_none() && slots.has_forgotten() {
            self.not_compared = self.not_compared.saturating_add(1);
        } else if is_full || self.rivals.len() >= MOST_RIVALS {
            self.unchecked = self.unchecked.saturating_add(1);
        } else {
            self.rivals.push(Rival {
                first: line.first,
                last: line.last,
                hash,
                chain: line.chain.half(),
                at,
            });
        }
    }

    /// Notes what one of the trail's own events says, which is the first with its number.
    pub(super) fn note(&mut self, line: &Line, at: At) {
        let opening = match &line.own {
            Some(Own::Epoch(opening)) if line.first == 1 => Some(opening),
            _ => None,
        };
        if line.first == 1 {
            let end = opening.and_then(|opening| opening.end);
            let statement = Opening {
                emitter: &self.emitter,
                epoch: self.epoch,
                previous: opening.and_then(|opening| opening.previous),
                end,
            };
            if opening.is_none() || statement.hash() != line.chain {
                self.bad_opening = Some(at);
            }
            self.opened = opening.map(|opening| Opened {
                previous: opening.previous,
                previous_last: end.map(|end: End| end.last),
                previous_hash: end.map(|end| end.hash),
                queue_bound: opening.queue_bound,
                certificate: opening.certificate.clone(),
            });
        }
        match &line.own {
            None => self.last_event = self.last_event.max(line.last),
            Some(Own::Account(true)) => self.closed = self.closed.max(Some(line.first)),
            Some(Own::Loss(loss)) => {
                self.lost_count = self.lost_count.saturating_add(loss.count);
                let former = loss.epoch.as_deref().map(Epoch::parse);
                for (first, last) in loss.ranges.iter().take(KEPT) {
                    match former {
                        None => self.lose(*first, *last),
                        Some(Some(epoch)) if self.former.len() < KEPT => {
                            self.former.push((epoch.millis(), *first, *last));
                        }
                        Some(_) => {}
                    }
                }
                if self.losses.len() < KEPT {
                    self.losses.push(Named {
                        number: line.first,
                        count: loss.count,
                        reason: loss.reason.clone(),
                        from: loss.from.clone(),
                        to: loss.to.clone(),
                        at,
                    });
                }
            }
            _ => {}
        }
    }

    /// A loss names these numbers.
    pub(super) fn lose(&mut self, first: u64, last: u64) {
        let known = self.lost.entry(first).or_insert(last);
        *known = (*known).max(last);
    }

    /// Takes a checkpoint, and checks its signature as soon as its certificate is known.
    pub(super) fn checkpoint(
        &mut self,
        line: &Line,
        data: &CheckpointData,
        at: At,
        certificates: &Certificates,
        signatures: Option<&(dyn Signatures + Send)>,
    ) {
        self.signed.take(data, line, at, signatures.is_some());
        if let Some(signatures) = signatures {
            let who = Who {
                emitter: &self.emitter,
                epoch: self.epoch,
            };
            self.signed.settle(who, certificates, signatures, false);
        }
    }

    /// Notes a line that was found where it was not sent to.
    pub(super) fn misroute(&mut self, number: u64, route: &str, at: At) {
        self.misrouted_count = self.misrouted_count.saturating_add(1);
        if self.misrouted.len() < KEPT {
            let route = route.to_owned();
            self.misrouted.push(Misrouted { number, route, at });
        }
    }
}

/// More lines than that with numbers that others have are counted, not looked at.
const MOST_RIVALS: usize = 10_000;
