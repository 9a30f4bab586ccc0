//! Taking a spool over, from nobody or from whoever was killed.

use std::collections::VecDeque;
use std::fmt;
use std::io;

use super::block::Gathered;
use super::disk::{Disk, Name};
use super::header::{Beginning, Header};
use super::limits::Limits;
use super::position::Position;
use super::scan::Scan;
use super::{Happened, Segment, Spool, wide};
use crate::stamp::Epoch;

/// Why a spool cannot be used.
#[derive(Debug)]
pub enum OpenError {
    /// Somebody else has it.
    Owned,
    /// A later release wrote it.
    Newer {
        /// The file.
        file: String,
        /// The digit of its version.
        version: char,
    },
    /// The file system failed.
    Disk {
        /// At what.
        doing: &'static str,
        /// What it said.
        error: io::Error,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owned => to.write_str(
                "another process owns it: give each process of this machine a directory of its own",
            ),
            Self::Newer { file, version } => write!(
                to,
                "{file} is of format {version}, which a later release wrote; this one reads 1 and 2: run that release until the \
                 spool is delivered, or move the file away"
            ),
            Self::Disk { doing, error } => write!(to, "{doing}: {error}"),
        }
    }
}

impl std::error::Error for OpenError {}

fn doing(what: &'static str) -> impl FnOnce(io::Error) -> OpenError {
    move |error| OpenError::Disk { doing: what, error }
}

/// The end of the last segment.
struct End {
    /// The place behind its last record, if there is one or a header.
    place: Option<u64>,
    /// Bytes up to there.
    length: u64,
    /// Whether all of it could be read.
    whole: bool,
}

impl<D: Disk> Spool<D> {
    /// Owns the directory's spool from now on, with all that waits in it. What is appended is `emitter`'s
    /// of this epoch; segments of former epochs are delivered as they are.
    ///
    /// Reads the beginning of each segment and all of the last one, at most.
    pub fn open(
        mut disk: D,
        limits: Limits,
        (emitter, epoch): (&str, Epoch),
    ) -> Result<Self, OpenError> {
        disk.prepare().map_err(doing("making the directory"))?;
        if !disk.lock().map_err(doing("locking it"))? {
            return Err(OpenError::Owned);
        }
        let mut found = disk.segments().map_err(doing("listing it"))?;
        found.sort_unstable();
        for (index, _) in &found {
            if let Ok(Beginning::Newer(version)) = Beginning::of(&mut disk, *index) {
                let file = Name::Segment(*index).file();
                return Err(OpenError::Newer { file, version });
            }
        }
        let stored = Position::load(&mut disk);
        let next_index = found.last().map_or(0, |(index, _)| index.saturating_add(1));
        let stored_index = stored.map_or(1, |done| done.segment.saturating_add(1));
        let segments = found.into_iter();
        let segments = segments.map(|(index, length)| Segment { index, length });
        let mut spool = Self {
            disk,
            fsync: limits.fsync,
            limits,
            emitter: emitter.to_owned(),
            epoch,
            segments: segments.collect(),
            writing: None,
            next_index: next_index.max(stored_index),
            next_place: 0,
            bytes: 0,
            done: stored.unwrap_or_default(),
            offered: VecDeque::new(),
            unreadable: 0,
            happened: Happened::default(),
            gathered: Gathered::default(),
            buffer: Vec::new(),
            pending: 0,
        };
        spool.find_end();
        spool.find_beginning(stored);
        spool.bytes = spool.segments.iter().map(|segment| segment.length).sum();
        Ok(spool)
    }

    /// Cuts the last segment where its last record ends, and finds the place behind that. A segment
    /// without any is removed.
    fn find_end(&mut self) {
        let mut kept = VecDeque::new();
        while let Some(last) = self.segments.pop_back() {
            let end = self.end_of(last);
            let torn = last.length.saturating_sub(end.length);
            let empty = end.length == 0 && end.whole;
            if torn > 0 && end.whole {
                self.happened.torn = self.happened.torn.saturating_add(1);
                self.happened.torn_bytes = self.happened.torn_bytes.saturating_add(torn);
                let cut = self.disk.truncate(Name::Segment(last.index), end.length);
                let _ = self.counted(cut);
            }
            if empty {
                let removed = self.disk.remove(Name::Segment(last.index));
                let _ = self.counted(removed);
            } else {
                let length = if end.whole { end.length } else { last.length };
                kept.push_front(Segment { length, ..last });
            }
            if let Some(place) = end.place {
                self.next_place = place;
                break;
            }
        }
        self.segments.append(&mut kept);
    }

    fn end_of(&mut self, segment: Segment) -> End {
        let mut end = End {
            place: None,
            length: 0,
            whole: true,
        };
        let header = match Beginning::of(&mut self.disk, segment.index) {
            Ok(Beginning::Header(header, length)) => {
                end.place = Some(header.first);
                end.length = wide(length);
                wide(length)
            }
            Ok(_) => 0,
            Err(_) => {
                end.whole = false;
                0
            }
        };
        let mut scan = Scan::new(segment.index, header, segment.length);
        loop {
            match scan.advance(&mut self.disk) {
                Ok(Some(found)) => {
                    end.length = scan.at();
                    end.place = scan.place_behind(&found).or(end.place);
                }
                Ok(None) => return end,
                Err(error) => {
                    let _ = self.counted::<()>(Err(error));
                    end.whole = false;
                    scan.skip_block();
                }
            }
        }
    }

    /// Goes on where delivery stopped; without a position that can be read, from the beginning.
    fn find_beginning(&mut self, stored: Option<Position>) {
        let oldest = self.segments.front().map(|segment| segment.index);
        match (stored, oldest) {
            (Some(done), oldest) => {
                self.next_place = self.next_place.max(done.place);
                if let Some(oldest) = oldest.filter(|oldest| *oldest > done.segment) {
                    self.done.segment = oldest;
                    self.done.offset = 0;
                }
            }
            (None, Some(oldest)) => {
                self.done.segment = oldest;
                self.done.place = self.first_place().unwrap_or(self.next_place);
            }
            (None, None) => {}
        }
    }

    /// The place of the first record of all.
    fn first_place(&mut self) -> Option<u64> {
        let segments: Vec<Segment> = self.segments.iter().copied().collect();
        segments.into_iter().find_map(|segment| {
            if let Ok(Beginning::Header(Header { first, .. }, _)) =
                Beginning::of(&mut self.disk, segment.index)
            {
                return Some(first);
            }
            let mut scan = Scan::new(segment.index, 0, segment.length);
            let found = scan.advance(&mut self.disk).ok()??;
            scan.place(&found)
        })
    }
}
