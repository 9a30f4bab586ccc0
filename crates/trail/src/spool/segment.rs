//! The bytes of a segment (`spec/spool.md`). All numbers are big-endian.

use crate::stamp::Epoch;

/// Begins each segment, before the digit of its version.
const MAGIC: [u8; 3] = *b"OMS";
const VERSION: u8 = b'1';
/// Begins each frame. No text in UTF-8 has the first byte, so that no line can look like a frame.
const MARK: [u8; 4] = [0xFE, b'O', b'M', b'F'];
/// Before the bytes that a frame's, or a header's, length counts.
const PREFIX: usize = 12;
/// Of a frame, before its topic.
const FIXED: usize = 30;
/// Of a header, before its emitter.
const HEADER_FIXED: usize = 18;

/// Bytes of a frame at most: an event is smaller than a Kafka message may be by default, 1 MiB; this
/// leaves room for destinations that take more, and bounds what reading one frame holds in memory.
pub(crate) const LARGEST_FRAME: usize = 8 << 20;
/// Bytes of a header at most.
pub(crate) const LARGEST_HEADER: usize = 1024;

/// What stands at the beginning of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The place of its first frame among all of the spool's.
    pub(crate) first: u64,
    pub(crate) epoch: Epoch,
    pub(crate) emitter: String,
}

/// What was found at the beginning of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// A header, and how long it is.
    Header(Header, usize),
    /// A header of a version that this release does not read.
    Newer(char),
    /// None, or one that is not what was written.
    Damaged,
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let end = at.checked_add(8)?;
    Some(u64::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_be_bytes(bytes.get(at..end)?.try_into().ok()?))
}

fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

fn text_at(bytes: &[u8], at: usize) -> Option<(&str, usize)> {
    let begin = at.checked_add(2)?;
    let length = u16::from_be_bytes(bytes.get(at..begin)?.try_into().ok()?);
    let end = begin.checked_add(usize::from(length))?;
    Some((std::str::from_utf8(bytes.get(begin..end)?).ok()?, end))
}

/// Of everything but itself, of whole headers and frames alike: bytes 8 to 12 are the checksum.
fn checksum(bytes: &[u8]) -> u32 {
    let before = crc32c::crc32c(bytes.get(..8).unwrap_or_default());
    crc32c::crc32c_append(before, bytes.get(PREFIX..).unwrap_or_default())
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    let cut = text.as_bytes().get(..usize::from(length));
    out.extend_from_slice(cut.unwrap_or_default());
}

/// Fills in length and checksum of what begins at `from`.
fn finish(out: &mut [u8], from: usize, beginning: [u8; 4]) {
    let Some(whole) = out.get_mut(from..) else {
        return;
    };
    let length = u32::try_from(whole.len().saturating_sub(PREFIX)).unwrap_or(u32::MAX);
    let put = |whole: &mut [u8], at: usize, bytes: [u8; 4]| {
        let place = whole.iter_mut().skip(at).take(4);
        place.zip(bytes).for_each(|(to, byte)| *to = byte);
    };
    put(whole, 0, beginning);
    put(whole, 4, length.to_be_bytes());
    put(whole, 8, checksum(whole).to_be_bytes());
}

impl Header {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![0; PREFIX];
        out.extend_from_slice(&self.first.to_be_bytes());
        out.extend_from_slice(&self.epoch.millis().to_be_bytes());
        push_text(&mut out, &self.emitter);
        let [a, b, c] = MAGIC;
        finish(&mut out, 0, [a, b, c, VERSION]);
        out
    }

    /// Of the first [`LARGEST_HEADER`] bytes of a segment, or all of them.
    pub(crate) fn decode(bytes: &[u8]) -> Beginning {
        let Some(whole) = length_at(bytes, 4)
            .and_then(|length| length.checked_add(PREFIX))
            .and_then(|end| bytes.get(..end))
        else {
            return Beginning::Damaged;
        };
        let version = whole.strip_prefix(&MAGIC).and_then(<[u8]>::first);
        match version {
            Some(version) if u32_at(whole, 8) == Some(checksum(whole)) => {
                if *version != VERSION {
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

    pub(crate) const fn size(emitter: &str) -> usize {
        PREFIX
            .saturating_add(HEADER_FIXED)
            .saturating_add(emitter.len())
    }
}

/// One event on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// Its place among all of the spool's, from 0: a gap says how many were damaged.
    pub(crate) place: u64,
    /// When it was written, milliseconds since 1970.
    pub(crate) written_ms: u64,
    /// What was kept.
    pub(crate) record: Record<'a>,
}

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

/// What begins where a frame could begin.
pub(crate) enum Parsed {
    /// A frame, so long.
    Frame(usize),
    /// So many bytes are needed to tell.
    Needs(usize),
    /// No frame.
    Damaged,
}

impl<'a> Frame<'a> {
    pub(crate) const fn size(record: &Record<'_>) -> usize {
        PREFIX
            .saturating_add(FIXED)
            .saturating_add(record.topic.len())
            .saturating_add(record.line.len())
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let from = out.len();
        out.extend_from_slice(&[0; PREFIX]);
        out.extend_from_slice(&self.place.to_be_bytes());
        out.extend_from_slice(&self.written_ms.to_be_bytes());
        out.extend_from_slice(&self.record.sequence.to_be_bytes());
        out.extend_from_slice(&self.record.count.to_be_bytes());
        push_text(out, self.record.topic);
        out.extend_from_slice(self.record.line);
        finish(out, from, MARK);
    }

    /// Of bytes that begin with a mark.
    pub(crate) fn decode(bytes: &'a [u8]) -> Parsed {
        if !bytes.starts_with(&MARK) {
            return Parsed::Damaged;
        }
        let Some(length) = length_at(bytes, 4) else {
            return Parsed::Needs(PREFIX);
        };
        let size = length.saturating_add(PREFIX);
        if size > LARGEST_FRAME {
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
    pub(crate) fn read(whole: &'a [u8]) -> Option<Self> {
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

/// Where the next frame could begin, in bytes from the first on; as many bytes as no frame begins in.
pub(crate) fn next_mark(bytes: &[u8]) -> Result<usize, usize> {
    let whole = bytes.windows(MARK.len()).position(|found| found == MARK);
    // The end may be the beginning of a mark.
    whole.ok_or_else(|| bytes.len().saturating_sub(MARK.len().saturating_sub(1)))
}
