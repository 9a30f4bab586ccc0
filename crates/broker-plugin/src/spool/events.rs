//! Batches of finished events, layout `OME3` of `spec/native-bridge.md`, read and written.

use openmds_trail::{Record, numbers_of};

const MAGIC: &[u8; 4] = b"OME3";

const OWN: u8 = 1;
const AHEAD: u8 = 2;

/// One event of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event<'a> {
    pub(super) own: bool,
    /// Somebody relies on it being on disk.
    pub(super) ahead: bool,
    pub(super) number: u64,
    pub(super) topic: &'a str,
    pub(super) line: &'a [u8],
}

impl<'a> Event<'a> {
    pub(super) fn record(&self) -> Record<'a> {
        Record {
            topic: self.topic,
            sequence: self.number,
            count: u32::try_from(numbers_of(self.line)).unwrap_or(u32::MAX),
            line: self.line,
        }
    }
}

/// The events of a batch, in order; ends where the layout is broken.
#[derive(Debug, Clone)]
pub(super) struct Events<'a>(&'a [u8]);

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(head)
}

fn cut<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

impl<'a> Events<'a> {
    /// `None` if it is no batch.
    pub(super) fn read(batch: &'a [u8]) -> Option<Self> {
        let mut rest = batch.strip_prefix(MAGIC)?;
        let length = usize::try_from(u32::from_be_bytes(*take(&mut rest)?)).ok()?;
        let count = usize::try_from(u32::from_be_bytes(*take(&mut rest)?)).ok()?;
        let events = Self(rest);
        (length == batch.len() && events.clone().count() == count).then_some(events)
    }

    fn event(&mut self) -> Option<Event<'a>> {
        let rest = &mut self.0;
        let [flags] = *take(rest)?;
        let (own, ahead) = (flags & OWN != 0, flags & AHEAD != 0);
        let number = u64::from_be_bytes(*take(rest)?);
        if ahead {
            let _ticket = take::<8>(rest)?;
        }
        let topic = u16::from_be_bytes(*take(rest)?);
        let topic = std::str::from_utf8(cut(rest, usize::from(topic))?).ok()?;
        let length = u32::from_be_bytes(*take(rest)?);
        let line = cut(rest, usize::try_from(length).ok()?)?;
        Some(Event {
            own,
            ahead,
            number,
            topic,
            line,
        })
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        self.event()
    }
}

/// A batch being written.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    events: u32,
}

impl Writer {
    const HEADER: usize = 12;

    /// Adds an event; answers where it begins.
    pub(super) fn add(&mut self, own: bool, record: &Record<'_>) -> usize {
        self.bytes.resize(self.bytes.len().max(Self::HEADER), 0);
        let at = self.bytes.len();
        self.bytes.push(u8::from(own));
        self.bytes.extend_from_slice(&record.sequence.to_be_bytes());
        let topic = u16::try_from(record.topic.len()).unwrap_or(0);
        self.bytes.extend_from_slice(&topic.to_be_bytes());
        let topic = record.topic.as_bytes().get(..usize::from(topic));
        self.bytes.extend_from_slice(topic.unwrap_or_default());
        let length = u32::try_from(record.line.len()).unwrap_or(0);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(record.line);
        self.events = self.events.saturating_add(1);
        at
    }

    /// The event that begins there has no number that this epoch knows.
    pub(super) fn forget_number(&mut self, at: usize) {
        self.put(at, &[1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    fn put(&mut self, at: usize, value: &[u8]) {
        let slots = self.bytes.iter_mut().skip(at);
        slots.zip(value).for_each(|(slot, byte)| *slot = *byte);
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len().max(Self::HEADER), 0);
        let length = u32::try_from(self.bytes.len()).unwrap_or(0);
        self.put(0, MAGIC);
        self.put(4, &length.to_be_bytes());
        self.put(8, &self.events.to_be_bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{Events, MAGIC, Writer};
    use openmds_trail::Record;

    #[test]
    fn a_batch_reads_back_and_no_cut_one_is_read() {
        let mut out = Writer::default();
        let record = |sequence, line| Record {
            topic: "t",
            sequence,
            count: 1,
            line,
        };
        out.add(false, &record(7, b"{}"));
        let second = out.add(false, &record(8, b"{\"a\":1}"));
        out.forget_number(second);
        let batch = out.finish();
        let read: Vec<_> = Events::read(&batch).unwrap().collect();
        let seen = read
            .iter()
            .map(|event| (event.own, event.number, event.line));
        let expected = [(false, 7, b"{}".as_slice()), (true, 0, b"{\"a\":1}")];
        assert_eq!(seen.collect::<Vec<_>>(), expected);
        for end in 0..batch.len() {
            assert!(Events::read(&batch[..end]).is_none(), "{end}");
        }
        let empty = Writer::default().finish();
        assert_eq!(Events::read(&empty).unwrap().count(), 0);

        let ahead = [
            MAGIC.as_slice(),
            &38_u32.to_be_bytes(),
            &1_u32.to_be_bytes(),
            &[3],
            &7_u64.to_be_bytes(),
            &99_u64.to_be_bytes(),
            &[0, 1, b't'],
            &[0, 0, 0, 2],
            b"{}",
        ];
        let ahead = ahead.concat();
        let event = Events::read(&ahead).unwrap().next().unwrap();
        assert_eq!((event.own, event.ahead, event.number), (true, true, 7));
        assert_eq!((event.topic, event.line), ("t", b"{}".as_slice()));
    }
}
