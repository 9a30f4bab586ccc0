//! Record batches of an answer: format 2 (Kafka documentation, "Record Batch"), read without
//! believing any length that the bytes have no room for.

use std::borrow::Cow;

use bytes::Buf;

use super::decompress::decompressed;
use crate::ReadRecord;

/// Bytes before the length of a batch is said.
const BEFORE_LENGTH: usize = 12;
const FORMAT: i8 = 2;
const COMPRESSION: i16 = 0x07;
const LOG_APPEND_TIME: i16 = 0x08;
const CONTROL: i16 = 0x20;

/// Records, and the offset behind the last batch that was whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) records: Vec<ReadRecord>,
    pub(super) next: Option<i64>,
}

/// Reads the batches that are whole; brokers cut the last one where an answer is full. Control
/// batches are left out.
pub(super) fn records(mut bytes: &[u8]) -> Result<Records, String> {
    let mut read = Records {
        records: Vec::new(),
        next: None,
    };
    while let Some(mut batch) = whole_batch(&mut bytes)? {
        let base = batch.try_get_i64().map_err(cut)?;
        let _length = batch.try_get_i32().map_err(cut)?;
        let _leader_epoch = batch.try_get_i32().map_err(cut)?;
        let format = batch.try_get_i8().map_err(cut)?;
        if format != FORMAT {
            return Err(format!(
                "the batch at offset {base} has format {format}; only 2 is read (Kafka 0.11 and newer)"
            ));
        }
        let _checksum = batch.try_get_u32().map_err(cut)?;
        let attributes = batch.try_get_i16().map_err(cut)?;
        let last_delta = batch.try_get_i32().map_err(cut)?;
        let first_ms = batch.try_get_i64().map_err(cut)?;
        let last_ms = batch.try_get_i64().map_err(cut)?;
        let _producer_id = batch.try_get_i64().map_err(cut)?;
        let _producer_epoch = batch.try_get_i16().map_err(cut)?;
        let _sequence = batch.try_get_i32().map_err(cut)?;
        let count = batch.try_get_i32().map_err(cut)?;
        let last = base.saturating_add(i64::from(last_delta));
        read.next = Some(last.saturating_add(1));
        if attributes & CONTROL != 0 {
            continue;
        }
        let body: Cow<'_, [u8]> = decompressed(attributes & COMPRESSION, batch)
            .map_err(|reason| format!("the batch at offset {base}: {reason}"))?;
        let mut body = body.as_ref();
        for _ in 0..count {
            let (offset_delta, ms_delta, value) = record(&mut body)?;
            read.records.push(ReadRecord {
                offset: base.saturating_add(offset_delta),
                timestamp_ms: match attributes & LOG_APPEND_TIME {
                    0 => first_ms.saturating_add(ms_delta),
                    _ => last_ms,
                },
                value: value.to_vec(),
            });
        }
    }
    Ok(read)
}

/// Takes the next batch, if all of it is there.
fn whole_batch<'a>(bytes: &mut &'a [u8]) -> Result<Option<&'a [u8]>, String> {
    let Some(length) = bytes.get(8..BEFORE_LENGTH) else {
        return Ok(None);
    };
    let length = length
        .iter()
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= 1 << 30);
    let length = length.ok_or("a batch has a length that none has")?;
    let Some((batch, rest)) = bytes.split_at_checked(BEFORE_LENGTH.saturating_add(length)) else {
        return Ok(None);
    };
    *bytes = rest;
    Ok(Some(batch))
}

/// Takes a record: the differences of offset and time, and the value.
fn record<'a>(bytes: &mut &'a [u8]) -> Result<(i64, i64, &'a [u8]), String> {
    let length = varint(bytes)?;
    let mut record = take(bytes, length)?;
    let _attributes = record.try_get_i8().map_err(cut)?;
    let ms_delta = varint(&mut record)?;
    let offset_delta = varint(&mut record)?;
    let key = varint(&mut record)?;
    take(&mut record, key.max(0))?;
    let value = varint(&mut record)?;
    let value = take(&mut record, value.max(0))?;
    Ok((offset_delta, ms_delta, value))
}

fn take<'a>(bytes: &mut &'a [u8], length: i64) -> Result<&'a [u8], String> {
    let length = usize::try_from(length).map_err(|_| cut(()))?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(|| cut(()))?;
    *bytes = rest;
    Ok(taken)
}

/// A signed number of variable length (zigzag).
fn varint(bytes: &mut &[u8]) -> Result<i64, String> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.try_get_u8().map_err(cut)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            let half = i64::try_from(value >> 1).unwrap_or(i64::MAX);
            return Ok(if value & 1 == 0 { half } else { !half });
        }
    }
    Err("a number has too many bytes".to_owned())
}

fn cut<E>(_: E) -> String {
    "a record goes beyond its batch".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventRecord;
    use crate::wire::records::batch;

    fn events() -> Vec<EventRecord> {
        let event = |text: &str, timestamp_ms| EventRecord {
            value: text.into(),
            timestamp_ms,
            headers: vec![("content-type", "application/cloudevents+json")],
        };
        vec![
            event("{\"a\":1}", 7),
            event("", 9),
            event(&"x".repeat(300), 8),
        ]
    }

    #[test]
    fn what_was_written_is_read_and_what_is_cut_off_is_not() {
        let one = batch(&events()).unwrap();
        let mut bytes = one.to_vec();
        bytes.extend_from_slice(&one);
        // The broker sets the first offset of a batch.
        bytes[one.len()..one.len() + 8].copy_from_slice(&100_i64.to_be_bytes());
        let read = records(&bytes).unwrap();
        let found: Vec<_> = read
            .records
            .iter()
            .map(|r| (r.offset, r.timestamp_ms, r.value.len()))
            .collect();
        let first = [(0, 7, 7), (1, 9, 0), (2, 8, 300)];
        let second = [(100, 7, 7), (101, 9, 0), (102, 8, 300)];
        assert_eq!(found, [first, second].concat());
        assert_eq!(read.next, Some(103));
        for end in one.len()..bytes.len() {
            let cut = records(&bytes[..end]).unwrap();
            assert_eq!((cut.records.len(), cut.next), (3, Some(3)), "{end}");
        }
        assert_eq!(records(&bytes[..11]).unwrap().next, None);
    }

    #[test]
    fn control_batches_have_no_records_but_count() {
        let mut bytes = batch(&events()).unwrap().to_vec();
        bytes[22] |= 0x20;
        let read = records(&bytes).unwrap();
        assert_eq!((read.records.len(), read.next), (0, Some(3)));
    }

    #[test]
    fn no_changed_byte_ends_the_process() {
        let good = batch(&events()).unwrap().to_vec();
        for at in 0..good.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = byte;
                let _either_is_right = records(&bytes);
            }
        }
        let mut old = good;
        old[16] = 1;
        assert!(records(&old).unwrap_err().contains("format 1"));
    }
}
