//! What is on disk is not what was written (26, 27, 32 of the faults).

use openmds_trail::{Fsync, Limits, Lost, Name, OpenError, Reason, Spool};

use super::fake::Fake;
use super::former::frames;
use super::{EMITTER, EPOCH, EVERYTHING, NOW, deliver, keep, limits, open, read};

/// Three segments that nobody owns, with blocks of two records and of one.
fn blocks() -> Fake {
    let disk = Fake::default();
    let larger = Limits {
        segment_bytes: 600,
        ..limits(Fsync::Batch)
    };
    let mut spool = Spool::open(disk.clone(), larger, (EMITTER, EPOCH)).unwrap();
    for group in [1..=2, 3..=3, 4..=5, 6..=6, 7..=8] {
        assert!(keep(&mut spool, group, NOW).refusal.is_none());
    }
    spool.close();
    disk.unlock();
    assert_eq!(disk.segment_names().len(), 3);
    disk
}

/// What of a segment is lost as a whole.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) from: usize,
    pub(super) end: usize,
    numbers: Vec<u64>,
    /// The bytes of it that say what it holds.
    head: usize,
}

/// By their marks; records are numbered from 1 on.
pub(super) fn units(disk: &Fake) -> Vec<(Name, Vec<Unit>)> {
    let mut next = 1;
    let names = disk.segment_names().into_iter();
    let of_segment = names.map(|name| {
        let bytes = disk.bytes(name);
        let mut units: Vec<Unit> = Vec::new();
        for (from, mark) in bytes.windows(4).enumerate() {
            let number =
                |at| u32::from_be_bytes(bytes[from + at..from + at + 4].try_into().unwrap());
            let (records, head) = match mark {
                [0xFE, b'O', b'M', b'F'] => (1, 12),
                [0xFE, b'O', b'M', b'B'] => (u64::from(number(44)), 56),
                _ => continue,
            };
            units.push(Unit {
                from,
                end: from + head + number(4) as usize,
                numbers: (next..next + records).collect(),
                head,
            });
            next += records;
        }
        (name, units)
    });
    of_segment.collect()
}

/// Delivers all that waits: the numbers, and what was lost of it.
fn deliver_and_name(spool: &mut Spool<Fake>) -> (Vec<u64>, Vec<Lost>) {
    let (sequences, batch) = read(spool, EVERYTHING, NOW).unwrap();
    let (mut delivered, mut lost) = (sequences, batch.lost);
    while spool.waiting() > 0 {
        spool.release();
        let (sequences, batch) = read(spool, EVERYTHING, NOW).unwrap();
        delivered.extend(sequences);
        lost.extend(batch.lost);
    }
    spool.release();
    (delivered, lost)
}

#[test]
fn any_single_bit_costs_the_block_or_frame_it_is_in_and_no_other() {
    for whole in [blocks(), frames()] {
        let units = units(&whole);
        let last = units.last().unwrap().1.last().unwrap().clone();
        for (name, units) in units {
            let bytes = whole.bytes(name);
            for bit in 0..bytes.len() * 8 {
                let (at, mask) = (bit / 8, 1 << (bit % 8));
                let case = format!("{name:?}, byte {at}, bit {}", bit % 8);
                let disk = whole.copy();
                let mut damaged = bytes.clone();
                damaged[at] ^= mask;
                disk.set(name, damaged);
                let hit = units
                    .iter()
                    .find(|unit| (unit.from..unit.end).contains(&at));
                let gone = hit.map_or(&[][..], |unit| &unit.numbers);
                let says_what_it_held =
                    hit.is_some_and(|unit| unit.head == 56 && at >= unit.from + 56);
                let torn = gone == last.numbers && !says_what_it_held;
                let expected: Vec<u64> = (1..=8).filter(|one| !gone.contains(one)).collect();
                let mut spool = open(disk, Fsync::Batch);
                assert_eq!(spool.happened().torn, u64::from(torn), "{case}");
                let (delivered, lost) = deliver_and_name(&mut spool);
                assert_eq!(delivered, expected, "{case}");
                let count = if torn { 0 } else { gone.len() as u64 };
                assert_eq!(
                    lost.iter().map(|lost| lost.count).sum::<u64>(),
                    count,
                    "{case}"
                );
                assert_eq!(spool.happened().damaged, count, "{case}");
                if says_what_it_held {
                    let numbers = (gone[0], gone[gone.len() - 1]);
                    assert_eq!(lost.len(), 1, "{case}");
                    assert_eq!(
                        (lost[0].numbers, lost[0].epoch),
                        (Some(numbers), Some(EPOCH)),
                        "{case}"
                    );
                }
            }
        }
    }
}

#[test]
fn damage_is_named_by_its_numbers() {
    for (whole, second, named) in [(blocks(), 3, (3, 3)), (frames(), 2, (2, 2))] {
        let (name, units) = &units(&whole)[0];
        let unit = &units[1];
        assert_eq!(unit.numbers, [second]);
        let mut bytes = whole.bytes(*name);
        bytes[unit.from + 20] ^= 1;
        whole.set(*name, bytes);
        let (_, lost) = deliver_and_name(&mut open(whole, Fsync::Batch));
        let [lost] = lost[..] else { panic!("{lost:?}") };
        assert_eq!(lost.reason, Reason::SpoolDamaged);
        assert_eq!(
            (lost.count, lost.epoch, lost.numbers),
            (1, Some(EPOCH), Some(named))
        );
    }
}

/// A read that ended inside a block goes on there, also for the next owner; what is damaged meanwhile is
/// counted without what was delivered of it.
#[test]
fn a_block_that_was_delivered_in_part_is_lost_in_part() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=9, NOW).count, 9);
    let (first, _) = read(&mut spool, 500, NOW).unwrap();
    assert_eq!(first, [1, 2, 3, 4]);
    spool.release();
    drop(spool);
    disk.unlock();
    let whole = disk.copy();
    let (name, units) = &units(&disk)[0];
    let mut bytes = disk.bytes(*name);
    bytes[units[0].from + 70] ^= 1;
    disk.set(*name, bytes);
    let mut spool = open(disk, Fsync::Batch);
    let (delivered, lost) = deliver_and_name(&mut spool);
    assert_eq!(delivered, Vec::<u64>::new());
    let [lost] = lost[..] else { panic!("{lost:?}") };
    assert_eq!((lost.count, lost.place, lost.numbers), (5, 4, Some((5, 9))));
    assert_eq!(
        deliver(&mut open(whole, Fsync::Batch), NOW),
        ((5..=9).collect(), 0)
    );
}

#[test]
fn an_end_that_was_not_written_whole_is_cut_at_any_length() {
    for whole in [blocks(), frames()] {
        let (last, units) = units(&whole).pop().unwrap();
        let bytes = whole.bytes(last);
        for length in 0..=bytes.len() {
            for zeros in [0, 1, 700] {
                let disk = whole.copy();
                let mut cut = bytes[..length].to_vec();
                cut.extend(vec![0; zeros]);
                disk.set(last, cut);
                let header = units[0].from;
                let mut counts = if length < header { 0 } else { header };
                let (mut gone, mut damaged) = (Vec::new(), 0);
                for unit in &units {
                    let says = unit.head == 56 && length >= unit.from + 56;
                    if unit.end <= length {
                        counts = unit.end;
                        continue;
                    }
                    gone.extend(&unit.numbers);
                    // All bytes are there, and they are wrong.
                    if says && unit.end <= length + zeros {
                        counts = unit.end;
                        damaged += unit.numbers.len() as u64;
                    }
                }
                let expected: Vec<u64> = (1..=8).filter(|one| !gone.contains(one)).collect();
                let mut spool = open(disk.clone(), Fsync::Batch);
                let case = format!("{length} bytes and {zeros} zeros");
                let torn = u64::from(length + zeros > counts);
                assert_eq!(spool.happened().torn, torn, "{case}");
                assert_eq!(keep(&mut spool, 50..=51, NOW).count, 2, "{case}");
                let (delivered, lost) = deliver(&mut spool, NOW);
                assert_eq!(lost, damaged, "{case}");
                assert_eq!(delivered, [expected, vec![50, 51]].concat(), "{case}");
            }
        }
    }
}

#[test]
fn a_damaged_position_lets_records_come_again_and_loses_none() {
    for disk in [blocks(), frames()] {
        let mut spool = open(disk.clone(), Fsync::Batch);
        let (first, _) = read(&mut spool, 250, NOW).unwrap();
        spool.release();
        drop(spool);
        disk.unlock();
        let bytes = disk.bytes(Name::Position);
        for bit in 0..bytes.len() * 8 {
            let copy = disk.copy();
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            copy.set(Name::Position, damaged);
            let all = deliver(&mut open(copy, Fsync::Batch), NOW);
            assert_eq!(all, ((1..=8).collect(), 0), "bit {bit}");
        }
        let rest = (first.len() as u64 + 1..=8).collect();
        assert_eq!(deliver(&mut open(disk, Fsync::Batch), NOW), (rest, 0));
    }
}

#[test]
fn a_segment_that_somebody_removed_is_a_gap() {
    for whole in [blocks(), frames()] {
        for (name, units) in units(&whole) {
            let gone = units.iter().map(|unit| unit.numbers.len()).sum::<usize>() as u64;
            let disk = whole.copy();
            let mut spool = open(disk.clone(), Fsync::Batch);
            disk.state().names.remove(&name);
            let (delivered, lost) = deliver(&mut spool, NOW);
            assert_eq!((delivered.len() as u64, lost), (8 - gone, gone), "{name:?}");
        }
    }
}

#[test]
fn a_newer_format_is_refused_by_name_and_left_alone() {
    let disk = blocks();
    let name = disk.segment_names()[1];
    let before = disk.bytes(name);
    disk.set(name, super::format::of_version(&before, b'3'));
    let error = Spool::open(disk.clone(), limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { version: '3', .. }),
        "{error}"
    );
    let said = error.to_string();
    assert!(
        said.starts_with("00000000000000000002.oms is of format 3"),
        "{said}"
    );
    assert_eq!(disk.segment_names().len(), 3);
    // The release that wrote it finds it as it was.
    disk.set(name, before);
    disk.unlock();
    assert_eq!(
        deliver(&mut open(disk, Fsync::Batch), NOW),
        ((1..=8).collect(), 0)
    );
}
