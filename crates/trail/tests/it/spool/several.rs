//! Several reads before the first of them is released.

use openmds_trail::{Fsync, Spool};

use super::fake::Fake;
use super::{NOW, deliver, keep_by, open};

fn read_on(spool: &mut Spool<Fake>) -> Vec<u64> {
    let mut sequences = Vec::new();
    let read = spool.read_on(500, NOW, |record| sequences.push(record.sequence));
    assert_eq!(read.unwrap().lost, []);
    sequences
}

#[test]
fn reads_follow_each_other_and_are_released_in_order() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    keep_by(&mut spool, 5, 1..=30);
    let first = read_on(&mut spool);
    let second = read_on(&mut spool);
    assert_eq!((first, second.clone()), (vec![1, 2, 3, 4], vec![5]));
    spool.release();
    assert_eq!(spool.waiting(), 26);
    assert_eq!(read_on(&mut spool)[0], 6);
    // The first is released, the others come again: for whoever reads from the beginning, and for the next owner.
    let mut again = Vec::new();
    let read = spool.read(EVERY, NOW, |record| again.push(record.sequence));
    assert_eq!(read.unwrap().records, again.len() as u64);
    assert_eq!(again[..1], second);
    drop(spool);
    disk.killed();
    let mut spool = open(disk, Fsync::Batch);
    assert_eq!(deliver(&mut spool, NOW), ((5..=30).collect(), 0));
}

const EVERY: u64 = 1_000;

#[test]
fn all_of_it_is_read_before_any_of_it_is_released() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    keep_by(&mut spool, 4, 1..=50);
    let mut all = Vec::new();
    let mut reads = 0;
    while all.len() < 50 {
        all.extend(read_on(&mut spool));
        reads += 1;
    }
    assert_eq!(all, (1..=50).collect::<Vec<_>>());
    assert!(reads > 10);
    assert_eq!(read_on(&mut spool), Vec::<u64>::new());
    assert_eq!(spool.waiting(), 50);
    for _ in 0..=reads {
        spool.release();
    }
    assert_eq!((spool.waiting(), spool.happened().delivered), (0, 50));
    assert_eq!(disk.segment_names().len(), 0);
}
