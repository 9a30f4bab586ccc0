//! Each kind of tampering is found, and found where it was done.

use openmds_trail::Hash;
use openmds_trail::verify::{EpochReport, Finding, Report, Verdict};

use super::trail::{Dice, TOPICS, Written, closed, report};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=30;

/// A seeded trail and the index of a line in the middle of one of its epochs: not the opening, and
/// far enough from the end.
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) dice: Dice,
    pub(crate) lines: Vec<Written>,
    pub(crate) at: usize,
}

pub(crate) fn cases() -> impl Iterator<Item = Case> {
    SEEDS.map(|seed| {
        let mut dice = Dice::new(seed.wrapping_mul(77));
        let lines = closed(seed);
        let at = loop {
            let at = dice.below(lines.len());
            if (3..35).contains(&lines[at].first) {
                break at;
            }
        };
        Case {
            seed,
            dice,
            lines,
            at,
        }
    })
}

/// The findings in the epoch of that line; every other epoch has none.
pub(crate) fn found(report: &Report, line: &Written, seed: u64) -> Vec<Finding> {
    let is_here = |epoch: &&EpochReport| {
        epoch.emitter == line.emitter && epoch.epoch == line.epoch.to_string()
    };
    let elsewhere = report.epochs.iter().filter(|epoch| !is_here(epoch));
    for epoch in elsewhere {
        assert_eq!(
            epoch.findings,
            [],
            "seed {seed}: another epoch is suspected"
        );
    }
    let here = report.epochs.iter().find(is_here).unwrap();
    assert_eq!(here.verdict, report.verdict, "seed {seed}");
    here.findings.clone()
}

/// Changes something inside of the line that is no number.
pub(crate) fn falsify(line: &mut Written) {
    let before = line.line.clone();
    line.line = line.line.replacen("crn:///kafka=c", "crn:///kafka=d", 1);
    assert_ne!(line.line, before);
}

/// Chains the lines of one epoch anew, from this index on.
pub(crate) fn rechain(lines: &mut [Written], from: usize) {
    for index in from..lines.len() {
        let previous = &lines[index - 1];
        if previous.epoch != lines[index].epoch || previous.emitter != lines[index].emitter {
            return;
        }
        let hash = Hash::of(previous.line.as_bytes()).to_string();
        let line = &lines[index].line;
        let at = line.find("\"chain\":\"").unwrap() + 9;
        lines[index].line = format!("{}{hash}{}", &line[..at], &line[at + 43..]);
    }
}

pub(crate) fn renumber(line: &mut Written, first: u64) {
    let (old, new) = (line.first, first);
    let text = |number: u64| format!("\"sequence\":\"{number}\"");
    line.line = line.line.replacen(&text(old), &text(new), 1);
    line.first = first;
}

#[test]
fn a_changed_line() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        falsify(&mut lines[at]);
        let target = lines[at].clone();
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let [
            Finding::Changed {
                first,
                last,
                places,
            },
        ] = &found(&report, &target, seed)[..]
        else {
            panic!("seed {seed}: {report:#?}");
        };
        assert_eq!((*first, *last), (target.first, target.first), "seed {seed}");
        assert_eq!(places[0].source, format!("{}-0", target.topic));
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn a_changed_line_whose_successors_are_chained_anew_up_to_the_next_checkpoint() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        if lines[at].line.contains("checkpoint") {
            continue;
        }
        falsify(&mut lines[at]);
        rechain(&mut lines, at + 1);
        let target = lines[at].clone();
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let here = report
            .epochs
            .iter()
            .find(|epoch| {
                epoch.emitter == target.emitter && epoch.epoch == target.epoch.to_string()
            })
            .unwrap();
        let refused: Vec<u64> = here
            .findings
            .iter()
            .filter_map(|finding| match finding {
                Finding::BadSignature { at, .. } => Some(*at),
                _ => None,
            })
            .collect();
        // The first refused checkpoint is the first one behind the line, and all behind it are.
        let distance = refused[0] - target.first;
        assert!((1..=11).contains(&distance), "seed {seed}: {refused:?}");
        assert!(
            here.signing
                .through
                .is_none_or(|through| through < target.first)
        );
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn a_removed_line() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let target = lines.remove(at);
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let [Finding::Missing { first, last, .. }] = &found(&report, &target, seed)[..] else {
            panic!("seed {seed}: {report:#?}");
        };
        assert_eq!((*first, *last), (target.first, target.last), "seed {seed}");
        assert_eq!(report.verdict, Verdict::Incomplete);
    }
}

#[test]
fn a_removed_line_whose_hole_is_closed_by_other_numbers() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let target = lines.remove(at);
        let mut index = at;
        while lines[index].epoch == target.epoch && lines[index].emitter == target.emitter {
            let number = lines[index].first;
            renumber(&mut lines[index], number - 1);
            index += 1;
            if index == lines.len() {
                break;
            }
        }
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let findings = found(&report, &target, seed);
        let first = findings.iter().find_map(|finding| match finding {
            Finding::Changed { first, last, .. } => Some((*first, *last)),
            _ => None,
        });
        let (first, last) = first.unwrap();
        assert!(
            (first..=last).contains(&target.first),
            "seed {seed}: {findings:?}"
        );
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn lines_with_each_others_numbers() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let distance = 1 + dice.below(4);
        let other = at + distance;
        let (low, high) = (lines[at].first, lines[other].first);
        let target = lines[at].clone();
        renumber(&mut lines[at], high);
        renumber(&mut lines[other], low);
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let findings = found(&report, &target, seed);
        let swapped: Vec<_> = findings
            .iter()
            .filter_map(|finding| match finding {
                Finding::Swapped { first, second, .. } => Some((*first, *second)),
                _ => None,
            })
            .collect();
        assert_eq!(swapped, [(low, high)], "seed {seed}: {findings:?}");
        let is_other = |finding: &Finding| matches!(finding, Finding::Changed { .. });
        assert!(!findings.iter().any(is_other), "seed {seed}: {findings:?}");
    }
}

#[test]
fn a_line_in_another_topic() {
    for Case {
        seed,
        mut dice,
        mut lines,
        at,
    } in cases()
    {
        let target = lines[at].clone();
        let other = TOPICS
            .into_iter()
            .find(|topic| *topic != target.topic)
            .unwrap();
        lines[at].topic = other.to_owned();
        dice.shuffle(&mut lines);
        let report = report(&lines);
        let [Finding::Misrouted { at, route, place }] = &found(&report, &target, seed)[..] else {
            panic!("seed {seed}: {report:#?}");
        };
        assert_eq!((*at, route.as_str()), (target.first, target.topic.as_str()));
        assert_eq!(place.source, format!("{other}-0"));
    }
}
