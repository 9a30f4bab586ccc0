//! How far a read has come, what it gave, and what is missing.

use super::block::Head;
use super::frame::Frame;
use super::position::Position;
use super::record::Record;
use super::wide;
use crate::own::Reason;
use crate::stamp::Epoch;

/// Records that will not be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// [`Reason::SpoolDamaged`] or [`Reason::SpoolAge`].
    pub reason: Reason,
    /// How many.
    pub count: u64,
    /// The place of the first; the others follow it.
    pub place: u64,
    /// The epoch they are of, as far as is known.
    pub epoch: Option<Epoch>,
    /// Their numbers, first and last. Of damaged ones: they are among these.
    pub numbers: Option<(u64, u64)>,
}

/// What one read gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Records handed over, all of one epoch.
    pub records: u64,
    /// That epoch, as far as is known.
    pub epoch: Option<Epoch>,
    /// What was missing before, between and behind them.
    pub lost: Vec<Lost>,
}

/// A batch that is not released yet.
#[derive(Debug)]
pub(super) struct Offered {
    pub(super) to: Position,
    pub(super) records: u64,
    pub(super) damaged: u64,
    pub(super) expired: u64,
}

/// Where a read is.
pub(super) struct Reading {
    pub(super) at: Position,
    pub(super) batch: Batch,
    spent: u64,
    most: u64,
    oldest_ms: u64,
}

impl Reading {
    /// From a position on, about `most` bytes; what was written before `oldest_ms` waited too long.
    pub(super) fn new(at: Position, most: u64, oldest_ms: u64) -> Self {
        Self {
            at,
            batch: Batch::default(),
            spent: 0,
            most,
            oldest_ms,
        }
    }

    pub(super) fn offer(&self) -> Offered {
        Offered {
            to: self.at,
            records: self.batch.records,
            damaged: self.lost(Reason::SpoolDamaged),
            expired: self.lost(Reason::SpoolAge),
        }
    }

    pub(super) fn moved(&self) -> bool {
        self.batch.records > 0 || !self.batch.lost.is_empty()
    }

    pub(super) fn is_nearly_full(&self) -> bool {
        self.spent > self.most / 4 * 3
    }

    /// Up to a record of this number, or to the end of everything.
    pub(super) fn gap(&mut self, to: u64, before: Option<u64>, epoch: u64) {
        let count = to.saturating_sub(self.at.place);
        if count > 0 {
            let known = self.at.epoch > 0 && self.at.sequence > 0 && self.at.epoch == epoch;
            let first = self.at.sequence.saturating_add(1);
            let last = before.map(|number| number.saturating_sub(1));
            let last = last.filter(|last| known && *last >= first);
            self.damaged(count, self.at.epoch, last.map(|last| (first, last)));
        }
    }

    fn damaged(&mut self, count: u64, epoch: u64, numbers: Option<(u64, u64)>) {
        self.batch.lost.push(Lost {
            reason: Reason::SpoolDamaged,
            count,
            place: self.at.place,
            epoch: (epoch > 0).then(|| Epoch::new(epoch)),
            numbers,
        });
    }

    /// Passes a block whose records are damaged: its head says which they were.
    pub(super) fn lose(&mut self, head: &Head, epoch: u64) {
        self.gap(head.place, Some(head.first), epoch);
        let delivered = (head.place..head.end()).contains(&self.at.place);
        let first = if delivered && self.at.place > head.place {
            self.at.sequence.saturating_add(1).max(head.first)
        } else {
            self.at.place = head.place;
            head.first
        };
        let count = head.end().saturating_sub(self.at.place);
        if count > 0 {
            self.damaged(count, epoch, Some((first, head.last.max(first))));
        }
        self.at.place = head.end();
        self.at.sequence = head.last;
        self.at.epoch = epoch;
    }

    /// Takes a record over; false: the batch is full without it.
    pub(super) fn take(
        &mut self,
        frame: &Frame<'_>,
        epoch: u64,
        hand_over: &mut impl FnMut(&Record<'_>),
    ) -> bool {
        let size = wide(frame.record.size());
        if self.moved() && self.spent.saturating_add(size) > self.most {
            return false;
        }
        self.spent = self.spent.saturating_add(size);
        let record = &frame.record;
        self.gap(frame.place, Some(record.sequence), epoch);
        let last = record.last();
        if frame.written_ms < self.oldest_ms {
            self.expire(frame.place, (record.sequence, last), epoch);
        } else {
            hand_over(record);
            self.batch.records = self.batch.records.saturating_add(1);
        }
        self.at.place = frame.place.saturating_add(1);
        self.at.sequence = last;
        self.at.epoch = epoch;
        true
    }

    fn expire(&mut self, place: u64, (first, last): (u64, u64), epoch: u64) {
        let epoch = (epoch > 0).then(|| Epoch::new(epoch));
        if let Some(lost) = self.batch.lost.last_mut()
            && let Some((_, before)) = lost.numbers.as_mut()
            && (lost.reason, lost.epoch) == (Reason::SpoolAge, epoch)
            && before.saturating_add(1) == first
        {
            *before = last;
            lost.count = lost.count.saturating_add(1);
            return;
        }
        self.batch.lost.push(Lost {
            reason: Reason::SpoolAge,
            count: 1,
            place,
            epoch,
            numbers: Some((first, last)),
        });
    }

    fn lost(&self, reason: Reason) -> u64 {
        let lost = self.batch.lost.iter().filter(|lost| lost.reason == reason);
        lost.map(|lost| lost.count).fold(0, u64::saturating_add)
    }
}
