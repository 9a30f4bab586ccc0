//! Delivering what waits.

use std::io;

use super::disk::Disk;
use super::position::Position;
use super::scan::{Scan, beginning};
use super::segment::{Beginning, Frame, Record};
use super::{Segment, Spool, wide};
use crate::own::Reason;
use crate::stamp::Epoch;

/// Reading that failed so often at one place is given up there: the disk's next block is tried.
const PATIENCE: u32 = 10;

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
struct Reading {
    at: Position,
    batch: Batch,
    spent: u64,
    most: u64,
    oldest_ms: u64,
}

impl Reading {
    fn moved(&self) -> bool {
        self.batch.records > 0 || !self.batch.lost.is_empty()
    }

    /// Up to a frame, or to the end of everything.
    fn gap(&mut self, to: u64, before: Option<&Frame<'_>>, epoch: u64) {
        let count = to.saturating_sub(self.at.place);
        if count > 0 {
            let known = self.at.epoch > 0 && self.at.sequence > 0 && self.at.epoch == epoch;
            let first = self.at.sequence.saturating_add(1);
            let last = before.map(|frame| frame.record.sequence.saturating_sub(1));
            self.batch.lost.push(Lost {
                reason: Reason::SpoolDamaged,
                count,
                place: self.at.place,
                epoch: (self.at.epoch > 0).then(|| Epoch::new(self.at.epoch)),
                numbers: last
                    .filter(|last| known && *last >= first)
                    .map(|last| (first, last)),
            });
        }
    }

    /// Takes the frame over; false: the batch is full without it.
    fn take(
        &mut self,
        frame: &Frame<'_>,
        size: u64,
        epoch: u64,
        hand_over: &mut impl FnMut(&Record<'_>),
    ) -> bool {
        if self.moved() && self.spent.saturating_add(size) > self.most {
            return false;
        }
        self.spent = self.spent.saturating_add(size);
        self.gap(frame.place, Some(frame), epoch);
        let record = &frame.record;
        let last = record
            .sequence
            .saturating_add(u64::from(record.count.max(1)).saturating_sub(1));
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

/// What a segment gave.
enum End {
    /// There is no more in it.
    Segment,
    /// The batch is full.
    Batch,
}

impl<D: Disk> Spool<D> {
    /// Hands over the next records, about `most_bytes` of them and at least one, if any wait. The same
    /// come again until they are [released](Self::release). An error is worth trying again after a
    /// pause; where it stays, it gives up what cannot be read.
    pub fn read(
        &mut self,
        most_bytes: u64,
        now_ms: u64,
        mut hand_over: impl FnMut(&Record<'_>),
    ) -> io::Result<Batch> {
        self.offered = None;
        let mut reading = Reading {
            at: self.done,
            batch: Batch::default(),
            spent: 0,
            most: most_bytes,
            oldest_ms: now_ms.saturating_sub(self.limits.max_age_ms),
        };
        while let Some(segment) = self.segment_from(reading.at.segment) {
            if segment.index > reading.at.segment {
                reading.at.segment = segment.index;
                reading.at.offset = 0;
            }
            match self.read_segment(segment, &mut reading, &mut hand_over) {
                Ok(End::Batch) => break,
                Ok(End::Segment) if self.is_written(segment) => break,
                Ok(End::Segment) => {
                    reading.at.segment = segment.index.saturating_add(1);
                    reading.at.offset = 0;
                    if reading.moved() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.segments.retain(|other| other.index != segment.index);
                    self.bytes = self.bytes.saturating_sub(segment.length);
                    if self.is_written(segment) {
                        self.seal();
                    }
                }
                Err(_) if reading.moved() => break,
                Err(error) => return Err(error),
            }
        }
        if self.segment_from(reading.at.segment).is_none() {
            let epoch = reading.at.epoch;
            reading.gap(self.next_place, None, epoch);
            reading.at.place = reading.at.place.max(self.next_place);
        }
        self.unreadable = 0;
        self.offered = Some(Offered {
            to: reading.at,
            records: reading.batch.records,
            damaged: reading.lost(Reason::SpoolDamaged),
            expired: reading.lost(Reason::SpoolAge),
        });
        Ok(reading.batch)
    }

    fn segment_from(&self, index: u64) -> Option<Segment> {
        let mut segments = self.segments.iter().copied();
        segments.find(|segment| segment.index >= index)
    }

    pub(super) fn is_written(&self, segment: Segment) -> bool {
        self.writing
            .is_some_and(|writing| writing.index == segment.index)
    }

    fn read_segment(
        &mut self,
        segment: Segment,
        reading: &mut Reading,
        hand_over: &mut impl FnMut(&Record<'_>),
    ) -> io::Result<End> {
        let mut epoch = 0;
        match beginning(&mut self.disk, segment.index) {
            Ok(Beginning::Header(header, length)) => {
                epoch = header.epoch.millis();
                if reading.at.offset == 0 {
                    reading.at.offset = wide(length);
                }
            }
            Ok(_) => {}
            Err(error) if reading.at.offset == 0 => {
                return Err(self.unreadable_at(error, segment, 0));
            }
            Err(_) => {}
        }
        reading.batch.epoch = (epoch > 0).then(|| Epoch::new(epoch));
        let mut scan = Scan::new(segment.index, reading.at.offset, segment.length);
        loop {
            let before = scan.at();
            match scan.advance(&mut self.disk) {
                Ok(Some(found)) => {
                    let size = scan.at().saturating_sub(before);
                    let frame = scan.frame(&found);
                    if frame.is_some_and(|frame| !reading.take(&frame, size, epoch, hand_over)) {
                        return Ok(End::Batch);
                    }
                    reading.at.offset = scan.at();
                }
                Ok(None) => {
                    reading.at.offset = segment.length;
                    return Ok(End::Segment);
                }
                Err(error) if reading.moved() => return Err(error),
                Err(error) => {
                    scan.skip_block();
                    return Err(self.unreadable_at(error, segment, scan.at()));
                }
            }
        }
    }

    /// Counts a failure; after too many the next read begins behind it.
    fn unreadable_at(&mut self, error: io::Error, segment: Segment, behind: u64) -> io::Error {
        const BLOCK: u64 = 4096;
        if error.kind() != io::ErrorKind::NotFound {
            self.happened.failures = self.happened.failures.saturating_add(1);
            self.unreadable = self.unreadable.saturating_add(1);
            if self.unreadable >= PATIENCE {
                self.unreadable = 0;
                self.done.segment = segment.index;
                self.done.offset = if behind == 0 {
                    BLOCK.min(segment.length)
                } else {
                    behind
                };
            }
        }
        error
    }
}
