//! Lines that are no events: named, counted, and never a reason to stop.

use openmds_trail::verify::{Finding, Front, Limits, Source, Verdict, Verifier};

use super::trail::{Dice, closed, read};

fn one_source(verifier: &mut Verifier) -> openmds_trail::verify::SourceId {
    verifier.source(Source {
        name: "export.jsonl".to_owned(),
        topic: None,
        front: Front::Whole,
    })
}

#[test]
fn what_is_no_event_is_named_with_its_place_and_reason() {
    let good = closed(1)[0].line.clone();
    let number = good.replacen("\"sequence\":\"1\"", "\"sequence\":\"01\"", 1);
    let twice = good.replacen("\"emitter\":", "\"emitter\":\"other\",\"emitter\":", 1);
    let epoch = good.replacen("\"epoch\":\"1", "\"epoch\":\"x", 1);
    let chain = good.replacen("\"chain\":\"", "\"chain\":\"A", 1);
    let last = good.replacen("\"chain\"", "\"sequencelast\":\"1\",\"chain\"", 1);
    let opening = good.replacen("\"queueBound\":512", "\"queueBound\":-1", 1);
    let time = good.replacen("\"time\":\"2", "\"time\":\"x", 1);
    let cases: [(&[u8], &str); 10] = [
        (b"", "no CloudEvent"),
        (b"\xff\xfe", "no CloudEvent"),
        (b"[[[[", "no CloudEvent"),
        (number.as_bytes(), "sequence is not"),
        (twice.as_bytes(), "duplicate field"),
        (epoch.as_bytes(), "epoch is not"),
        (chain.as_bytes(), "chain is not"),
        (last.as_bytes(), "sequencelast is not"),
        (
            opening.as_bytes(),
            "its data is not that of io.openmds.trail/epoch",
        ),
        (time.as_bytes(), "time is not"),
    ];
    for (line, expected) in cases {
        let mut verifier = Verifier::new(Limits::default(), None);
        let source = one_source(&mut verifier);
        verifier.take(source, 17, line);
        let report = verifier.finish(None);
        assert_eq!((report.unreadable.count, report.epochs.len()), (1, 0));
        let unread = &report.unreadable.first[0];
        assert_eq!(unread.place.to_string(), "export.jsonl:17");
        assert!(
            unread.reason.contains(expected),
            "{expected}: {}",
            unread.reason
        );
        assert_eq!(report.verdict, Verdict::Tampered);
    }
}

#[test]
fn events_without_numbers_are_counted_apart() {
    let mut verifier = Verifier::new(Limits::default(), None);
    let source = one_source(&mut verifier);
    verifier.take(
        source,
        3,
        b"{\"specversion\":\"1.0\",\"id\":\"x\",\"type\":\"t\",\"time\":\"2026-01-01T00:00:00Z\"}",
    );
    let report = verifier.finish(None);
    assert_eq!((report.unnumbered.count, report.unreadable.count), (1, 0));
    assert_eq!(report.unnumbered.first[0].position, 3);
}

#[test]
fn no_bytes_end_it() {
    let lines = closed(3);
    let mut dice = Dice::new(11);
    for _ in 0..4_000 {
        let mut line = lines[dice.below(lines.len())].line.clone().into_bytes();
        for _ in 0..=dice.below(3) {
            let at = dice.below(line.len());
            match dice.below(3) {
                0 => line[at] = u8::try_from(dice.below(256)).unwrap(),
                1 => line.truncate(at.max(1)),
                _ => drop(line.remove(at.min(line.len() - 1))),
            }
            if line.is_empty() {
                line.push(b'{');
            }
        }
        let mut verifier = Verifier::new(Limits::default(), None);
        let source = one_source(&mut verifier);
        verifier.take(source, 1, &line);
        let state = verifier.save();
        let again = Verifier::restore(&state, Limits::default(), None).unwrap();
        assert_eq!(again.finish(Some(0)).lines, 1);
    }
}

#[test]
fn what_does_not_fit_into_memory_is_said_to_be_unchecked() {
    let limits = Limits {
        open: 10,
        remembered: 64,
        ..Limits::default()
    };
    let mut lines = closed(5);
    Dice::new(5).shuffle(&mut lines);
    let mut verifier = Verifier::new(limits, None);
    read(&mut verifier, &lines, Front::Whole);
    assert!(verifier.held() < 150, "{}", verifier.held());
    let report = verifier.finish(None);
    let unchecked: u64 = report
        .epochs
        .iter()
        .flat_map(|epoch| &epoch.findings)
        .filter_map(|finding| match finding {
            Finding::Unchecked { count } => Some(*count),
            _ => None,
        })
        .sum();
    assert!(unchecked > 0);
    assert_ne!(report.verdict, Verdict::Complete);
}

#[test]
fn a_copy_of_a_forgotten_line_is_not_called_the_same() {
    let lines = closed(5);
    let limits = Limits {
        remembered: 64,
        ..Limits::default()
    };
    let mut verifier = Verifier::new(limits, None);
    read(&mut verifier, &lines, Front::Whole);
    read(&mut verifier, &lines[1..2], Front::Whole);
    let report = verifier.finish(None);
    assert_eq!(
        report.epochs[0].findings,
        [Finding::NotCompared { count: 1 }]
    );
    assert_eq!(
        (report.verdict, report.epochs[0].duplicates),
        (Verdict::Incomplete, 0)
    );
}
