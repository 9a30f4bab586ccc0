//! Numbers that more than one line has: which of them the chain confirms.

use std::collections::{BTreeMap, BTreeSet};

use super::epoch::EpochState;
use super::place::At;
use super::slots::{Half, Slots};

/// One of several lines for a number.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    first: u64,
    last: u64,
    hash: Half,
    chain: Half,
    at: At,
    /// Whether the lines before it, and those behind it, lead to it.
    from_before: bool,
    from_behind: bool,
}

impl Candidate {
    const fn is_confirmed(&self) -> bool {
        self.from_before && self.from_behind
    }
}

/// Lines that should not be there.
#[derive(Debug, Clone)]
pub(super) struct Conflict {
    pub(super) at: u64,
    /// How many of them follow one another.
    pub(super) lines: u64,
    pub(super) places: Vec<At>,
    pub(super) decided: bool,
}

/// The conflicts of an epoch, and the first numbers of lines whose broken link they explain.
/// `end`: the last number and the hash of its line, where something proves them.
pub(super) fn conflicts(
    state: &EpochState,
    slots: &Slots,
    end: Option<(u64, Half)>,
) -> (Vec<Conflict>, BTreeSet<u64>) {
    let mut found = Vec::new();
    let mut explained = BTreeSet::new();
    for mut zone in zones(state, slots) {
        let Some((first, last)) = bounds(&zone) else {
            continue;
        };
        let before = slots.before(state.index, first);
        let before = before.filter(|(number, slot)| {
            number.saturating_add(slot.more).checked_add(1) == Some(first)
        });
        let before = before.map(|(_, slot)| slot.hash);
        let behind = last
            .checked_add(1)
            .and_then(|next| slots.get(state.index, next));
        let behind = behind
            .map(|slot| slot.chain)
            .or(end.filter(|end| end.0 == last).map(|end| end.1));
        lead_forward(&mut zone, first, before);
        lead_back(&mut zone, last, behind);
        for at in linked(&zone, first, last, before, behind) {
            explained.insert(at);
        }
        let decided = zone.iter().any(Candidate::is_confirmed);
        found.extend(named(&zone, decided));
    }
    (found, explained)
}

/// Candidates whose numbers touch, in the order of numbers.
fn zones(state: &EpochState, slots: &Slots) -> Vec<Vec<Candidate>> {
    let candidate = |first, last, hash, chain, at| Candidate {
        first,
        last,
        hash,
        chain,
        at,
        from_before: false,
        from_behind: false,
    };
    let mut all: BTreeMap<(u64, Half), Candidate> = BTreeMap::new();
    for rival in &state.rivals {
        let one = candidate(rival.first, rival.last, rival.hash, rival.chain, rival.at);
        all.insert((rival.first, rival.hash), one);
        let over = slots.before(state.index, rival.first);
        let over = over.filter(|(first, slot)| first.saturating_add(slot.more) >= rival.first);
        let kept = slots.within(state.index, rival.first, rival.last);
        for (first, slot) in over.into_iter().chain(kept) {
            let last = first.saturating_add(slot.more);
            let one = candidate(first, last, slot.hash, slot.chain, slot.at);
            all.insert((first, slot.hash), one);
        }
    }
    let mut zones: Vec<Vec<Candidate>> = Vec::new();
    let mut reach = 0_u64;
    for one in all.into_values() {
        match zones.last_mut() {
            Some(zone) if one.first <= reach.saturating_add(1) => zone.push(one),
            _ => zones.push(vec![one]),
        }
        reach = reach.max(one.last);
    }
    zones
}

fn bounds(zone: &[Candidate]) -> Option<(u64, u64)> {
    let first = zone.iter().map(|one| one.first).min()?;
    let last = zone.iter().map(|one| one.last).max()?;
    Some((first, last))
}

fn lead_forward(zone: &mut [Candidate], first: u64, before: Option<Half>) {
    let mut reached: BTreeSet<(u64, Half)> = BTreeSet::new();
    for one in zone {
        let is_start = one.first == first && before.is_none_or(|hash| hash == one.chain);
        let end = one.first.checked_sub(1);
        one.from_before = is_start || end.is_some_and(|end| reached.contains(&(end, one.chain)));
        if one.from_before {
            reached.insert((one.last, one.hash));
        }
    }
}

fn lead_back(zone: &mut [Candidate], last: u64, behind: Option<Half>) {
    let mut reached: BTreeSet<(u64, Half)> = BTreeSet::new();
    for one in zone.iter_mut().rev() {
        let is_end = one.last == last && behind == Some(one.hash);
        let next = one.last.checked_add(1);
        one.from_behind = is_end || next.is_some_and(|next| reached.contains(&(next, one.hash)));
        if one.from_behind {
            reached.insert((one.first, one.chain));
        }
    }
}

/// The first numbers of lines, in the zone or next to it, that some line before them leads to.
fn linked(
    zone: &[Candidate],
    first: u64,
    last: u64,
    before: Option<Half>,
    behind: Option<Half>,
) -> Vec<u64> {
    let ends: BTreeSet<_> = zone.iter().map(|one| (one.last, one.hash)).collect();
    let leads = |one: &&Candidate| {
        let end = one.first.saturating_sub(1);
        ends.contains(&(end, one.chain)) || one.first == first && before == Some(one.chain)
    };
    let mut linked: Vec<u64> = zone.iter().filter(leads).map(|one| one.first).collect();
    if behind.is_some_and(|hash| ends.contains(&(last, hash))) {
        linked.extend(last.checked_add(1));
    }
    linked
}

/// Lines that are not confirmed, those that follow one another together.
fn named(zone: &[Candidate], decided: bool) -> Vec<Conflict> {
    if !decided {
        return undecided(zone).into_iter().collect();
    }
    let mut chains: BTreeMap<(u64, Half), (usize, u64)> = BTreeMap::new();
    let mut found: Vec<Conflict> = Vec::new();
    for one in zone.iter().filter(|one| !one.is_confirmed()) {
        let end = one.first.saturating_sub(1);
        let follows = chains.get(&(end, one.chain)).copied();
        let (index, lines) = match follows {
            Some((index, lines)) => (index, lines.saturating_add(1)),
            None => {
                found.push(Conflict {
                    at: one.first,
                    lines: 1,
                    places: vec![one.at],
                    decided: true,
                });
                (found.len().saturating_sub(1), 1)
            }
        };
        if let Some(conflict) = found.get_mut(index) {
            conflict.lines = conflict.lines.max(lines);
        }
        chains.insert((one.last, one.hash), (index, lines));
    }
    found
}

/// Nothing tells the lines apart: where they begin to differ, and how far that goes.
fn undecided(zone: &[Candidate]) -> Option<Conflict> {
    let (first, _) = bounds(zone)?;
    let numbers: BTreeSet<u64> = zone.iter().map(|one| one.first).collect();
    let at_first = zone.iter().filter(|one| one.first == first);
    Some(Conflict {
        at: first,
        lines: u64::try_from(numbers.len()).unwrap_or(u64::MAX),
        places: at_first.map(|one| one.at).collect(),
        decided: false,
    })
}
