//! Frames: the single records of segments of version 1, which are read and not written any more.

use super::LARGEST;
use super::bytes::{checksum, length_at, text_at, u32_at, u64_at};
use super::record::Record;
use super::scan::Parsed;

/// Begins each frame. No text in UTF-8 has the first byte, so that no line can look like a frame.
pub(super) const MARK: [u8; 4] = [0xFE, b'O', b'M', b'F'];
/// Before the bytes that a frame's length counts.
const PREFIX: usize = 12;

/// One event on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Its place among all of the spool's, from 0: a gap says how many were damaged.
    pub(super) place: u64,
    /// When it was written, milliseconds since 1970.
    pub(super) written_ms: u64,
    /// What was kept.
    pub(super) record: Record<'a>,
}

impl<'a> Frame<'a> {
    /// Of bytes that begin with a mark.
    pub(super) fn parse(bytes: &'a [u8]) -> Parsed {
        let Some(length) = length_at(bytes, 4) else {
            return Parsed::Needs(PREFIX);
        };
        let size = length.saturating_add(PREFIX);
        if size > LARGEST {
            return Parsed::Damaged;
        }
        let Some(whole) = bytes.get(..size) else {
            return Parsed::Needs(size);
        };
        if u32_at(whole, 8) != Some(checksum(whole)) {
            return Parsed::Damaged;
        }
        Self::read(whole).map_or(Parsed::Damaged, |_| Parsed::Frame(size))
    }

    /// Of a whole frame, its checksum not looked at.
    pub(super) fn read(whole: &'a [u8]) -> Option<Self> {
        let (topic, end) = text_at(whole, 40)?;
        Some(Self {
            place: u64_at(whole, 12)?,
            written_ms: u64_at(whole, 20)?,
            record: Record {
                topic,
                sequence: u64_at(whole, 28)?,
                count: u32_at(whole, 36)?,
                line: whole.get(end..)?,
            },
        })
    }
}
