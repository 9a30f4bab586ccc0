//! Which numbers have been seen, as runs without a hole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Numbers that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) first: u64,
    pub(super) last: u64,
    /// When the first of them happened, milliseconds since 1970.
    pub(super) first_ms: i64,
    /// When the last of them happened.
    pub(super) last_ms: i64,
}

/// Numbers that are not there, between two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) first: u64,
    pub(super) last: u64,
    /// When the line before them happened; nothing if there is none.
    pub(super) after_ms: Option<i64>,
    /// When the line behind them happened; nothing if there is none.
    pub(super) before_ms: Option<i64>,
}

/// A set of numbers; costs memory by its holes, not by its members.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Runs {
    by_first: BTreeMap<u64, Run>,
}

impl Runs {
    /// Whether any number from `first` to `last` is there.
    pub(super) fn touches(&self, first: u64, last: u64) -> bool {
        let before_end = self.by_first.range(..=last).next_back();
        before_end.is_some_and(|(_, run)| run.last >= first)
    }

    /// Adds numbers of which none is there yet.
    pub(super) fn add(&mut self, mut run: Run) {
        if let Some((&key, left)) = self.by_first.range(..run.first).next_back()
            && left.last.checked_add(1) == Some(run.first)
        {
            run.first = left.first;
            run.first_ms = left.first_ms;
            self.by_first.remove(&key);
        }
        let next = run.last.checked_add(1);
        if let Some(right) = next.and_then(|next| self.by_first.remove(&next)) {
            run.last = right.last;
            run.last_ms = right.last_ms;
        }
        self.by_first.insert(run.first, run);
    }

    pub(super) fn first(&self) -> Option<Run> {
        self.by_first.values().next().copied()
    }

    pub(super) fn last(&self) -> Option<Run> {
        self.by_first.values().next_back().copied()
    }

    /// How many runs there are.
    pub(super) fn len(&self) -> usize {
        self.by_first.len()
    }

    /// The holes from number 1 to `end`.
    pub(super) fn gaps(&self, end: u64) -> impl Iterator<Item = Gap> {
        let last = self.last();
        let ends_before = last.is_none_or(|run| run.last < end);
        let tail = Gap {
            first: last.map_or(1, |run| run.last.saturating_add(1)),
            last: end,
            after_ms: last.map(|run| run.last_ms),
            before_ms: None,
        };
        let mut next = 1_u64;
        let mut after_ms = None;
        let inner = self.by_first.values().map(move |run| {
            let gap = Gap {
                first: next,
                last: run.first.saturating_sub(1),
                after_ms,
                before_ms: Some(run.first_ms),
            };
            next = run.last.saturating_add(1);
            after_ms = Some(run.last_ms);
            gap
        });
        let all = inner.chain(ends_before.then_some(tail));
        all.filter(move |gap| gap.first <= gap.last && gap.first <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: u64, last: u64) -> Run {
        let ms = |number: u64| i64::try_from(number).unwrap();
        Run {
            first,
            last,
            first_ms: ms(first),
            last_ms: ms(last),
        }
    }

    fn holes(runs: &Runs, end: u64) -> Vec<(u64, u64)> {
        runs.gaps(end).map(|gap| (gap.first, gap.last)).collect()
    }

    #[test]
    fn runs_grow_together_in_any_order() {
        let mut runs = Runs::default();
        for (first, last) in [(5, 5), (3, 3), (9, 12), (4, 4), (1, 2), (6, 8)] {
            assert!(!runs.touches(first, last));
            runs.add(run(first, last));
            assert!(runs.touches(first, last));
        }
        assert_eq!(runs.len(), 1);
        assert_eq!(runs.first(), Some(run(1, 12)));
        assert_eq!(holes(&runs, 12), []);
        assert_eq!(holes(&runs, 14), [(13, 14)]);
    }

    #[test]
    fn holes_know_the_times_around_them() {
        let mut runs = Runs::default();
        runs.add(run(4, 5));
        runs.add(run(8, 8));
        let gaps: Vec<_> = runs.gaps(8).collect();
        assert_eq!(gaps.len(), 2);
        assert_eq!((gaps[0].first, gaps[0].last), (1, 3));
        assert_eq!((gaps[0].after_ms, gaps[0].before_ms), (None, Some(4)));
        assert_eq!((gaps[1].after_ms, gaps[1].before_ms), (Some(5), Some(8)));
        assert_eq!(holes(&Runs::default(), 2), [(1, 2)]);
        assert!(runs.touches(1, 4) && !runs.touches(6, 7) && !runs.touches(9, u64::MAX));
    }

    #[test]
    fn the_largest_number_is_a_number() {
        let mut runs = Runs::default();
        runs.add(Run {
            last: u64::MAX,
            ..run(7, 7)
        });
        runs.add(run(6, 6));
        assert!(runs.touches(u64::MAX, u64::MAX));
        assert_eq!(holes(&runs, u64::MAX), [(1, 5)]);
    }
}
