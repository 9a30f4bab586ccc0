//! Neighbours in the set: the first whole, each other as how much of the one before it begins
//! with, and the rest.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::iter::Peekable;

/// Blocks are filled up to this many bytes.
const FULL: usize = 2 * 1024;
/// A block that has grown beyond this is two.
const TOO_LARGE: usize = 2 * FULL;

/// Never empty.
#[derive(Debug, Clone)]
pub(super) struct Block(Box<[u8]>);

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    last: Vec<u8>,
}

impl Writer {
    fn push(&mut self, record: &[u8]) {
        let same = self.last.iter().zip(record).take_while(|(a, b)| a == b);
        let shared = same.count();
        let rest = record.get(shared..).unwrap_or_default();
        push_number(&mut self.bytes, shared);
        push_number(&mut self.bytes, rest.len());
        self.bytes.extend_from_slice(rest);
        self.last.clear();
        self.last.extend_from_slice(record);
    }

    fn done(self) -> Block {
        Block(self.bytes.into())
    }
}

impl Block {
    /// As many of the first records as make a full block.
    pub(super) fn of_first<'a>(sorted: &mut Peekable<impl Iterator<Item = &'a [u8]>>) -> Self {
        let mut writer = Writer::default();
        while let Some(record) = sorted.next_if(|_| writer.bytes.len() < FULL) {
            writer.push(record);
        }
        writer.done()
    }

    pub(super) fn of_one(record: &[u8]) -> Self {
        let mut writer = Writer::default();
        writer.push(record);
        writer.done()
    }

    pub(super) fn first(&self) -> &[u8] {
        let rest = number(&self.0).and_then(|(_, rest)| number(rest));
        let first = rest.and_then(|(length, rest)| rest.get(..length));
        first.unwrap_or_default()
    }

    /// Shows each record until told to stop; says whether it was not.
    pub(super) fn each(&self, mut visit: impl FnMut(&[u8]) -> bool) -> bool {
        let mut record = Vec::new();
        let mut rest: &[u8] = &self.0;
        while let Some(((shared, length), after)) = lengths(rest) {
            record.truncate(shared);
            record.extend_from_slice(after.get(..length).unwrap_or_default());
            rest = after.get(length..).unwrap_or_default();
            if !visit(&record) {
                return false;
            }
        }
        true
    }

    /// With the record: one block or two; none if the record is here already.
    pub(super) fn with(&self, record: &[u8]) -> Vec<Self> {
        let mut all = self.records();
        let Err(place) = all.binary_search_by(|one| (**one).cmp(record)) else {
            return Vec::new();
        };
        all.insert(place, record.into());
        let whole = Self::of(&all);
        if whole.0.len() <= TOO_LARGE || all.len() < 2 {
            return [whole].into();
        }
        let (front, back) = all.split_at(all.len() / 2);
        [Self::of(front), Self::of(back)].into()
    }

    /// Without the record: one block, or none; `None` if the record is not here.
    pub(super) fn without(&self, record: &[u8]) -> Option<Option<Self>> {
        let mut all = self.records();
        let place = all.binary_search_by(|one| (**one).cmp(record)).ok()?;
        all.remove(place);
        Some((!all.is_empty()).then(|| Self::of(&all)))
    }

    fn of(records: &[Box<[u8]>]) -> Self {
        let mut writer = Writer::default();
        for record in records {
            writer.push(record);
        }
        writer.done()
    }

    fn records(&self) -> Vec<Box<[u8]>> {
        let mut all = Vec::new();
        self.each(|record| {
            all.push(record.into());
            true
        });
        all
    }
}

fn lengths(bytes: &[u8]) -> Option<((usize, usize), &[u8])> {
    let (shared, rest) = number(bytes)?;
    let (length, rest) = number(rest)?;
    Some(((shared, length), rest))
}

/// Seven bits a byte, the least first.
fn push_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate() {
        number |= usize::from(byte & 0x7f).checked_shl(7 * place as u32)?;
        if *byte <= 0x7f {
            return Some((number, bytes.get(place + 1..)?));
        }
    }
    None
}
