//! What is on disk is not what was written (26, 27, 32 of the faults).

use openmds_trail::{Fsync, Name, OpenError, Reason, Spool};

use super::fake::Fake;
use super::{EMITTER, EPOCH, EVERYTHING, NOW, deliver, keep, limits, open, read};

/// Three segments that nobody owns.
fn three_segments() -> Fake {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=8, NOW).count, 8);
    spool.close();
    disk.unlock();
    assert_eq!(disk.segment_names().len(), 3);
    disk
}

/// Where each record of a segment begins, by its mark.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let marks = bytes.windows(4).enumerate();
    marks
        .filter(|(_, bytes)| *bytes == [0xFE, b'O', b'M', b'F'])
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn any_single_bit_costs_the_record_it_is_in_and_no_other() {
    let whole = three_segments();
    let names = whole.segment_names();
    let mut before = 0;
    for name in &names {
        let bytes = whole.bytes(*name);
        let frames = frames(&bytes);
        for bit in 0..bytes.len() * 8 {
            let (at, mask) = (bit / 8, 1 << (bit % 8));
            let case = format!("{name:?}, byte {at}, bit {}", bit % 8);
            let disk = whole.copy();
            let mut damaged = bytes.clone();
            damaged[at] ^= mask;
            disk.set(*name, damaged);
            let hit = frames.iter().filter(|from| **from <= at).count() as u64;
            let expected: Vec<u64> = (1..=8)
                .filter(|one| hit == 0 || *one != before + hit)
                .collect();
            let last = name == names.last().unwrap() && hit == frames.len() as u64;
            let lost = u64::from(hit > 0 && !last);
            let mut spool = open(disk, Fsync::Batch);
            assert_eq!(spool.happened().torn, u64::from(last), "{case}");
            assert_eq!(deliver(&mut spool, NOW), (expected, lost), "{case}");
            assert_eq!(spool.happened().damaged, lost, "{case}");
        }
        before += frames.len() as u64;
    }
}

#[test]
fn damage_is_named_by_its_numbers() {
    let disk = three_segments();
    let name = disk.segment_names()[0];
    let mut bytes = disk.bytes(name);
    let second = frames(&bytes)[1];
    bytes[second + 20] ^= 1;
    disk.set(name, bytes);
    let mut spool = open(disk, Fsync::Batch);
    let (_, batch) = read(&mut spool, EVERYTHING, NOW).unwrap();
    let [lost] = batch.lost[..] else {
        panic!("{batch:?}")
    };
    assert_eq!(lost.reason, Reason::SpoolDamaged);
    assert_eq!(
        (lost.count, lost.epoch, lost.numbers),
        (1, Some(EPOCH), Some((2, 2)))
    );
}

#[test]
fn an_end_that_was_not_written_whole_is_cut_at_any_length() {
    let whole = three_segments();
    let last = *whole.segment_names().last().unwrap();
    let bytes = whole.bytes(last);
    let frames = frames(&bytes);
    for length in 0..=bytes.len() {
        for zeros in [0, 1, 700] {
            let disk = whole.copy();
            let mut cut = bytes[..length].to_vec();
            cut.extend(vec![0; zeros]);
            disk.set(last, cut);
            let ends = frames.iter().skip(1).copied().chain([bytes.len()]);
            let there = ends.filter(|end| *end <= length).count();
            let expected: Vec<u64> = (1..=8 - (frames.len() - there) as u64).collect();
            let mut spool = open(disk.clone(), Fsync::Batch);
            let case = format!("{length} bytes and {zeros} zeros");
            let on_a_border = frames.contains(&length) || length == bytes.len();
            let torn = u64::from(!(zeros == 0 && (on_a_border || length == 0)));
            assert_eq!(spool.happened().torn, torn, "{case}");
            assert_eq!(keep(&mut spool, 50..=51, NOW).count, 2, "{case}");
            let (delivered, lost) = deliver(&mut spool, NOW);
            assert_eq!(lost, 0, "{case}");
            assert_eq!(delivered, [expected, vec![50, 51]].concat(), "{case}");
        }
    }
}

#[test]
fn a_damaged_position_lets_records_come_again_and_loses_none() {
    let disk = three_segments();
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

#[test]
fn a_segment_that_somebody_removed_is_a_gap() {
    let whole = three_segments();
    for name in whole.segment_names() {
        let gone = frames(&whole.bytes(name)).len() as u64;
        let disk = whole.copy();
        let mut spool = open(disk.clone(), Fsync::Batch);
        disk.state().names.remove(&name);
        let (delivered, lost) = deliver(&mut spool, NOW);
        assert_eq!((delivered.len() as u64, lost), (8 - gone, gone), "{name:?}");
    }
}

#[test]
fn a_newer_format_is_refused_by_name_and_left_alone() {
    let disk = three_segments();
    let name = disk.segment_names()[1];
    let before = disk.bytes(name);
    disk.set(name, super::format::of_version(&before, b'2'));
    let error = Spool::open(disk.clone(), limits(Fsync::Batch), (EMITTER, EPOCH)).unwrap_err();
    assert!(
        matches!(error, OpenError::Newer { version: '2', .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .starts_with("00000000000000000002.oms is of format 2"),
        "{error}"
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
