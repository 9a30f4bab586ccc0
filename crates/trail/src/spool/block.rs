//! Blocks: the records that were handed over together, compressed (`spec/spool.md`).

use super::LARGEST;
use super::bytes::{checksum, length_at, push_length, put, u32_at, u64_at};
use super::escape::{escape, unescape};
use super::record::{Record, Records};
use super::scan::Parsed;

/// Begins each block. Its first byte is nowhere in what a block holds.
pub(super) const MARK: [u8; 4] = [0xFE, b'O', b'M', b'B'];
/// Bytes before what is packed.
pub(super) const HEAD: usize = 56;
/// Less is not worth compressing.
const WORTH: usize = 128;
/// Buffers beyond that are given back.
const USUAL: usize = 1 << 20;

/// What is known of a block without unpacking it; it has a checksum of its own, so that a block that
/// is damaged still says which records are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// The place of its first record among all of the spool's, from 0; the others follow it.
    pub(super) place: u64,
    /// When it was written, milliseconds since 1970.
    pub(super) written_ms: u64,
    /// The numbers of its records are from this one on,
    pub(super) first: u64,
    /// up to this one.
    pub(super) last: u64,
    /// How many there are.
    pub(super) records: u32,
    /// Bytes of the records.
    unpacked: usize,
    /// The checksum of what is packed.
    sum: u32,
}

impl Head {
    /// Of bytes that begin with a mark.
    pub(super) fn parse(bytes: &[u8]) -> Parsed {
        let Some(head) = bytes.get(..HEAD) else {
            return Parsed::Needs(HEAD);
        };
        let read = (u32_at(head, 8) == Some(checksum(head))).then(|| Self::read(head));
        let Some((head, packed)) = read.flatten().filter(|(_, packed)| *packed <= LARGEST) else {
            return Parsed::Damaged;
        };
        let size = HEAD.saturating_add(packed);
        let packed = bytes.get(HEAD..size);
        packed.map_or(Parsed::Needs(size), |packed| Parsed::Block {
            head,
            size,
            whole: crc32c::crc32c(packed) == head.sum,
        })
    }

    /// And how many bytes are packed.
    fn read(head: &[u8]) -> Option<(Self, usize)> {
        let read = Self {
            place: u64_at(head, 12)?,
            written_ms: u64_at(head, 20)?,
            first: u64_at(head, 28)?,
            last: u64_at(head, 36)?,
            records: u32_at(head, 44)?,
            unpacked: length_at(head, 48)?,
            sum: u32_at(head, 52)?,
        };
        Some((read, length_at(head, 4)?))
    }

    /// The place behind its last record.
    pub(super) fn end(&self) -> u64 {
        self.place.saturating_add(u64::from(self.records))
    }

    /// The records of a whole block; `None` if they are not what was written. Never holds more than
    /// [`LARGEST`] bytes of them, whatever the block says.
    pub(super) fn unpack<'a>(&self, whole: &[u8], into: &'a mut Vec<u8>) -> Option<Records<'a>> {
        if self.unpacked > LARGEST {
            return None;
        }
        let packed = unescape(whole.get(HEAD..)?)?;
        into.clear();
        if packed.len() == self.unpacked {
            into.extend_from_slice(&packed);
        } else {
            into.resize(self.unpacked, 0);
            let count = lz4_flex::block::decompress_into(&packed, into).ok()?;
            into.truncate(count);
        }
        let bytes: &'a [u8] = into;
        let mut records = Records(bytes);
        let count = records.by_ref().count();
        let whole = bytes.len() == self.unpacked && records.0.is_empty();
        (whole && u32::try_from(count) == Ok(self.records)).then_some(Records(bytes))
    }
}

/// A block being gathered.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    bytes: Vec<u8>,
    records: u32,
    first: u64,
    last: u64,
    /// Room for what is compressed.
    packed: Vec<u8>,
}

impl Gathered {
    pub(super) const fn is_empty(&self) -> bool {
        self.records == 0
    }

    pub(super) fn records(&self) -> u64 {
        u64::from(self.records)
    }

    /// Bytes that it would have, at most, with so many more of records.
    pub(super) const fn size_with(&self, more: usize) -> usize {
        HEAD.saturating_add(self.bytes.len()).saturating_add(more)
    }

    pub(super) fn add(&mut self, record: &Record<'_>) {
        if self.is_empty() {
            (self.first, self.last) = (record.sequence, record.last());
        }
        self.first = self.first.min(record.sequence);
        self.last = self.last.max(record.last());
        self.records = self.records.saturating_add(1);
        record.encode(&mut self.bytes);
    }

    pub(super) fn clear(&mut self) {
        self.records = 0;
        for buffer in [&mut self.bytes, &mut self.packed] {
            buffer.clear();
            if buffer.capacity() > USUAL {
                *buffer = Vec::new();
            }
        }
    }

    /// The block; nothing is gathered any more. Stored as it is where compressing does not pay.
    pub(super) fn finish(&mut self, place: u64, written_ms: u64) -> Vec<u8> {
        let length = self.bytes.len();
        let room = lz4_flex::block::get_maximum_output_size(length);
        self.packed.resize(self.packed.len().max(room), 0);
        let packed = if length < WORTH {
            None
        } else {
            let packed = lz4_flex::block::compress_into(&self.bytes, &mut self.packed).ok();
            packed.filter(|packed| *packed < length)
        };
        let packed = packed.and_then(|packed| self.packed.get(..packed));
        let packed = packed.unwrap_or(&self.bytes);
        let mut out = Vec::with_capacity(HEAD.saturating_add(packed.len() / 16 * 17));
        out.extend_from_slice(&MARK);
        out.extend_from_slice(&[0; 8]);
        for number in [place, written_ms, self.first, self.last] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.records.to_be_bytes());
        push_length(&mut out, length);
        out.extend_from_slice(&[0; 4]);
        escape(packed, &mut out);
        let packed = out.get(HEAD..).unwrap_or_default();
        let sum = crc32c::crc32c(packed);
        let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        put(&mut out, 4, length.to_be_bytes());
        put(&mut out, 52, sum.to_be_bytes());
        let sum = checksum(out.get(..HEAD).unwrap_or_default());
        put(&mut out, 8, sum.to_be_bytes());
        self.clear();
        out
    }
}
