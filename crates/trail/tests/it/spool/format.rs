//! The bytes on disk, as they are written and as a former release wrote them.

use std::path::Path;

use openmds_trail::{Fsync, Limits, Name, Record, Spool};

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

const RECORDS: [Record<'_>; 2] = [
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

/// Lines that are much like each other, as long as it takes for a byte that has to be escaped.
fn lines() -> Vec<String> {
    let padding = format!("{}012345678", "abcdefghijklmnopqrstuvwxyz".repeat(7));
    let line = |one| format!("{{\"sequence\":\"{one}\",\"padding\":\"\u{fffd}{padding}\"}}");
    (45..49).map(line).collect()
}

fn shown(bytes: &[u8]) -> String {
    let hex = |byte: &u8| format!("{byte:02x}");
    bytes.iter().map(hex).collect()
}

#[test]
fn the_golden_spool_is_written_byte_for_byte_and_read() {
    let disk = Fake::default();
    let mut spool = Spool::open(disk.clone(), large(), (EMITTER, EPOCH)).unwrap();
    assert_eq!(spool.append(&RECORDS, NOW).count, 2);
    let lines = lines();
    let similar: Vec<Record<'_>> = (45..)
        .zip(&lines)
        .map(|(sequence, line)| Record {
            topic: "audit-denied",
            sequence,
            count: 1,
            line: line.as_bytes(),
        })
        .collect();
    assert_eq!(spool.append(&similar, NOW + 1).count, 4);
    let read = spool.read(60, NOW, |record| assert_eq!(*record, RECORDS[0]));
    assert_eq!(read.unwrap().records, 1);
    spool.release();
    spool.close();
    let written = disk.bytes(Name::Segment(1));
    assert_eq!(shown(&written), shown(&golden("spool-segment.v2.hex")));
    let done = shown(&disk.bytes(Name::Position));
    assert_eq!(done, shown(&golden("spool-position.v1.in-block.hex")));

    let disk = Fake::default();
    disk.set(Name::Segment(1), golden("spool-segment.v2.hex"));
    disk.set(Name::Position, golden("spool-position.v1.in-block.hex"));
    let expected = [&RECORDS[1..], &similar].concat();
    let mut expected = expected.iter();
    let mut spool = Spool::open(disk, large(), (EMITTER, EPOCH)).unwrap();
    let read = spool.read(EVERYTHING, NOW, |record| {
        assert_eq!(Some(record), expected.next());
    });
    let batch = read.unwrap();
    assert_eq!(
        (batch.records, batch.epoch, batch.lost),
        (5, Some(EPOCH), vec![])
    );
}

#[test]
fn a_spool_of_the_former_version_is_read() {
    for (done, expected) in [(false, &RECORDS[..]), (true, &RECORDS[1..])] {
        let disk = Fake::default();
        disk.set(Name::Segment(1), golden("spool-segment.v1.hex"));
        if done {
            disk.set(Name::Position, golden("spool-position.v1.hex"));
        }
        let mut expected = expected.iter();
        let mut spool = Spool::open(disk, limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap();
        let read = spool.read(EVERYTHING, NOW, |record| {
            assert_eq!(Some(record), expected.next());
        });
        assert_eq!(read.unwrap().lost, vec![]);
        assert_eq!(expected.next(), None);
    }
}

fn large() -> Limits {
    Limits {
        segment_bytes: 1 << 20,
        ..limits(Fsync::Batch)
    }
}
