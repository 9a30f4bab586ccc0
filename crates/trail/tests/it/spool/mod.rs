//! The spool, over disks that fail.

mod crash;
mod damage;
mod directory;
mod edited;
mod failures;
mod fake;
mod format;
mod former;
mod model;
mod process;
mod several;

use std::ops::RangeInclusive;

use fake::Dice;
use openmds_trail::{Batch, Disk, Epoch, Fsync, Limits, Record, Spool};

pub(crate) const EMITTER: &str = "EyVCDzKYSc2vXhyD-z9PXg/broker-1";
pub(crate) const EPOCH: Epoch = Epoch::new(1_669_278_512_579);
pub(crate) const NOW: u64 = 1_669_278_512_600;
pub(crate) const EVERYTHING: u64 = u64::MAX;

/// Small segments, so that there are many of them.
pub(crate) fn limits(fsync: Fsync) -> Limits {
    Limits {
        max_bytes: 1 << 20,
        max_age_ms: 60_000,
        segment_bytes: 400,
        fsync,
    }
}

/// The event that has this number: much of it is like no other.
pub(crate) fn line(sequence: u64) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut dice = Dice::new(sequence);
    let padding = (0..40 + sequence % 23).map(|_| char::from(LETTERS[dice.roll(LETTERS.len())]));
    let padding: String = padding.collect();
    format!("{{\"sequence\":\"{sequence}\",\"padding\":\"{padding}\"}}")
}

/// Keeps events of these numbers, each one number; how many were kept.
pub(crate) fn keep<D: Disk>(
    spool: &mut Spool<D>,
    sequences: impl IntoIterator<Item = u64>,
    now_ms: u64,
) -> openmds_trail::Kept {
    let lines: Vec<(u64, String)> = sequences.into_iter().map(|one| (one, line(one))).collect();
    let records: Vec<Record<'_>> = lines
        .iter()
        .map(|(sequence, line)| Record {
            topic: "confluent-audit-log-events",
            sequence: *sequence,
            count: 1,
            line: line.as_bytes(),
        })
        .collect();
    spool.append(&records, now_ms)
}

/// As [`keep`], so many at a time; all of them are kept.
pub(crate) fn keep_by<D: Disk>(spool: &mut Spool<D>, group: usize, sequences: RangeInclusive<u64>) {
    let all: Vec<u64> = sequences.collect();
    for group in all.chunks(group) {
        assert_eq!(keep(spool, group.iter().copied(), NOW).count, group.len());
    }
}

/// As [`keep`], of one event that somebody relies on.
pub(crate) fn keep_surely<D: Disk>(spool: &mut Spool<D>, sequence: u64) -> openmds_trail::Kept {
    let line = line(sequence);
    let record = Record {
        topic: "confluent-audit-log-events",
        sequence,
        count: 1,
        line: line.as_bytes(),
    };
    spool.append_surely(&[record], NOW)
}

/// The numbers that a read gives; each line is what was written.
pub(crate) fn read<D: Disk>(
    spool: &mut Spool<D>,
    most: u64,
    now_ms: u64,
) -> std::io::Result<(Vec<u64>, Batch)> {
    let mut sequences = Vec::new();
    let batch = spool.read(most, now_ms, |record| {
        assert_eq!(record.topic, "confluent-audit-log-events");
        assert_eq!(record.line, line(record.sequence).as_bytes());
        sequences.push(record.sequence);
    })?;
    assert_eq!(batch.records, sequences.len() as u64);
    Ok((sequences, batch))
}

/// Delivers all that waits: the numbers, and how many were lost on the way.
pub(crate) fn deliver<D: Disk>(spool: &mut Spool<D>, now_ms: u64) -> (Vec<u64>, u64) {
    let mut delivered = Vec::new();
    let mut lost = 0;
    for _ in 0..10_000 {
        let Ok((sequences, batch)) = read(spool, 300, now_ms) else {
            continue;
        };
        let done = sequences.is_empty() && batch.lost.is_empty();
        delivered.extend(sequences);
        lost += batch.lost.iter().map(|lost| lost.count).sum::<u64>();
        spool.release();
        if done {
            assert_eq!(spool.waiting(), 0);
            return (delivered, lost);
        }
    }
    panic!("it does not end");
}

pub(crate) fn open<D: Disk>(disk: D, fsync: Fsync) -> Spool<D> {
    Spool::open(disk, limits(fsync), (EMITTER, EPOCH)).unwrap()
}
