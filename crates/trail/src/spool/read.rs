//! Delivering what waits.

use std::io;

use super::disk::Disk;
use super::frame::Frame;
use super::header::Beginning;
use super::reading::{Batch, Reading};
use super::record::Record;
use super::scan::{Found, Scan};
use super::{Segment, Spool, wide};
use crate::stamp::Epoch;

/// Reading that failed so often at one place is given up there: the disk's next block is tried.
const PATIENCE: u32 = 10;

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
        hand_over: impl FnMut(&Record<'_>),
    ) -> io::Result<Batch> {
        self.read_again();
        self.read_on(most_bytes, now_ms, hand_over)
    }

    /// Everything that is not released comes again.
    pub fn read_again(&mut self) {
        self.offered.clear();
    }

    /// As [`read`](Self::read), those behind what was read and is not released yet: each such batch is to
    /// be released, in order. An error here is worth trying again once nothing is unreleased.
    pub fn read_on(
        &mut self,
        most_bytes: u64,
        now_ms: u64,
        mut hand_over: impl FnMut(&Record<'_>),
    ) -> io::Result<Batch> {
        let from = self.offered.back().map_or(self.done, |before| before.to);
        let oldest_ms = now_ms.saturating_sub(self.limits.max_age_ms);
        let mut reading = Reading::new(from, most_bytes, oldest_ms);
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
        self.offered.push_back(reading.offer());
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
        match Beginning::of(&mut self.disk, segment.index) {
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
        let from = reading.at;
        let mut scan = Scan::new(segment.index, from.offset, segment.length);
        loop {
            match scan.advance(&mut self.disk) {
                Ok(Some(found)) => {
                    let again = (scan.begins(&found) == from.offset).then_some(from.place);
                    let open = Opened { again, epoch };
                    if !open.take(&scan, &found, reading, hand_over) {
                        return Ok(End::Batch);
                    }
                    reading.at.offset = scan.at();
                    if reading.is_nearly_full() {
                        return Ok(End::Batch); // The next block need not be unpacked twice.
                    }
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
        if error.kind() != io::ErrorKind::NotFound && self.offered.is_empty() {
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

/// What was found in a segment of this epoch.
struct Opened {
    epoch: u64,
    /// A read that ended inside this block ended before this place.
    again: Option<u64>,
}

impl Opened {
    /// Takes its records over; false: the batch is full without all of them.
    fn take(
        &self,
        scan: &Scan,
        found: &Found,
        reading: &mut Reading,
        hand_over: &mut impl FnMut(&Record<'_>),
    ) -> bool {
        let (head, range) = match found {
            Found::Frame(range) => {
                let frame = Frame::read(scan.bytes(range));
                return frame.is_none_or(|frame| reading.take(&frame, self.epoch, hand_over));
            }
            Found::Lost(head, _) => {
                reading.lose(head, self.epoch);
                return true;
            }
            Found::Block(head, range) => (head, range),
        };
        let mut unpacked = Vec::new();
        let Some(records) = head.unpack(scan.bytes(range), &mut unpacked) else {
            reading.lose(head, self.epoch);
            return true;
        };
        for (place, record) in (head.place..).zip(records) {
            let frame = Frame {
                place,
                written_ms: head.written_ms,
                record,
            };
            let delivered = self.again.is_some_and(|again| place < again);
            if !delivered && !reading.take(&frame, self.epoch, hand_over) {
                reading.at.offset = scan.begins(found);
                return false;
            }
        }
        true
    }
}
