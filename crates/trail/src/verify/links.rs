//! Lines that are not chained to the line before them: which lines that makes suspect.

use std::collections::{BTreeMap, BTreeSet};

use super::epoch::EpochState;
use super::parts::Broken;
use super::place::At;
use super::slots::Half;

/// What broken links show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Suspect {
    /// At least one of these was changed.
    Changed {
        first: u64,
        last: u64,
        places: Vec<At>,
    },
    /// Each has the other's number.
    Swapped {
        first: u64,
        second: u64,
        places: Vec<At>,
    },
}

/// What the broken links of an epoch show that conflicts do not explain.
pub(super) fn suspects(state: &EpochState, explained: &BTreeSet<u64>) -> Vec<Suspect> {
    let mut broken: BTreeMap<u64, Broken> = state
        .broken
        .iter()
        .filter(|(at, _)| !explained.contains(at))
        .map(|(at, broken)| (*at, *broken))
        .collect();
    let mut found = swaps(&mut broken);
    found.extend(changes(state, &broken));
    found
}

/// A line that carries the chain of another place has changed places with the line there.
fn swaps(broken: &mut BTreeMap<u64, Broken>) -> Vec<Suspect> {
    let by_before: BTreeMap<Half, u64> = broken.iter().map(|(at, b)| (b.before, *at)).collect();
    let behind: BTreeMap<u64, u64> = broken.iter().map(|(at, b)| (b.before_first, *at)).collect();
    let mut found = Vec::new();
    for at in broken.keys().copied().collect::<Vec<_>>() {
        let Some(one) = broken.get(&at).copied() else {
            continue;
        };
        let other = by_before.get(&one.chain).filter(|other| **other != at);
        let Some((other_at, other)) = other.and_then(|other| broken.get_key_value(other)) else {
            continue;
        };
        let (first, second) = (at.min(*other_at), at.max(*other_at));
        found.push(Suspect::Swapped {
            first,
            second,
            places: vec![one.at, other.at],
        });
        // Both are new to their neighbours behind as well.
        for place in [first, second] {
            broken.remove(&place);
            if let Some(next) = behind.get(&place) {
                broken.remove(next);
            }
        }
    }
    found
}

/// Links that are broken one after the other. One alone: the line before it says something else than
/// it did. Several: those between are changed, and the first one may be.
fn changes(state: &EpochState, broken: &BTreeMap<u64, Broken>) -> Vec<Suspect> {
    let open: BTreeMap<u64, (u64, At)> = state
        .ends
        .iter()
        .map(|(last, end)| (end.first, (*last, end.at)))
        .collect();
    let mut found: Vec<Suspect> = Vec::new();
    let mut previous: Option<u64> = None;
    for (at, one) in broken {
        let continues = previous == Some(one.before_first);
        previous = Some(*at);
        if let Some(Suspect::Changed { last, places, .. }) = found.last_mut().filter(|_| continues)
        {
            *last = at.saturating_sub(1);
            places.push(one.before_at);
        } else {
            found.push(Suspect::Changed {
                first: one.before_first,
                last: at.saturating_sub(1),
                places: vec![one.before_at],
            });
        }
        // With nothing behind it to speak for it, the line itself may be the changed one.
        if let (Some((end, place)), Some(Suspect::Changed { last, places, .. })) =
            (open.get(at), found.last_mut())
        {
            *last = *end;
            places.push(*place);
        }
    }
    found
}
