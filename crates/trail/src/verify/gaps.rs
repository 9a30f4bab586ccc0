//! Numbers that no line has, and what explains them.

use std::collections::BTreeMap;

use super::epoch::EpochState;
use super::finding::{Cause, Finding};
use super::place::Front;
use super::runs::Gap;
use super::state::State;
use crate::stamp::Epoch;

/// Events of the same moment may be written in any order, and clocks are set.
const SLACK_MS: i64 = 10_000;

/// What else can explain a number that is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Otherwise {
    /// What was written since then may still be on its way.
    pub(super) lately: Option<i64>,
    /// The emitter was killed with at most so many events in memory.
    pub(super) in_memory: Option<u64>,
}

/// The numbers of the epoch up to `end` that are not there.
pub(super) fn missing(
    state: &State,
    epoch: &EpochState,
    end: u64,
    otherwise: Otherwise,
    findings: &mut Vec<Finding>,
) {
    // Events leave memory in any order, and numbers are given in order: what was in there at the end
    // are the last ones.
    let oldest = otherwise.in_memory.map(|bound| end.saturating_sub(bound));
    for gap in epoch.runs.gaps(end) {
        let since = gap.after_ms.unwrap_or_else(|| ms(epoch.epoch));
        let is_late = |from: i64| gap.before_ms.is_none_or(|before| before >= from);
        let otherwise = match explain(state, Some(since)) {
            Cause::Nothing if otherwise.lately.is_some_and(is_late) => Cause::UnderWay,
            Cause::Nothing if oldest.is_some_and(|oldest| gap.first > oldest) => Cause::Killed,
            cause => cause,
        };
        for (first, last, is_named) in parts(&gap, &epoch.lost) {
            let cause = if is_named { Cause::Loss } else { otherwise };
            findings.push(Finding::Missing { first, last, cause });
        }
    }
}

/// When an epoch began, as a time.
pub(super) fn ms(epoch: Epoch) -> i64 {
    i64::try_from(epoch.millis()).unwrap_or(i64::MAX)
}

/// Why lines may be missing that were written at that time or later.
pub(super) fn explain(state: &State, since_ms: Option<i64>) -> Cause {
    let since = since_ms.unwrap_or(i64::MIN);
    let mut cause = Cause::Nothing;
    for known in &state.sources {
        let reach = |until: i64| since <= until.saturating_add(SLACK_MS);
        match known.source.front {
            Front::Since { from_ms } if reach(from_ms) => return Cause::Period,
            Front::Deleted { youngest_ms } => {
                let kept = known.first_ms.unwrap_or(i64::MAX);
                if reach(kept.min(youngest_ms.unwrap_or(i64::MAX))) {
                    cause = Cause::Retention;
                }
            }
            Front::Since { .. } | Front::Whole => {}
        }
    }
    cause
}

/// The gap cut where the numbers that losses name begin and end.
fn parts(gap: &Gap, lost: &BTreeMap<u64, u64>) -> Vec<(u64, u64, bool)> {
    let mut parts = Vec::new();
    let mut next = gap.first;
    let before = lost.range(..gap.first).next_back();
    let within = lost.range(gap.first..=gap.last);
    for (first, last) in before.into_iter().chain(within) {
        let first = (*first).max(next);
        let last = (*last).min(gap.last);
        if first > last {
            continue;
        }
        if first > next {
            parts.push((next, first.saturating_sub(1), false));
        }
        parts.push((first, last, true));
        next = last.saturating_add(1);
    }
    if next <= gap.last {
        parts.push((next, gap.last, false));
    }
    parts
}
