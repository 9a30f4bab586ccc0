//! The bytes on disk.

use std::path::Path;

use openmds_trail::{Fsync, Name, Record, Spool};

use super::fake::Fake;
use super::{EMITTER, EPOCH, EVERYTHING, NOW, limits};

/// A segment as another version would have it, its checksum right.
pub(crate) fn of_version(segment: &[u8], version: u8) -> Vec<u8> {
    let mut bytes = segment.to_vec();
    bytes[3] = version;
    let length = u32::from_be_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let sum = crc32c::crc32c_append(crc32c::crc32c(&bytes[..8]), &bytes[12..12 + length]);
    bytes[8..12].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn golden(file: &str) -> Vec<u8> {
    let formats = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
    let text = std::fs::read_to_string(formats.join(file)).unwrap();
    let digits: String = text
        .lines()
        .map(|line| line.split('#').next().unwrap())
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace())
        .collect();
    let digits = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
    digits.map(|pair| byte(pair).unwrap()).collect()
}

#[test]
fn the_golden_spool_is_written_byte_for_byte_and_read() {
    let disk = Fake::default();
    let mut spool = Spool::open(disk.clone(), limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap();
    let records = [
        Record {
            topic: "confluent-audit-log-events",
            sequence: 41,
            count: 1,
            line: b"{\"sequence\":\"41\"}",
        },
        Record {
            topic: "audit-denied",
            sequence: 42,
            count: 3,
            line: b"{\"sequence\":\"42\",\"sequencelast\":\"44\"}",
        },
    ];
    assert_eq!(spool.append(&records, NOW).count, 2);
    let read = spool.read(100, NOW, |record| assert_eq!(*record, records[0]));
    assert_eq!(read.unwrap().records, 1);
    spool.release();
    spool.close();
    let shown = |bytes: &[u8]| -> String {
        let hex = |byte: &u8| format!("{byte:02x}");
        bytes.iter().map(hex).collect()
    };
    assert_eq!(
        shown(&disk.bytes(Name::Segment(1))),
        shown(&golden("spool-segment.v1.hex"))
    );
    assert_eq!(
        shown(&disk.bytes(Name::Position)),
        shown(&golden("spool-position.v1.hex"))
    );
    let golden_disk = Fake::default();
    golden_disk.set(Name::Segment(1), golden("spool-segment.v1.hex"));
    golden_disk.set(Name::Position, golden("spool-position.v1.hex"));
    let mut spool = Spool::open(golden_disk, limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap();
    let read = spool.read(EVERYTHING, NOW, |record| assert_eq!(*record, records[1]));
    let batch = read.unwrap();
    assert_eq!(
        (batch.records, batch.epoch, batch.lost),
        (1, Some(EPOCH), vec![])
    );
}
