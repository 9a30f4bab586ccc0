//! How far a spool is delivered, on disk.

use std::io;

use super::disk::{Disk, Name};

const MAGIC: [u8; 4] = *b"OMW1";
const LENGTH: usize = 48;

/// Behind the last record that the destination has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Position {
    /// The segment.
    pub(super) segment: u64,
    /// Bytes of it; 0 before its header.
    pub(super) offset: u64,
    /// The place of the next record.
    pub(super) place: u64,
    /// The number of the last one, or of the last that an event stood for; 0 if none is known.
    pub(super) sequence: u64,
    /// The epoch of that one, milliseconds; 0 if none is known.
    pub(super) epoch: u64,
}

impl Position {
    pub(super) fn encode(self) -> [u8; LENGTH] {
        let (end, last) = (
            [self.segment, self.offset, self.place],
            [self.sequence, self.epoch],
        );
        let numbers = end.into_iter().chain(last);
        let mut numbers = numbers.flat_map(u64::to_be_bytes);
        let mut bytes = [0; LENGTH];
        let mut fill = |from: usize, with: &mut dyn Iterator<Item = u8>| {
            let place = bytes.iter_mut().skip(from);
            place.zip(with).for_each(|(to, byte)| *to = byte);
        };
        fill(0, &mut MAGIC.into_iter());
        fill(8, &mut numbers);
        let sum = checksum(&bytes).to_be_bytes();
        bytes
            .iter_mut()
            .skip(4)
            .zip(sum)
            .for_each(|(to, byte)| *to = byte);
        bytes
    }

    /// `None` for anything else than was written.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let whole: &[u8; LENGTH] = bytes.try_into().ok()?;
        let sum = u32::from_be_bytes(whole.get(4..8)?.try_into().ok()?);
        if !whole.starts_with(&MAGIC) || sum != checksum(whole) {
            return None;
        }
        let number = |at: usize| {
            let bytes = whole.get(at..at.checked_add(8)?)?;
            Some(u64::from_be_bytes(bytes.try_into().ok()?))
        };
        Some(Self {
            segment: number(8)?,
            offset: number(16)?,
            place: number(24)?,
            sequence: number(32)?,
            epoch: number(40)?,
        })
    }

    /// The one on disk. One that cannot be read, or is damaged, is none: records come twice then.
    pub(super) fn load(disk: &mut impl Disk) -> Option<Self> {
        let mut bytes = [0; LENGTH + 1];
        let count = disk.read(Name::Position, 0, &mut bytes).ok()?;
        Self::decode(bytes.get(..count)?)
    }

    /// Puts it on disk; `lasting`: it stays there whatever happens.
    pub(super) fn store(self, disk: &mut impl Disk, lasting: bool) -> io::Result<()> {
        disk.create(Name::Draft)?;
        disk.append(Name::Draft, &self.encode())?;
        if lasting {
            disk.sync(Name::Draft)?;
        }
        disk.close(Name::Draft);
        disk.rename(Name::Draft, Name::Position)?;
        if lasting {
            disk.sync_directory()?;
        }
        Ok(())
    }
}

fn checksum(bytes: &[u8; LENGTH]) -> u32 {
    crc32c::crc32c(bytes.get(8..).unwrap_or_default())
}
