//! Blocks that somebody wrote who knows the format (85, 90 of the faults): an event that looks like one, and
//! a neighbour's edit with right checksums.

use openmds_trail::{Fsync, Lost, Name, Record, Spool};

use super::fake::Fake;
use super::{EMITTER, EPOCH, EVERYTHING, NOW, keep, limits, line, open};

const HEAD: usize = 56;

/// A disk with one block in one segment, and where it begins.
fn one_block() -> (Fake, usize) {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=9, NOW).count, 9);
    spool.close();
    disk.unlock();
    (disk, 12 + 18 + EMITTER.len())
}

/// A block with this in its head and behind it, its checksums right.
fn sealed(mut head: [u8; HEAD], packed: &[u8]) -> Vec<u8> {
    head[4..8].copy_from_slice(&u32::try_from(packed.len()).unwrap().to_be_bytes());
    head[52..].copy_from_slice(&crc32c::crc32c(packed).to_be_bytes());
    let sum = crc32c::crc32c_append(crc32c::crc32c(&head[..8]), &head[12..]);
    head[8..12].copy_from_slice(&sum.to_be_bytes());
    [&head, packed].concat()
}

/// What comes out where the block is replaced.
fn replaced(edit: impl FnOnce([u8; HEAD], &[u8]) -> Vec<u8>) -> (Vec<u64>, Vec<Lost>) {
    let (disk, from) = one_block();
    let bytes = disk.bytes(Name::Segment(1));
    let head = bytes[from..from + HEAD].try_into().unwrap();
    let edited = edit(head, &bytes[from + HEAD..]);
    disk.set(Name::Segment(1), [&bytes[..from], &edited].concat());
    let mut spool = open(disk, Fsync::Batch);
    let mut sequences = Vec::new();
    let read = spool.read(EVERYTHING, NOW, |record| sequences.push(record.sequence));
    let lost = read.unwrap().lost;
    spool.release();
    assert_eq!(spool.waiting(), 0);
    (sequences, lost)
}

type Edit<'a> = &'a dyn Fn([u8; HEAD], &[u8]) -> Vec<u8>;

fn unpacked(mut head: [u8; HEAD], bytes: u32) -> [u8; HEAD] {
    head[48..52].copy_from_slice(&bytes.to_be_bytes());
    head
}

#[test]
fn a_block_that_unpacks_to_something_else_is_damaged() {
    let whole = |head: [u8; HEAD], packed: &[u8]| sealed(head, packed);
    assert_eq!(replaced(whole), ((1..=9).collect(), vec![]));
    // 8 KiB that ask for gibibytes of zeros.
    let bomb = [
        &[0x1f, 0, 1, 0][..],
        &[0xff; 8_192],
        &[0, 0x50, 0, 0, 0, 0, 0],
    ]
    .concat();
    let bomb: Vec<u8> = bomb
        .iter()
        .flat_map(|byte| {
            if *byte == 0xfe {
                vec![0xfd, 1]
            } else {
                vec![*byte]
            }
        })
        .collect();
    let lies: [(&str, Edit<'_>); 9] = [
        ("more bytes than allowed", &|head, _| {
            sealed(unpacked(head, u32::MAX), &bomb)
        }),
        ("the most that is allowed", &|head, _| {
            sealed(unpacked(head, 8 << 20), &bomb)
        }),
        ("a bomb under the right size", &|head, _| {
            sealed(head, &bomb)
        }),
        ("fewer bytes", &|head, packed| {
            sealed(unpacked(head, 40), packed)
        }),
        ("no bytes", &|head, _| sealed(unpacked(head, 0), b"")),
        ("a cut end", &|head, packed| {
            sealed(head, &packed[..packed.len() - 3])
        }),
        ("what no escape is", &|head, _| sealed(head, &[0xfd, 7])),
        ("fewer records", &|mut head, packed| {
            head[47] = 8;
            sealed(head, packed)
        }),
        ("more records", &|mut head, packed| {
            head[47] = 10;
            sealed(head, packed)
        }),
    ];
    for (case, edit) in lies {
        let (delivered, lost) = replaced(edit);
        assert_eq!(delivered, Vec::<u64>::new(), "{case}");
        let [lost] = lost[..] else {
            panic!("{case}: {lost:?}")
        };
        let count = match case {
            "fewer records" => 8,
            "more records" => 10,
            _ => 9,
        };
        assert_eq!(
            (lost.count, lost.place, lost.numbers),
            (count, 0, Some((1, 9))),
            "{case}"
        );
    }
    // A block that would be longer than any may be is none.
    let (delivered, lost) = replaced(|mut head, packed| {
        head = unpacked(head, 8 << 20);
        let mut block = sealed(head, packed);
        block[4] = 0x7f;
        let sum = crc32c::crc32c_append(crc32c::crc32c(&block[..8]), &block[12..HEAD]);
        block[8..12].copy_from_slice(&sum.to_be_bytes());
        block
    });
    assert_eq!((delivered, lost), (vec![], vec![]));
}

/// Whoever can name a topic writes into lines. Where a block's head is damaged, what it holds is searched for
/// the next mark: nothing that an event holds is taken for a block, compressed or not.
#[test]
fn an_event_that_holds_a_block_is_not_read_as_one() {
    let (of, from) = one_block();
    let block = of.bytes(Name::Segment(1))[from..].to_vec();
    for copies in [1, 50] {
        let disk = Fake::default();
        let mut spool = open(disk.clone(), Fsync::Batch);
        let evil = block.repeat(copies);
        let record = |sequence, line| Record {
            topic: "t",
            sequence,
            count: 1,
            line,
        };
        assert_eq!(spool.append(&[record(70, &evil)], NOW).count, 1);
        assert_eq!(spool.append(&[record(71, b"{}")], NOW).count, 1);
        let mut bytes = disk.bytes(Name::Segment(1));
        bytes[from + 1] ^= 1;
        disk.set(Name::Segment(1), bytes);
        let mut sequences = Vec::new();
        let mut lost = 0;
        while spool.waiting() > 0 {
            let read = spool.read(EVERYTHING, NOW, |record| sequences.push(record.sequence));
            lost += read
                .unwrap()
                .lost
                .iter()
                .map(|lost| lost.count)
                .sum::<u64>();
            spool.release();
        }
        assert_eq!((sequences, lost), (vec![71], 1));
    }
}

/// A durable event is synced by itself: that may not take more of the disk than it did before blocks.
#[test]
fn a_block_of_one_event_is_not_larger_than_the_frame_it_was() {
    let event = r#"{"specversion":"1.0","id":"f8b0a4d3-0001-4a6b-8a55-000000000001","source":"crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg","type":"io.confluent.kafka.server/authorization","datacontenttype":"application/json","subject":"crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg/topic=orders","time":"2026-11-23T12:00:00.000001Z","route":"confluent-audit-log-events","emitter":"EyVCDzKYSc2vXhyD-z9PXg/broker-1","epoch":"1669278512579","sequence":"41","chain":"f3Yw1oPzJ0w3e0mQv4cQ7Yb1n6t3x2b9d8k5s4a1g0E","data":{"serviceName":"crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg","methodName":"kafka.Produce","resourceName":"crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg/topic=orders","authenticationInfo":{"principal":"User:alice"},"authorizationInfo":{"granted":true,"operation":"Write","resourceType":"Topic","resourceName":"orders","patternType":"LITERAL"},"request":{"correlation_id":"17","client_id":"producer-1"},"requestMetadata":{"client_address":"/127.0.0.1"}}}"#;
    let topic = "confluent-audit-log-events";
    let disk = Fake::default();
    let large = openmds_trail::Limits {
        segment_bytes: 1 << 20,
        ..limits(Fsync::Batch)
    };
    let mut spool = Spool::open(disk.clone(), large, (EMITTER, EPOCH)).unwrap();
    let mut grown = |line: &[u8]| {
        let before = spool.bytes();
        let record = Record {
            topic,
            sequence: 41,
            count: 1,
            line,
        };
        assert_eq!(spool.append(&[record], NOW).count, 1);
        (
            spool.bytes() - before,
            (12 + 30 + topic.len() + line.len()) as u64,
        )
    };
    grown(b"{}");
    let (block, frame) = grown(event.as_bytes());
    assert!(block < frame, "{block} {frame}");
    // What cannot be compressed costs its head and nothing else.
    let (block, frame) = grown(line(3).as_bytes());
    assert!(block <= frame + 32, "{block} {frame}");
}
