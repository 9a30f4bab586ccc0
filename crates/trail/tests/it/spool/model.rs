//! Whatever is done to a spool, in any order: what goes in comes out.

use std::collections::VecDeque;

use openmds_trail::{Fsync, Limits, Spool};
use proptest::prelude::*;

use super::fake::Fake;
use super::{EMITTER, EPOCH, NOW, keep, read};

#[derive(Debug, Clone)]
enum Step {
    Keep(u64),
    Read(u64),
    Release,
    /// Killed, and taken over.
    Restart,
    /// Ended in order, and taken over.
    Reopen,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..12_u64).prop_map(Step::Keep),
        3 => (1..900_u64).prop_map(Step::Read),
        3 => Just(Step::Release),
        1 => Just(Step::Restart),
        1 => Just(Step::Reopen),
        1 => (0..30_000_u64).prop_map(Step::Wait),
    ]
}

fn limits() -> Limits {
    Limits {
        max_bytes: 3_000,
        ..super::limits(Fsync::Roll)
    }
}

proptest! {
    #[test]
    fn a_spool_is_a_queue(steps in prop::collection::vec(step(), 1..80)) {
        let disk = Fake::default();
        let mut spool = Spool::open(disk.clone(), limits(), (EMITTER, EPOCH)).unwrap();
        let mut model: VecDeque<(u64, u64)> = VecDeque::new();
        let (mut next, mut now, mut offered) = (1, NOW, 0);
        for step in steps {
            match step {
                Step::Keep(count) => {
                    let kept = keep(&mut spool, next..next + count, now);
                    prop_assert_eq!(kept.refusal.is_none(), kept.count as u64 == count);
                    prop_assert!(kept.refusal.is_none() || spool.bytes() > 2_000);
                    model.extend((next..next + kept.count as u64).map(|one| (one, now)));
                    next += count;
                }
                Step::Read(most) => {
                    let (sequences, batch) = read(&mut spool, most, now).unwrap();
                    let lost: u64 = batch.lost.iter().map(|lost| lost.count).sum();
                    offered = sequences.len() + lost as usize;
                    let taken = model.iter().take(offered);
                    let (old, fresh): (Vec<_>, Vec<_>) = taken.copied().partition(|(_, at)| at + 60_000 < now);
                    prop_assert_eq!(old.len() as u64, lost);
                    let fresh: Vec<u64> = fresh.into_iter().map(|(one, _)| one).collect();
                    prop_assert_eq!(sequences, fresh);
                    prop_assert!(offered > 0 || model.is_empty());
                }
                Step::Release => {
                    spool.release();
                    model.drain(..offered);
                    offered = 0;
                }
                Step::Restart | Step::Reopen => {
                    if matches!(step, Step::Reopen) {
                        spool.close();
                        disk.unlock();
                    } else {
                        disk.killed();
                    }
                    spool = Spool::open(disk.clone(), limits(), (EMITTER, EPOCH)).unwrap();
                    offered = 0;
                }
                Step::Wait(millis) => now += millis,
            }
            prop_assert_eq!(spool.waiting(), model.len() as u64);
            prop_assert!(spool.bytes() <= 3_000);
        }
    }
}
