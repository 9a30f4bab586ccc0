//! Forgetting what is delivered.

use super::Spool;
use super::disk::{Disk, Name};

impl<D: Disk> Spool<D> {
    /// What the oldest read gave that is not released yet is delivered: it does not come again, except
    /// after a power cut. Whole segments of it are removed.
    pub fn release(&mut self) {
        let Some(offered) = self.offered.pop_front() else {
            return;
        };
        let happened = &mut self.happened;
        for (sum, count) in [
            (&mut happened.delivered, offered.records),
            (&mut happened.damaged, offered.damaged),
            (&mut happened.expired, offered.expired),
        ] {
            *sum = sum.saturating_add(count);
        }
        if self.done == offered.to {
            return;
        }
        self.done = offered.to;
        let small = self.limits.segment_bytes / 16;
        if self.waiting() == 0 && self.writing.is_some_and(|writing| writing.kept > small) {
            self.seal();
        }
        self.forget(false);
    }

    /// Ends in order: what is delivered does not come again. The rest stays for the next owner.
    pub fn close(mut self) -> D {
        self.seal();
        self.forget(true);
        self.disk
    }

    /// Stores the position, and removes the segments before it. The position comes first, so that a
    /// segment that is missing is always one that somebody else removed; where it cannot be stored the
    /// disk may be full, and room is what helps.
    fn forget(&mut self, lasting: bool) {
        let done = self.done;
        let behind = self.segments.iter().take_while(|segment| {
            let whole = !self.is_written(**segment) && done.offset >= segment.length;
            segment.index < done.segment || (segment.index == done.segment && whole)
        });
        let count = behind.count();
        let stored = done.store(&mut self.disk, lasting || count > 0);
        let stored = self.counted(stored).is_ok();
        for segment in self.segments.drain(..count) {
            self.bytes = self.bytes.saturating_sub(segment.length);
            if self.disk.remove(Name::Segment(segment.index)).is_err() {
                self.happened.failures = self.happened.failures.saturating_add(1);
            }
        }
        if !stored && count > 0 {
            let again = done.store(&mut self.disk, true);
            let _ = self.counted(again);
        }
    }
}
