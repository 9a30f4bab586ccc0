//! Record batches: format 2, whose checksum and lengths the protocol library fills in.

use bytes::{Bytes, BytesMut};
use kafka_protocol::indexmap::IndexMap;
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, Record,
    RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};

use crate::EventRecord;

/// The only format that brokers still take from producers (KIP-724).
const FORMAT: i8 = 2;

/// The records as one batch of a producer without id; the broker assigns the offsets.
pub(super) fn batch(records: &[EventRecord]) -> Result<Bytes, String> {
    let records: Vec<Record> = records.iter().zip(0_i32..).map(record).collect();
    let options = RecordEncodeOptions {
        version: FORMAT,
        compression: Compression::None,
    };
    let mut batch = BytesMut::new();
    RecordBatchEncoder::encode(&mut batch, &records, &options)
        .map_err(|error| error.to_string())?;
    Ok(batch.freeze())
}

fn record((event, offset): (&EventRecord, i32)) -> Record {
    let header = |(name, value): &(&'static str, &'static str)| {
        let value = Bytes::from_static(value.as_bytes());
        (StrBytes::from_static_str(name), Some(value))
    };
    Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset: i64::from(offset),
        // The library begins another batch where the distance to the offset changes, and a request
        // carries one batch only; of a batch, only the first sequence is written.
        sequence: NO_SEQUENCE.saturating_add(offset),
        timestamp: event.timestamp_ms,
        key: None,
        value: Some(Bytes::copy_from_slice(&event.value)),
        headers: event.headers.iter().map(header).collect::<IndexMap<_, _>>(),
    }
}

#[cfg(test)]
mod tests {
    use kafka_protocol::records::RecordBatchDecoder;

    use super::*;

    #[test]
    fn a_batch_reads_back_as_what_was_written() {
        let event = |text: &str, timestamp_ms| EventRecord {
            value: text.into(),
            timestamp_ms,
            headers: vec![("content-type", "application/cloudevents+json")],
        };
        let mut bytes = batch(&[event("{\"a\":1}", 7), event("{}", 9)]).unwrap();
        assert_eq!(
            bytes[16], 2,
            "the format stands after offset, length and epoch"
        );
        let mut sets = RecordBatchDecoder::decode_all(&mut bytes).unwrap();
        assert_eq!(sets.len(), 1, "one batch");
        let records = sets.remove(0).records;
        let values: Vec<_> = records.iter().map(|r| r.value.clone().unwrap()).collect();
        assert_eq!(values, [&b"{\"a\":1}"[..], &b"{}"[..]]);
        assert_eq!((records[0].timestamp, records[1].timestamp), (7, 9));
        assert_eq!(
            records[1].headers[&b"content-type"[..]].as_deref(),
            Some(&b"application/cloudevents+json"[..])
        );
        assert_eq!((records[0].producer_id, records[0].sequence), (-1, -1));
    }
}
