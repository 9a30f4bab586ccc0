//! What did not get to the destination, until the trail has named it.

use std::collections::BTreeMap;

use openmds_trail::Reason;

/// Losses for one reason.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// First and last number of each run, in the order of losing.
    pub(super) ranges: Vec<(u64, u64)>,
    pub(super) from_micros: i64,
    pub(super) to_micros: i64,
    /// How many lines were on their way to which topic.
    pub(super) topics: BTreeMap<String, u64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<Reason, Lost>);

impl Losses {
    /// Notes that the line with these numbers was lost at that moment.
    pub(super) fn add(
        &mut self,
        reason: Reason,
        (first, last): (u64, u64),
        topic: &str,
        now_micros: i64,
    ) {
        let lost = self.0.entry(reason).or_insert_with(|| Lost {
            from_micros: now_micros,
            ..Lost::default()
        });
        lost.to_micros = now_micros;
        let count = lost.topics.entry(topic.to_string()).or_default();
        *count = count.saturating_add(1);
        match lost.ranges.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(first) => *end = last,
            _ => lost.ranges.push((first, last)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, each with its numbers in order; from now on they count as named.
    pub(super) fn take(&mut self) -> BTreeMap<Reason, Lost> {
        let mut taken = std::mem::take(&mut self.0);
        for lost in taken.values_mut() {
            lost.ranges.sort_unstable();
            lost.ranges.dedup_by(|next, before| {
                let joins = before.1.checked_add(1) == Some(next.0);
                if joins {
                    before.1 = next.1;
                }
                joins
            });
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_whatever_their_order() {
        let mut losses = Losses::default();
        assert!(losses.is_empty());
        for (at, numbers) in [
            (1, (4, 4)),
            (2, (5, 9)),
            (3, (1, 1)),
            (4, (3, 3)),
            (5, (12, 12)),
        ] {
            losses.add(Reason::Fallback, numbers, "a", at);
        }
        let taken = losses.take();
        let lost = &taken[&Reason::Fallback];
        assert_eq!(lost.ranges, [(1, 1), (3, 9), (12, 12)]);
        assert_eq!((lost.from_micros, lost.to_micros), (1, 5));
        assert_eq!(lost.topics["a"], 5);
        assert!(losses.is_empty());
    }
}
