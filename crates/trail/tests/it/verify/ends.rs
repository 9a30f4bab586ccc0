//! Where epochs end, and epochs that are not there or should not be.

use openmds_trail::verify::{Cause, End, Finding, Front, Report, Verdict};
use openmds_trail::{Epoch, Opening, Reason};

use super::keys::Key;
use super::tampered::falsify;
use super::trail::{Dice, Emitter, Plan, START_MS, Written, closed, epoch, report, verifier};

const KILLED: Plan = Plan {
    closes: false,
    key: None,
    ..Plan::CLOSED
};

fn one(plan: Plan) -> Vec<Written> {
    epoch("c/broker-1", 0, None, plan, &mut Dice::new(1)).0
}

fn findings(report: &Report, index: usize) -> &[Finding] {
    &report.epochs[index].findings
}

#[test]
fn a_killed_epoch_ends_unknown_and_says_how_much_at_most() {
    let mut dice = Dice::new(1);
    let (mut lines, first, end) = epoch("c/broker-1", 0, None, KILLED, &mut dice);
    let after = lines.len() as u64;
    assert_eq!(end, None);
    let next = Plan {
        key: None,
        ..Plan::CLOSED
    };
    lines.extend(epoch("c/broker-1", 1, Some((first, None)), next, &mut dice).0);
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let at_most = Some(512);
    assert_eq!(report.epochs[0].end, End::Unknown { at_most });
    assert_eq!(
        findings(&report, 0),
        [Finding::TailUnknown { after, at_most }]
    );
    assert_eq!(findings(&report, 1), []);
    assert_eq!(report.verdict, Verdict::Incomplete);
}

#[test]
fn holes_of_a_killed_epoch_are_explained_as_far_as_its_memory_reached() {
    const BOUND: u64 = 512;
    let plan = Plan {
        events: 900,
        ..KILLED
    };
    let mut dice = Dice::new(3);
    let (whole, first, _) = epoch("c/broker-1", 0, None, plan, &mut dice);
    let next = Plan {
        key: None,
        ..Plan::CLOSED
    };
    let next = epoch("c/broker-1", 1, Some((first, None)), next, &mut dice).0;
    let last = whole.last().unwrap().last;
    for (hole, cause) in [
        (last - 1, Cause::Killed),
        (last - BOUND + 1, Cause::Killed),
        (last - BOUND, Cause::Nothing),
        (2, Cause::Nothing),
    ] {
        let mut lines = whole.clone();
        lines.retain(|line| line.first != hole);
        assert_eq!(lines.len() + 1, whole.len());
        // Without a next start the emitter is as silent as a killed one; with one that knows its end it is not.
        let silent = verifier(&lines, Front::Whole, None).finish(Some(i64::MAX));
        lines.extend(next.iter().cloned());
        let killed = verifier(&lines, Front::Whole, None).finish(None);
        for report in [silent, killed] {
            let missing = Finding::Missing {
                first: hole,
                last: hole,
                cause,
            };
            assert!(
                findings(&report, 0).contains(&missing),
                "{hole}: {:?}",
                findings(&report, 0)
            );
            assert_eq!(report.verdict, Verdict::Incomplete);
        }
    }
}

#[test]
fn an_epoch_that_goes_on_is_running_until_it_is_silent() {
    let lines = one(KILLED);
    let ended = |now: Option<i64>| {
        let report = verifier(&lines, Front::Whole, None).finish(now);
        (report.epochs[0].end.clone(), report.verdict)
    };
    let start = i64::try_from(START_MS).unwrap();
    assert_eq!(ended(None), (End::Open, Verdict::Complete));
    assert_eq!(
        ended(Some(start + 60_000)),
        (End::Running, Verdict::Complete)
    );
    let unknown = End::Unknown { at_most: Some(512) };
    assert_eq!(ended(Some(start + 600_000)), (unknown, Verdict::Incomplete));
}

#[test]
fn a_tail_that_is_cut_off_is_missed_by_the_next_epoch() {
    for cut in 1..=5 {
        let mut lines = closed(2);
        let first: Vec<_> = lines
            .iter()
            .filter(|line| line.epoch == lines[0].epoch)
            .collect();
        let last = first
            .iter()
            .filter(|line| line.emitter == lines[0].emitter)
            .count() as u64;
        let (emitter, number) = (lines[0].emitter.clone(), lines[0].epoch);
        lines.retain(|line| {
            line.emitter != emitter || line.epoch != number || line.first <= last - cut
        });
        let report = report(&lines);
        let missing = Finding::Missing {
            first: last - cut + 1,
            last,
            cause: Cause::Nothing,
        };
        assert_eq!(findings(&report, 0), [missing], "{cut} lines");
    }
}

#[test]
fn a_tail_that_is_cut_off_the_newest_epoch_leaves_it_without_end() {
    let mut lines = one(Plan {
        key: None,
        ..Plan::CLOSED
    });
    lines.pop();
    let after = lines.len() as u64;
    let now = i64::try_from(START_MS).unwrap() + 3_600_000;
    let report = verifier(&lines, Front::Whole, None).finish(Some(now));
    let at_most = Some(512);
    assert_eq!(
        findings(&report, 0),
        [Finding::TailUnknown { after, at_most }]
    );
}

#[test]
fn lines_behind_the_end_are_found() {
    let mut dice = Dice::new(1);
    let opening = Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS),
        previous: None,
        end: None,
    };
    let mut writer = Emitter::open(&opening, None, &mut dice);
    writer.decision();
    writer.account(true);
    writer.decision();
    writer.decision();
    let lines = writer.lines;
    let report = verifier(&lines, Front::Whole, None).finish(None);
    assert_eq!(
        findings(&report, 0),
        [Finding::BeyondEnd { first: 4, last: 5 }]
    );
    assert_eq!(report.verdict, Verdict::Tampered);
}

#[test]
fn a_changed_last_line_is_told_by_the_next_epoch() {
    let mut lines = closed(4);
    let end = lines
        .iter()
        .position(|line| line.epoch != lines[0].epoch)
        .unwrap()
        - 1;
    falsify(&mut lines[end]);
    let number = lines[end].first;
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let [Finding::Changed { first, last, .. }] = findings(&report, 0) else {
        panic!("{:?}", findings(&report, 0));
    };
    assert_eq!((*first, *last), (number, number));
}

#[test]
fn two_last_lines_are_told_apart_by_the_next_epoch_and_by_nothing_else() {
    let mut lines = closed(4);
    let end = lines
        .iter()
        .position(|line| line.epoch != lines[0].epoch)
        .unwrap()
        - 1;
    let mut forged = lines[end].clone();
    falsify(&mut forged);
    for forged_first in [true, false] {
        let mut both = lines.clone();
        both.insert(if forged_first { 0 } else { end + 1 }, forged.clone());
        let report = verifier(&both, Front::Whole, None).finish(None);
        let [
            Finding::Inserted {
                at, decided: true, ..
            },
        ] = findings(&report, 0)
        else {
            panic!("{:?}", findings(&report, 0));
        };
        assert_eq!(*at, forged.first);
    }
    lines.truncate(end + 1);
    lines.push(forged);
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let [
        Finding::Inserted {
            places,
            decided: false,
            ..
        },
    ] = findings(&report, 0)
    else {
        panic!("{:?}", findings(&report, 0));
    };
    assert_eq!(places.len(), 2, "both are shown");
}

#[test]
fn an_opening_that_is_forged_or_changed_is_found() {
    let mut lines = one(Plan {
        key: None,
        ..Plan::CLOSED
    });
    // Another queue bound, and a chain that fits again.
    lines[0].line = lines[0]
        .line
        .replacen("\"queueBound\":512", "\"queueBound\":1", 1);
    super::tampered::rechain(&mut lines, 1);
    let unsigned = verifier(&lines, Front::Whole, None).finish(None);
    assert_eq!(
        unsigned.verdict,
        Verdict::Complete,
        "without signatures nothing tells"
    );
    // What the statement says cannot change without its chain.
    let mut lines = closed(6);
    let second = lines
        .iter()
        .position(|line| line.first == 1 && line.line.contains("\"previousLast\":4"))
        .unwrap();
    let before = lines[second].line.clone();
    lines[second].line = before.replacen("\"previousLast\":", "\"previousLast\":1", 1);
    super::tampered::rechain(&mut lines, second + 1);
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let changed = findings(&report, 1).iter().any(|finding| {
        matches!(
            finding,
            Finding::Changed {
                first: 1,
                last: 1,
                ..
            }
        )
    });
    assert!(changed, "{:?}", findings(&report, 1));
}

#[test]
fn an_epoch_that_is_taken_away_is_missed() {
    let mut lines = closed(8);
    let second = Epoch::new(START_MS + 3_600_000);
    lines.retain(|line| line.emitter != "c/broker-1" || line.epoch != second);
    let report = report(&lines);
    let missing = Finding::EpochMissing {
        epoch: second.to_string(),
        cause: Cause::Nothing,
    };
    assert_eq!(findings(&report, 1), [missing]);
    assert_eq!(report.verdict, Verdict::Incomplete);
}

#[test]
fn a_forged_epoch_between_two_others_is_a_stray() {
    let mut lines = closed(8);
    let first = Epoch::new(START_MS);
    let mut dice = Dice::new(99);
    let opening = Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS + 1_800_000),
        previous: Some(first),
        end: None,
    };
    let mut writer = Emitter::open(&opening, None, &mut dice);
    (0..9).for_each(|_| writer.decision());
    writer.loss(4, Reason::QueueFull, &[]);
    writer.account(true);
    lines.extend(writer.lines);
    Dice::new(5).shuffle(&mut lines);
    let report = report(&lines);
    let stray = |finding: &Finding| {
        *finding
            == Finding::StrayEpoch {
                named: first.to_string(),
            }
    };
    assert!(
        findings(&report, 1).iter().any(stray),
        "{:?}",
        findings(&report, 1)
    );
    for other in [0, 2, 3, 4, 5, 6] {
        assert_eq!(findings(&report, other), [], "epoch {other} is what it was");
    }
}

#[test]
fn a_forged_newest_epoch_has_no_signature() {
    let mut lines = closed(8);
    let plan = Plan {
        key: Some(Key("forger")),
        ..Plan::CLOSED
    };
    let mut dice = Dice::new(99);
    let previous = Some((Epoch::new(START_MS + 2 * 3_600_000), None));
    lines.extend(epoch("c/broker-1", 3, previous, plan, &mut dice).0);
    let report = report(&lines);
    let found = findings(&report, 3);
    let last = report.epochs[3].last;
    assert!(
        found.contains(&Finding::Unsigned { after: None, last }),
        "{found:?}"
    );
    let refused = found
        .iter()
        .filter(|finding| matches!(finding, Finding::BadSignature { .. }));
    assert_eq!(refused.count(), 5);
    assert_eq!(report.verdict, Verdict::Tampered);
}

#[test]
fn what_a_former_epoch_lost_on_disk_is_explained_by_the_next_one() {
    let mut dice = Dice::new(1);
    let (mut lines, first, end) = epoch("c/broker-1", 0, None, KILLED, &mut dice);
    let opening = Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS + 3_600_000),
        previous: Some(first),
        end,
    };
    let mut next = Emitter::open(&opening, None, &mut dice);
    next.loss_of(Some(first), (2, Reason::SpoolAge), &[(5, 6)]);
    next.loss_of(Some(first), (1, Reason::SpoolDamaged), &[(8, 10)]);
    next.loss_of(Some(Epoch::new(1)), (1, Reason::SpoolAge), &[(5, 5)]);
    next.account(true);
    lines.extend(next.lines);
    lines.retain(|line| line.epoch != first || ![5, 6, 9, 12].contains(&line.first));
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let missing = |index: usize| -> Vec<(u64, u64, Cause)> {
        let found = findings(&report, index).iter();
        let missing = found.filter_map(|finding| match finding {
            Finding::Missing { first, last, cause } => Some((*first, *last, *cause)),
            _ => None,
        });
        missing.collect()
    };
    let expected = [
        (5, 6, Cause::Loss),
        (9, 9, Cause::Loss),
        (12, 12, Cause::Killed),
    ];
    assert_eq!(missing(0), expected, "{report:?}");
    assert_eq!(missing(1), [], "its own numbers are there");
}
