//! What stands at the beginning of a segment (`spec/spool.md`).

use std::io;

use super::bytes::{checksum, length_at, push_length, push_text, put, text_at, u32_at, u64_at};
use super::disk::{Disk, Name};
use crate::stamp::Epoch;

/// Begins each segment, before the digit of its version.
const MAGIC: [u8; 3] = *b"OMS";
/// What is written.
const VERSION: u8 = b'2';
/// What is read: frames of single records in 1, blocks in 2.
const READ: [u8; 2] = [b'1', VERSION];
/// Before the bytes that the length counts.
const PREFIX: usize = 12;
/// Behind those, before the emitter.
const FIXED: usize = 18;
/// Bytes of a header at most.
const LARGEST: usize = 1024;

/// What stands at the beginning of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The place of its first record among all of the spool's.
    pub(super) first: u64,
    pub(super) epoch: Epoch,
    pub(super) emitter: String,
}

/// What was found at the beginning of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Beginning {
    /// A header, and how long it is.
    Header(Header, usize),
    /// A header of a version that this release does not read.
    Newer(char),
    /// None, or one that is not what was written.
    Damaged,
}

impl Beginning {
    /// Of this segment on disk.
    pub(super) fn of(disk: &mut impl Disk, index: u64) -> io::Result<Self> {
        let mut bytes = vec![0; LARGEST];
        let count = disk.read(Name::Segment(index), 0, &mut bytes)?;
        Ok(Header::decode(bytes.get(..count).unwrap_or_default()))
    }
}

impl Header {
    pub(super) fn encode(&self) -> Vec<u8> {
        let [a, b, c] = MAGIC;
        let mut out = vec![a, b, c, VERSION];
        push_length(&mut out, Self::size(&self.emitter).saturating_sub(PREFIX));
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.epoch.millis().to_be_bytes());
        push_text(&mut out, &self.emitter);
        let sum = checksum(&out);
        put(&mut out, 8, sum.to_be_bytes());
        out
    }

    /// Of the first [`LARGEST`] bytes of a segment, or all of them.
    fn decode(bytes: &[u8]) -> Beginning {
        let Some(whole) = length_at(bytes, 4)
            .and_then(|length| length.checked_add(PREFIX))
            .and_then(|end| bytes.get(..end))
        else {
            return Beginning::Damaged;
        };
        let version = whole.strip_prefix(&MAGIC).and_then(<[u8]>::first);
        match version {
            Some(version) if u32_at(whole, 8) == Some(checksum(whole)) => {
                if !READ.contains(version) {
                    return Beginning::Newer(char::from(*version));
                }
                Self::read(whole).map_or(Beginning::Damaged, |header| {
                    Beginning::Header(header, whole.len())
                })
            }
            _ => Beginning::Damaged,
        }
    }

    fn read(whole: &[u8]) -> Option<Self> {
        Some(Self {
            first: u64_at(whole, 12)?,
            epoch: Epoch::new(u64_at(whole, 20)?),
            emitter: text_at(whole, 28)?.0.to_owned(),
        })
    }

    pub(super) const fn size(emitter: &str) -> usize {
        PREFIX.saturating_add(FIXED).saturating_add(emitter.len())
    }
}
