//! One event, and its bytes inside a block.

use super::bytes::{length_at, push_length, push_text, text_at, u32_at, u64_at};

/// One event, as the destination takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The topic.
    pub topic: &'a str,
    /// Its number in its epoch.
    pub sequence: u64,
    /// So many numbers it stands for, from that one on.
    pub count: u32,
    /// The line, without its end.
    pub line: &'a [u8],
}

/// Of a record, besides topic and line.
const FIXED: usize = 18;

impl<'a> Record<'a> {
    /// The last number that it stands for.
    pub(super) fn last(&self) -> u64 {
        let more = u64::from(self.count.max(1)).saturating_sub(1);
        self.sequence.saturating_add(more)
    }

    pub(super) const fn size(&self) -> usize {
        FIXED
            .saturating_add(self.topic.len())
            .saturating_add(self.line.len())
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        push_text(out, self.topic);
        push_length(out, self.line.len());
        out.extend_from_slice(self.line);
    }

    /// The first of these bytes, and the bytes behind it.
    fn decode(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (topic, end) = text_at(bytes, 12)?;
        let length = length_at(bytes, end)?;
        let (line, rest) = bytes.get(end.checked_add(4)?..)?.split_at_checked(length)?;
        let record = Self {
            topic,
            sequence: u64_at(bytes, 0)?,
            count: u32_at(bytes, 8)?,
            line,
        };
        Some((record, rest))
    }
}

/// The records of a block; ends where they are not what was written.
#[derive(Debug, Clone)]
pub(super) struct Records<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (record, rest) = Record::decode(self.0)?;
        self.0 = rest;
        Some(record)
    }
}
