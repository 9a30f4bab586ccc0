//! Killed, or without power, at every change of the disk (21 to 23, 26, 29 of the faults).

use openmds_trail::{Fsync, Spool};

use super::fake::{Dice, Fake};
use super::{EMITTER, EPOCH, NOW, deliver, keep, keep_surely, limits, open, read};

/// What a life saw.
#[derive(Debug, Default)]
struct Seen {
    tried: Vec<u64>,
    kept: Vec<u64>,
    delivered: Vec<u64>,
}

/// Groups are kept, and delivered in part, over several segments and two owners.
fn live(disk: &Fake, fsync: Fsync) -> Seen {
    let mut seen = Seen::default();
    let mut next = 1;
    for owner in 0..2 {
        let Ok(mut spool) = Spool::open(disk.clone(), limits(fsync), (EMITTER, EPOCH)) else {
            return seen;
        };
        for group in [1, 3, 2, 6, 1] {
            let numbers = next..next + group;
            next += group;
            seen.tried.extend(numbers.clone());
            let kept = keep(&mut spool, numbers.clone(), NOW).count;
            seen.kept.extend(numbers.take(kept));
            if let Ok((sequences, batch)) = read(&mut spool, 250, NOW) {
                assert_eq!(batch.lost, [], "owner {owner}");
                // The destination has them; the position may be too late.
                seen.delivered.extend(sequences);
                spool.release();
            }
        }
        drop(spool.close());
        disk.unlock();
    }
    seen
}

/// What is on the disk now is what `seen` says, and it works on.
fn check(disk: &Fake, fsync: Fsync, seen: &Seen, all_kept: bool, case: &str) {
    let mut spool = open(disk.clone(), fsync);
    let (recovered, lost) = deliver(&mut spool, NOW);
    let increasing = recovered.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(increasing, "{case}: {recovered:?}");
    for sequence in &recovered {
        assert!(
            seen.tried.contains(sequence),
            "{case}: {sequence} is invented"
        );
    }
    if all_kept {
        // What nobody was told is kept may be there in part.
        let open = (seen.tried.len() - seen.kept.len()) as u64;
        assert!(lost <= open, "{case}: {:?}", spool.happened());
        for sequence in &seen.kept {
            let found = recovered.contains(sequence) || seen.delivered.contains(sequence);
            assert!(found, "{case}: {sequence} is lost: {seen:?} {recovered:?}");
        }
    }
    let more = keep(&mut spool, 1_001..1_004, NOW);
    assert_eq!((more.count, more.refusal.is_none()), (3, true), "{case}");
    assert_eq!(
        deliver(&mut spool, NOW),
        (vec![1_001, 1_002, 1_003], 0),
        "{case}"
    );
}

fn changes_of_a_whole_life(fsync: Fsync) -> u64 {
    let disk = Fake::default();
    let seen = live(&disk, fsync);
    assert_eq!(seen.kept.len(), 26);
    let changes = disk.state().changes;
    assert!(changes > 60, "{changes}");
    changes
}

#[test]
fn after_a_power_cut_at_any_change_every_synced_record_is_there_and_none_is_invented() {
    for fsync in [Fsync::Always, Fsync::Batch, Fsync::Roll] {
        for cut in 0..changes_of_a_whole_life(fsync) {
            for seed in 0..12 {
                let case = format!("{fsync:?}, power cut at change {cut}, seed {seed}");
                let disk = Fake::default();
                disk.state().faults.cut_at = Some(cut);
                let seen = live(&disk, fsync);
                disk.lost_power(&mut Dice::new(seed * 1_000 + cut + 1));
                // Again while it is being taken over.
                for again in 0..4 {
                    let disk = disk.copy();
                    disk.state().faults.cut_at = Some(again);
                    drop(Spool::open(disk.clone(), limits(fsync), (EMITTER, EPOCH)));
                    disk.lost_power(&mut Dice::new(seed + 77));
                    let case = format!("{case}, again at {again}");
                    check(&disk, fsync, &seen, fsync != Fsync::Roll, &case);
                }
                check(&disk, fsync, &seen, fsync != Fsync::Roll, &case);
            }
        }
    }
}

#[test]
fn after_a_kill_at_any_change_every_kept_record_is_there() {
    for fsync in [Fsync::Always, Fsync::Batch, Fsync::Roll] {
        for cut in 0..changes_of_a_whole_life(fsync) {
            let disk = Fake::default();
            disk.state().faults.cut_at = Some(cut);
            let seen = live(&disk, fsync);
            disk.killed();
            check(
                &disk,
                fsync,
                &seen,
                true,
                &format!("{fsync:?}, killed at {cut}"),
            );
        }
    }
}

/// Killed between the destination's acknowledgement and the position: they come again, as they were.
#[test]
fn what_was_delivered_but_not_noted_comes_again_and_nothing_else() {
    let disk = Fake::default();
    let mut spool = open(disk.clone(), Fsync::Batch);
    assert_eq!(keep(&mut spool, 1..=9, NOW).count, 9);
    let (first, _) = read(&mut spool, 250, NOW).unwrap();
    spool.release();
    let (second, _) = read(&mut spool, 250, NOW).unwrap();
    assert!(!second.is_empty());
    disk.killed();
    let mut spool = open(disk, Fsync::Batch);
    let rest: Vec<u64> = (first.len() as u64 + 1..=9).collect();
    assert_eq!(deliver(&mut spool, NOW), (rest, 0));
}

#[test]
fn what_somebody_relies_on_survives_a_power_cut_under_any_policy() {
    for fsync in [Fsync::Roll, Fsync::Batch, Fsync::Always] {
        for seed in 0..50 {
            let disk = Fake::default();
            let mut spool = open(disk.clone(), fsync);
            assert_eq!(keep(&mut spool, 1..=2, NOW).count, 2);
            assert_eq!(keep_surely(&mut spool, 3).count, 1);
            assert_eq!(keep(&mut spool, 4..=4, NOW).count, 1);
            drop(spool);
            disk.lost_power(&mut Dice::new(seed));
            let (recovered, _) = deliver(&mut open(disk, fsync), NOW);
            assert_eq!(recovered[..3], [1, 2, 3], "{fsync:?}, seed {seed}");
        }
    }
}
