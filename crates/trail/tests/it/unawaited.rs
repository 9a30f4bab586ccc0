//! Events whose requests did not wait for them say so, in both forms, byte for byte.

use openmds_trail::verify::{Front, Limits, Source, Verdict, Verifier};
use openmds_trail::{
    AuthorizationEvent, Envelope, Epoch, EpochOpened, Opening, Stamper, Unawaited,
};

use super::create_topics;

fn lines() -> Vec<String> {
    let opening = Opening {
        emitter: "dAkAmyKqTTSosZSZzR-r3g/broker-1",
        epoch: Epoch::new(1_669_278_512_579),
        previous: None,
        end: None,
    };
    let mut stamper = Stamper::new(&opening);
    let event = AuthorizationEvent {
        principal: "User:,\"data\":",
        ..create_topics()
    };
    let opened = EpochOpened {
        envelope: Envelope {
            id: event.id,
            source: event.source,
            subject: event.source,
            time_micros: event.time_micros,
            route: event.route,
        },
        opening,
        queue_bound: 65_536,
        certificate: None,
        release: "0.1.0",
    };
    let mut out = Vec::new();
    opened.write_json(&mut out);
    stamper.stamp(&mut out, 0, 1);
    let mut lines = vec![String::from_utf8(out.clone()).unwrap()];
    for (why, ocsf) in [(Unawaited::Thread, false), (Unawaited::Exempt, true)] {
        let from = out.len();
        if ocsf {
            event.write_ocsf(&mut out);
        } else {
            event.write_json(&mut out);
        }
        why.mark(&mut out, from);
        stamper.stamp(&mut out, from, 1);
        lines.push(String::from_utf8(out[from..].to_vec()).unwrap());
    }
    lines
}

#[test]
fn the_golden_marks_are_written_byte_for_byte() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../spec/formats/event-unawaited.v1.jsonl"
    );
    let written = lines().join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(path).unwrap());
}

#[test]
fn a_mark_is_an_attribute_that_the_verifier_leaves_alone() {
    let lines = lines();
    let marks = [
        ",\"unawaited\":\"thread\",\"emitter\":",
        ",\"unawaited\":\"exempt\",\"emitter\":",
    ];
    for (line, mark) in lines.iter().skip(1).zip(marks) {
        assert_eq!(line.matches(mark).count(), 1, "{line}");
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let mut verifier = Verifier::new(Limits::default(), None);
    let source = verifier.source(Source {
        name: "lines".to_owned(),
        topic: None,
        front: Front::Whole,
    });
    for (position, line) in (1..).zip(&lines) {
        verifier.take(source, position, line.as_bytes());
    }
    let report = verifier.finish(None);
    assert_eq!(report.epochs[0].verdict, Verdict::Complete, "{report:?}");
    assert_eq!(report.epochs[0].lines, 3);
}
