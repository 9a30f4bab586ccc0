//! Disks that fail and go on (21 to 25, 31, 35 of the faults).

use std::io::ErrorKind;

use openmds_trail::{Fsync, Limits, OpenError, Refusal, Spool};

use super::fake::Fake;
use super::{EMITTER, EPOCH, EVERYTHING, NOW, deliver, keep, keep_by, limits, open, read};

/// Every change of the disk fails once, or so often in a row; whatever was kept is delivered, in order,
/// once, and nothing else.
#[test]
fn a_disk_that_fails_anywhere_costs_what_it_refused_and_nothing_else() {
    let kinds = [
        ErrorKind::StorageFull,
        ErrorKind::Other,
        ErrorKind::PermissionDenied,
    ];
    let mut refusals = 0;
    for fsync in [Fsync::Always, Fsync::Batch, Fsync::Roll] {
        for kind in kinds {
            for (from, count) in (0..110).flat_map(|from| [(from, 1), (from, 2), (from, 7)]) {
                let case = format!("{fsync:?}, {count} changes from {from} on fail: {kind}");
                let disk = Fake::default();
                disk.state().faults.fail = Some((from, count, kind));
                let mut spool = open(disk.clone(), fsync);
                let (mut kept, mut delivered, mut next) = (Vec::new(), Vec::new(), 1);
                for group in [1, 3, 2, 6, 1, 4, 2] {
                    let numbers = next..next + group;
                    next += group;
                    let answer = keep(&mut spool, numbers.clone(), NOW);
                    refusals += u64::from(answer.refusal.is_some());
                    assert_eq!(
                        answer.refusal.is_none(),
                        answer.count as u64 == group,
                        "{case}"
                    );
                    kept.extend(numbers.take(answer.count));
                    assert_eq!(
                        spool.waiting() as usize,
                        kept.len() - delivered.len(),
                        "{case}"
                    );
                    let (sequences, batch) = read(&mut spool, 250, NOW).unwrap();
                    assert_eq!(batch.lost, [], "{case}");
                    delivered.extend(sequences);
                    spool.release();
                }
                disk.state().faults.fail = None;
                assert_eq!(keep(&mut spool, 900..902, NOW).count, 2, "{case}");
                kept.extend([900, 901]);
                let (rest, lost) = deliver(&mut spool, NOW);
                delivered.extend(rest);
                assert_eq!((delivered, lost), (kept, 0), "{case}");
                spool.close();
                disk.unlock();
                assert_eq!(deliver(&mut open(disk, fsync), NOW), (vec![], 0), "{case}");
            }
        }
    }
    assert!(refusals > 500, "{refusals}");
}

#[test]
fn a_disk_that_cannot_be_read_for_a_while_costs_nothing() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=30, NOW).count, 30);
    let reads = disk.state().reads;
    disk.state().faults.unreadable = Some((reads + 1, 8));
    let mut failed = 0;
    let mut delivered = Vec::new();
    while delivered.len() < 30 {
        match read(&mut spool, 250, NOW) {
            Ok((sequences, batch)) => {
                assert_eq!(batch.lost, []);
                delivered.extend(sequences);
                spool.release();
            }
            Err(_) => failed += 1,
        }
    }
    assert_eq!(delivered, (1..=30).collect::<Vec<_>>());
    assert!(failed > 0);
}

#[test]
fn a_block_that_is_never_read_again_costs_its_records_which_are_counted() {
    let disk = Fake::default();
    let large = Limits {
        segment_bytes: 1 << 20,
        ..limits(Fsync::Batch)
    };
    let mut spool = Spool::open(disk.clone(), large, (EMITTER, EPOCH)).unwrap();
    keep_by(&mut spool, 4, 1..=400);
    let index = 1;
    disk.state().faults.bad = Some((index, 8_192, 12_288));
    let copy = disk.copy();
    copy.unlock();
    let next = Spool::open(copy, large, (EMITTER, EPOCH)).unwrap();
    for (owner, mut spool) in [("the same owner", spool), ("the next one", next)] {
        assert_eq!(spool.waiting(), 400, "{owner}");
        let (delivered, lost) = deliver(&mut spool, NOW);
        assert_eq!(delivered.len() as u64 + lost, 400, "{owner}");
        assert!((40..80).contains(&lost), "{owner}: {lost}");
        assert_eq!(delivered.last(), Some(&400), "{owner}");
        assert_eq!(spool.happened().damaged, lost, "{owner}");
    }
}

#[test]
fn more_than_may_wait_is_refused_and_what_waits_stays() {
    let disk = Fake::default();
    let small = Limits {
        max_bytes: 2_000,
        ..limits(Fsync::Batch)
    };
    let mut spool = Spool::open(disk, small, (EMITTER, EPOCH)).unwrap();
    let kept = keep(&mut spool, 1..=100, NOW);
    assert!(matches!(kept.refusal, Some(Refusal::Full { bytes }) if bytes <= 2_000));
    assert!((15..25).contains(&kept.count), "{kept:?}");
    assert!(spool.bytes() > 1_700, "{}", spool.bytes());
    assert!(spool.bytes() <= 2_000, "{}", spool.bytes());
    let again = keep(&mut spool, 101..=101, NOW);
    assert_eq!(again.count, 0);
    let (delivered, lost) = deliver(&mut spool, NOW);
    assert_eq!((delivered.len(), lost), (kept.count, 0));
    assert!(keep(&mut spool, 102..=102, NOW).refusal.is_none());
}

#[test]
fn an_event_that_is_too_large_is_refused_alone() {
    let mut spool = Spool::open(Fake::default(), Limits::default(), (EMITTER, EPOCH)).unwrap();
    let large = vec![b'x'; 9 << 20];
    let record = |sequence, line| openmds_trail::Record {
        topic: "t",
        sequence,
        count: 1,
        line,
    };
    let kept = spool.append(&[record(1, b"a"), record(2, &large), record(3, b"c")], NOW);
    assert_eq!(kept.count, 1);
    assert!(matches!(kept.refusal, Some(Refusal::TooLarge { bytes }) if bytes > 9 << 20));
    assert_eq!(spool.append(&[record(3, b"c")], NOW).count, 1);
    let mut sequences = Vec::new();
    let read = spool.read(EVERYTHING, NOW, |record| sequences.push(record.sequence));
    assert_eq!((read.unwrap().records, sequences), (2, vec![1, 3]));
}

#[test]
fn what_waits_too_long_is_named_and_not_delivered() {
    let mut spool = open(Fake::default(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=3, NOW).count, 3);
    assert_eq!(keep(&mut spool, 4..=5, NOW + 50_000).count, 2);
    let (delivered, lost) = deliver(&mut spool, NOW + 60_001);
    assert_eq!((delivered, lost), (vec![4, 5], 3));
    assert_eq!(spool.happened().expired, 3);
    // A clock that was turned back ages nothing.
    assert_eq!(keep(&mut spool, 6..=6, NOW + 60_002).count, 1);
    assert_eq!(deliver(&mut spool, NOW), (vec![6], 0));
}

#[test]
fn a_directory_that_somebody_removed_is_made_again_and_its_records_are_counted() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=10, NOW).count, 10);
    let (sequences, _) = read(&mut spool, 250, NOW).unwrap();
    spool.release();
    disk.remove_all();
    assert_eq!(keep(&mut spool, 11..=12, NOW).count, 2);
    let lost = 10 - sequences.len() as u64;
    assert_eq!(deliver(&mut spool, NOW), (vec![11, 12], lost));
    // Also where nothing comes after.
    assert_eq!(keep(&mut spool, 13..=15, NOW).count, 3);
    disk.remove_all();
    assert_eq!(deliver(&mut spool, NOW), (vec![], 3));
    assert_eq!(spool.happened().damaged, lost + 3);
}

#[test]
fn a_spool_has_one_owner() {
    let disk = Fake::default();
    let spool = open(disk.clone(), Fsync::Batch);
    let other = Spool::open(disk.clone(), limits(Fsync::Batch), (EMITTER, EPOCH));
    assert!(matches!(other, Err(OpenError::Owned)));
    spool.close();
    disk.unlock();
    open(disk, Fsync::Batch);
}
