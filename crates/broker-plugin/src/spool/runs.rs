//! Which numbers of this epoch are in the spool, and where: so that what is lost there is named by its
//! numbers, however it was damaged.

use std::collections::VecDeque;

/// Events that follow each other, in places and numbers.
#[derive(Debug, Clone, Copy)]
struct Run {
    place: u64,
    events: u64,
    number: u64,
    /// Numbers of each event; only a run of one event has more than one.
    numbers: u64,
    own: bool,
}

/// The runs, by place. About one for each event of the trail's own.
#[derive(Debug, Default)]
pub(super) struct Runs(VecDeque<Run>);

impl Runs {
    pub(super) fn push(&mut self, place: u64, (number, numbers): (u64, u64), own: bool) {
        if let Some(last) = self.0.back_mut()
            && last.place.saturating_add(last.events) == place
            && last.number.saturating_add(last.events) == number
            && (last.own, last.numbers, numbers) == (own, 1, 1)
        {
            last.events = last.events.saturating_add(1);
            return;
        }
        self.0.push_back(Run {
            place,
            events: 1,
            number,
            numbers,
            own,
        });
    }

    /// Forgets what is before a place.
    pub(super) fn forget(&mut self, place: u64) {
        let behind = |run: &Run| run.place.saturating_add(run.events) <= place;
        while self.0.front().is_some_and(behind) {
            self.0.pop_front();
        }
    }

    /// The numbers between two places; how many events of decisions and log ins, and how many of the
    /// trail's own. Call it before [`forget`](Self::forget).
    pub(super) fn between(&self, from: u64, to: u64) -> (Vec<(u64, u64)>, u64, u64) {
        let (mut ranges, mut happened, mut own): (Vec<(u64, u64)>, u64, u64) = (Vec::new(), 0, 0);
        for run in &self.0 {
            let begin = run.place.max(from);
            let end = run.place.saturating_add(run.events).min(to);
            let events = end.saturating_sub(begin);
            if events == 0 {
                continue;
            }
            let first = run.number.saturating_add(begin.saturating_sub(run.place));
            let last = first.saturating_add(events.max(run.numbers).saturating_sub(1));
            match ranges.last_mut() {
                Some(before) if before.1.saturating_add(1) == first => before.1 = last,
                _ => ranges.push((first, last)),
            }
            let sum = if run.own { &mut own } else { &mut happened };
            *sum = sum.saturating_add(events);
        }
        (ranges, happened, own)
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn what_is_lost_has_its_numbers() {
        let mut runs = Runs::default();
        for place in 10..15 {
            runs.push(place, (place - 9, 1), false); // 1 to 5
        }
        runs.push(15, (6, 3), true); // stands for 6 to 8
        runs.push(16, (9, 1), false);
        runs.push(17, (20, 1), false);
        assert_eq!(runs.0.len(), 4);
        assert_eq!(runs.between(11, 13), (vec![(2, 3)], 2, 0));
        assert_eq!(runs.between(14, 17), (vec![(5, 9)], 2, 1));
        assert_eq!(runs.between(0, 100), (vec![(1, 9), (20, 20)], 7, 1));
        assert_eq!(runs.between(0, 10), (vec![], 0, 0));
        runs.forget(16);
        assert_eq!(runs.between(0, 100), (vec![(9, 9), (20, 20)], 2, 0));
    }
}
