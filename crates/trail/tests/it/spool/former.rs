//! Segments that a release before blocks wrote: they are delivered as they are (32).

use openmds_trail::{Fsync, Name};

use super::fake::Fake;
use super::{EMITTER, EPOCH, NOW, deliver, keep, line, open, read};

/// Length, checksum, and the rest, behind what it begins with.
fn checked(begins: [u8; 4], rest: &[u8]) -> Vec<u8> {
    let length = u32::try_from(rest.len()).unwrap().to_be_bytes();
    let sum = crc32c::crc32c(&[begins, length].concat());
    let sum = crc32c::crc32c_append(sum, rest).to_be_bytes();
    [&begins[..], &length, &sum, rest].concat()
}

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&length[..], text.as_bytes()].concat()
}

fn segment(first: u64, numbers: &[u64]) -> Vec<u8> {
    let header = [
        &first.to_be_bytes()[..],
        &EPOCH.millis().to_be_bytes(),
        &text(EMITTER),
    ]
    .concat();
    let mut bytes = checked(*b"OMS1", &header);
    for (place, number) in (first..).zip(numbers) {
        let line = line(*number);
        let frame = [
            &place.to_be_bytes()[..],
            &NOW.to_be_bytes(),
            &number.to_be_bytes(),
            &1_u32.to_be_bytes(),
            &text("confluent-audit-log-events"),
            line.as_bytes(),
        ];
        bytes.extend(checked([0xFE, b'O', b'M', b'F'], &frame.concat()));
    }
    bytes
}

/// Three segments of the former format that nobody owns.
pub(super) fn frames() -> Fake {
    let disk = Fake::default();
    for (index, first, numbers) in [(1, 0, &[1, 2, 3][..]), (2, 3, &[4, 5, 6]), (3, 6, &[7, 8])] {
        disk.set(Name::Segment(index), segment(first, numbers));
    }
    disk
}

#[test]
fn what_a_former_release_kept_comes_before_what_this_one_keeps() {
    let disk = frames();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(spool.waiting(), 8);
    let (first, _) = read(&mut spool, 250, NOW).unwrap();
    assert_eq!(first, [1, 2]);
    spool.release();
    assert_eq!(keep(&mut spool, 9..=12, NOW).count, 4);
    drop(spool);
    disk.killed();
    let versions = disk
        .segment_names()
        .into_iter()
        .map(|name| disk.bytes(name)[3]);
    assert_eq!(versions.collect::<Vec<_>>(), *b"1112");
    let mut spool = open(disk, Fsync::Batch);
    assert_eq!(deliver(&mut spool, NOW), ((3..=12).collect(), 0));
}

/// A release that does not know this format finds its version where it looks for it, under a right
/// checksum: it refuses the segment by name.
#[test]
fn the_beginning_of_a_segment_is_that_of_former_ones_but_for_the_version() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=1, NOW).count, 1);
    let now = disk.bytes(Name::Segment(1));
    let former = super::format::of_version(&segment(0, &[1]), b'2');
    let header = 12 + 18 + EMITTER.len();
    assert_eq!(now[..header], former[..header]);
}
