//! Which generations are this log's own, and which somebody may have seen of another one.
//!
//! A store that was restored from a copy goes on where the copy ends, and would give generations a
//! second time that nodes have seen with other content. So every start leaves out a random number
//! of generations: one that a node holds, and that lies in what was left out or ahead of the
//! present, is of a log that this one does not continue.

use super::log::Generation;

/// How a generation that somebody holds relates to this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This log gave it.
    Ours,
    /// This log never gave it, and an operator said that it goes on nevertheless.
    Accepted,
    /// This log never gave it.
    Foreign,
}

/// What was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lineage {
    /// Exclusive on both sides, in order.
    gaps: Vec<(Generation, Generation)>,
    accepted: Generation,
}

impl Lineage {
    pub(super) fn skipped(&mut self, after: Generation, to: Generation) {
        self.gaps.push((after, to));
    }

    pub(super) fn accept(&mut self, up_to: Generation) {
        self.accepted = self.accepted.max(up_to);
    }

    pub(super) fn origin(&self, held: Generation, present: Generation) -> Origin {
        let inside = |(after, to): &(Generation, Generation)| *after < held && held < *to;
        if held > present {
            Origin::Foreign
        } else if !self.gaps.iter().any(inside) {
            Origin::Ours
        } else if held < self.accepted {
            Origin::Accepted
        } else {
            Origin::Foreign
        }
    }

    /// How many generations were given after `from` up to `to`.
    pub(super) fn given(&self, from: Generation, to: Generation) -> u64 {
        let left_out = |(after, before): &(Generation, Generation)| {
            let first = after.0.max(from.0);
            let last = before.0.saturating_sub(1).min(to.0);
            last.saturating_sub(first)
        };
        let left_out: u64 = self.gaps.iter().map(left_out).sum();
        to.0.saturating_sub(from.0).saturating_sub(left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_foreign_until_it_is_accepted() {
        let at = Generation;
        let mut lineage = Lineage::default();
        lineage.skipped(at(10), at(20));
        let present = at(25);
        for (held, origin) in [
            (0, Origin::Ours),
            (10, Origin::Ours),
            (11, Origin::Foreign),
            (19, Origin::Foreign),
            (20, Origin::Ours),
            (25, Origin::Ours),
            (26, Origin::Foreign),
        ] {
            assert_eq!(lineage.origin(at(held), present), origin, "{held}");
        }
        lineage.accept(at(15));
        assert_eq!(lineage.origin(at(14), present), Origin::Accepted);
        assert_eq!(lineage.origin(at(15), present), Origin::Foreign);
        lineage.accept(at(12));
        assert_eq!(lineage.origin(at(14), present), Origin::Accepted);
    }

    #[test]
    fn what_was_left_out_is_not_counted() {
        let at = Generation;
        let mut lineage = Lineage::default();
        lineage.skipped(at(10), at(20));
        for (from, to, given) in [
            (0, 10, 10),
            (10, 20, 1),
            (8, 22, 5),
            (12, 22, 3),
            (20, 25, 5),
            (25, 20, 0),
        ] {
            assert_eq!(lineage.given(at(from), at(to)), given, "{from}..{to}");
        }
    }
}
