//! What nobody has touched is complete: in any order, with any copies, in any number of runs.

use openmds_trail::Epoch;
use openmds_trail::verify::{
    Cause, End, Finding, Front, Limits, Report, Source, Verdict, Verifier,
};

use super::keys::Key;
use super::trail::{Dice, Plan, START_MS, closed, epoch, read, report, verifier};

fn findings(report: &Report) -> Vec<&Finding> {
    let epochs = report.epochs.iter();
    epochs.flat_map(|epoch| &epoch.findings).collect()
}

#[test]
fn it_is_complete_in_any_order_and_with_any_copies() {
    for seed in 1..=40 {
        let mut lines = closed(seed);
        let count = u64::try_from(lines.len()).unwrap();
        let mut dice = Dice::new(seed);
        let copies = dice.below(30);
        for _ in 0..copies {
            let copy = lines[dice.below(lines.len())].clone();
            lines.push(copy);
        }
        dice.shuffle(&mut lines);
        let report = report(&lines);
        assert_eq!(findings(&report), Vec::<&Finding>::new(), "seed {seed}");
        assert_eq!(report.verdict, Verdict::Complete, "seed {seed}");
        assert_eq!(report.epochs.len(), 6);
        let there: u64 = report.epochs.iter().map(|epoch| epoch.lines).sum();
        assert_eq!(there, count, "seed {seed}");
        let duplicates: u64 = report.epochs.iter().map(|epoch| epoch.duplicates).sum();
        assert_eq!(duplicates, u64::try_from(copies).unwrap(), "seed {seed}");
        for epoch in &report.epochs {
            assert_eq!(epoch.end, End::Proven { last: epoch.last });
            assert_eq!(epoch.signing.good, Some(epoch.signing.checkpoints));
            assert_eq!(epoch.signing.through, Some(epoch.last - 1));
        }
    }
}

#[test]
fn a_run_that_is_interrupted_goes_on_where_it_was() {
    for seed in 1..=10 {
        let mut lines = closed(seed);
        Dice::new(seed).shuffle(&mut lines);
        let whole = report(&lines);
        let (first, second) = lines.split_at(lines.len() / 3);
        let state = verifier(first, Front::Whole, None).save();
        let mut again = Verifier::restore(&state, Limits::default(), None).unwrap();
        read(&mut again, second, Front::Whole);
        let again = again.finish(None);
        assert_eq!(again.verdict, Verdict::Complete);
        assert_eq!(again.lines, whole.lines);
        let ends = |report: &Report| -> Vec<_> {
            let epochs = report.epochs.iter();
            epochs
                .map(|epoch| (epoch.last, epoch.end.clone()))
                .collect()
        };
        assert_eq!(ends(&again), ends(&whole), "seed {seed}");
    }
}

#[test]
fn a_state_that_is_none_is_refused() {
    let restored = |text: &str| {
        Verifier::restore(text, Limits::default(), None)
            .err()
            .unwrap()
    };
    assert!(restored("{").to_string().contains("no state"));
    assert!(restored("{\"version\":1}").to_string().contains("no state"));
    assert!(
        restored("{\"version\":2}")
            .to_string()
            .contains("version is 2")
    );
}

/// One epoch with a loss of five events in its middle.
fn with_loss() -> Vec<super::trail::Written> {
    let plan = Plan {
        loses: true,
        ..Plan::CLOSED
    };
    epoch("c/broker-1", 0, None, plan, &mut Dice::new(3)).0
}

#[test]
fn a_named_loss_is_no_hole_but_a_finding() {
    let report = report(&with_loss());
    assert_eq!(report.verdict, Verdict::Incomplete);
    let [
        Finding::Lost {
            at, count, reason, ..
        },
    ] = findings(&report)[..]
    else {
        panic!("{:?}", findings(&report));
    };
    assert_eq!((*count, reason.as_str()), (5, "queue-full"));
    assert!(*at > 1);
}

#[test]
fn lines_that_a_loss_names_are_explained_by_it() {
    use openmds_trail::{Opening, Reason};
    let mut dice = Dice::new(5);
    let opening = Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS),
        previous: None,
        end: None,
    };
    let mut writer = super::trail::Emitter::open(&opening, None, &mut dice);
    (0..20).for_each(|_| writer.decision());
    writer.loss(3, Reason::Fallback, &[(7, 8), (12, 12)]);
    writer.account(true);
    let mut lines = writer.lines;
    // 13 is gone as well, and nobody names it.
    lines.retain(|line| ![7, 8, 12, 13].contains(&line.first));
    let report = verifier(&lines, Front::Whole, None).finish(None);
    let missing: Vec<_> = findings(&report)
        .into_iter()
        .filter_map(|finding| match finding {
            Finding::Missing { first, last, cause } => Some((*first, *last, *cause)),
            _ => None,
        })
        .collect();
    let (loss, nothing) = (Cause::Loss, Cause::Nothing);
    assert_eq!(missing, [(7, 8, loss), (12, 12, loss), (13, 13, nothing)]);
}

#[test]
fn what_the_destination_deleted_is_told_from_what_somebody_took() {
    let lines = closed(9);
    let start = i64::try_from(START_MS).unwrap();
    let later: Vec<_> = lines
        .iter()
        .filter(|line| line.epoch > Epoch::new(START_MS) || line.first > 12)
        .cloned()
        .collect();
    let cause = |front| {
        let report = verifier(&later, front, None).finish(None);
        let causes = findings(&report).into_iter().map(|finding| match finding {
            Finding::Missing {
                first: 1,
                last: 12,
                cause,
            } => *cause,
            other => panic!("{other:?}"),
        });
        let causes: Vec<_> = causes.collect();
        assert_eq!(causes.len(), 2, "one an emitter");
        (causes[0], report.verdict)
    };
    let deleted = |youngest_ms| Front::Deleted { youngest_ms };
    assert_eq!(cause(Front::Whole), (Cause::Nothing, Verdict::Incomplete));
    assert_eq!(cause(deleted(None)), (Cause::Retention, Verdict::Complete));
    let a_minute = start + 60_000;
    assert_eq!(cause(deleted(Some(a_minute))).0, Cause::Retention);
    // Retention deletes nothing so young: somebody else did.
    let an_hour_before = start - 3_600_000;
    assert_eq!(cause(deleted(Some(an_hour_before))).0, Cause::Nothing);
    let from_ms = start + 130;
    assert_eq!(
        cause(Front::Since { from_ms }),
        (Cause::Period, Verdict::Complete)
    );
}

#[test]
fn a_million_lines_need_the_memory_of_a_few() {
    let limits = Limits {
        remembered: 10_000,
        open: 1_000,
        ..Limits::default()
    };
    let mut verifier = Verifier::new(limits, None);
    let source = verifier.source(Source {
        name: "all".to_owned(),
        topic: None,
        front: Front::Whole,
    });
    let mut dice = Dice::new(1);
    let opening = openmds_trail::Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS),
        previous: None,
        end: None,
    };
    let mut writer = super::trail::Emitter::open(&opening, None, &mut dice);
    let (mut position, mut most) = (0, 0);
    let mut take = |lines: &mut Vec<super::trail::Written>, dice: &mut Dice| {
        // Partitions are read side by side: near in time, not in order.
        for window in lines.chunks_mut(200) {
            dice.shuffle(window);
        }
        for line in lines.drain(..) {
            verifier.take(source, position, line.line.as_bytes());
            position += 1;
            most = most.max(verifier.held());
        }
    };
    let mut order = Dice::new(2);
    for _ in 0..1_000 {
        (0..1_000).for_each(|_| writer.decision());
        take(&mut writer.lines, &mut order);
    }
    writer.account(true);
    take(&mut writer.lines, &mut order);
    assert!(most <= 11_000, "{most} things were held");
    let report = verifier.finish(None);
    assert_eq!(findings(&report), Vec::<&Finding>::new());
    assert_eq!(
        (report.lines, report.verdict),
        (1_000_002, Verdict::Complete)
    );
    let [epoch] = &report.epochs[..] else {
        panic!("one epoch");
    };
    assert_eq!(epoch.end, End::Proven { last: 1_000_002 });
}

#[test]
fn what_may_be_on_its_way_is_missed_a_minute_later() {
    let plan = Plan {
        closes: false,
        key: None,
        ..Plan::CLOSED
    };
    let mut lines = epoch("c/broker-1", 0, None, plan, &mut Dice::new(3)).0;
    // An event is 10 ms behind the one before it.
    lines.retain(|line| line.first != 30);
    let behind = i64::try_from(START_MS).unwrap() + 310;
    let judged = |now| {
        let report = verifier(&lines, Front::Whole, None).finish(Some(now));
        let [
            Finding::Missing {
                first: 30,
                last: 30,
                cause,
            },
        ] = findings(&report)[..]
        else {
            panic!("{:?}", findings(&report));
        };
        (*cause, report.verdict)
    };
    assert_eq!(
        judged(behind + 60_000),
        (Cause::UnderWay, Verdict::Complete)
    );
    assert_eq!(
        judged(behind + 60_001),
        (Cause::Nothing, Verdict::Incomplete)
    );
    // What closed its epoch has nothing on its way.
    let plan = Plan {
        closes: true,
        ..plan
    };
    let mut lines = epoch("c/broker-1", 0, None, plan, &mut Dice::new(3)).0;
    lines.retain(|line| line.first != 30);
    let report = verifier(&lines, Front::Whole, None).finish(Some(behind));
    assert_eq!(report.verdict, Verdict::Incomplete);
}

#[test]
fn losses_and_checkpoints_may_follow_the_last_account() {
    use openmds_trail::Reason;
    let mut dice = Dice::new(5);
    let opening = openmds_trail::Opening {
        emitter: "c/broker-1",
        epoch: Epoch::new(START_MS),
        previous: None,
        end: None,
    };
    let mut writer = super::trail::Emitter::open(&opening, None, &mut dice);
    writer.decision();
    writer.account(true);
    writer.loss(1, Reason::Fallback, &[(2, 2)]);
    let report = verifier(&writer.lines, Front::Whole, None).finish(None);
    assert_eq!(report.epochs[0].end, End::Proven { last: 4 });
    assert!(matches!(findings(&report)[..], [Finding::Lost { .. }]));
}

#[test]
fn keys_have_the_fingerprints_of_their_certificates() {
    assert_eq!(
        Key("abc").fingerprint(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}
