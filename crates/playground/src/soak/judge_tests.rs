use serde_json::json;

use super::*;
use crate::shape::ALLOWED_CLIENT;
use crate::soak::truth::topic;

const SPAN: Span = Span {
    since_ms: 1_000,
    until_ms: 9_000,
};

/// What broker 1 answered over one connection, on routes of one mode, to the requests up to this one.
fn told(mode: Mode, answered: u64) -> Told {
    let talk = Talk {
        broker: 1,
        since_ms: 2_500,
        first: 0,
        answered,
        asked: answered + 1,
        ..Talk::default()
    };
    Told {
        mode,
        user: ALLOWED_CLIENT,
        talks: vec![talk],
    }
}

fn trail(mode: Mode, recorded: &[u64]) -> Trail {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut trail = Trail::new(("run", "c", 1), SPAN.since_ms, file.path()).unwrap();
    for request in recorded {
        let resource = topic(mode, "run", 0, *request);
        let event = json!({"emitter": "c/broker-1", "epoch": "2000", "sequence": (request + 2).to_string(),
            "data": {"authorizationInfo": {"resourceName": resource, "granted": true}}});
        trail.take("", &event).unwrap();
    }
    trail
}

fn report(end: Value, findings: Value) -> Value {
    json!({"epochs": [{"emitter": "c/broker-1", "epoch": "2000", "end": end, "findings": findings}]})
}

fn proven() -> Value {
    report(json!({"kind": "proven", "last": 99}), json!([]))
}

/// An epoch that was killed with at most three events in memory.
fn unknown(findings: Value) -> Value {
    report(json!({"kind": "unknown", "at_most": 3}), findings)
}

fn problems(told: Told, recorded: &[u64], report: &Value, is_kill: bool) -> Vec<String> {
    let trail = trail(told.mode, recorded);
    let end = Ended {
        broker: 1,
        at_ms: 5_000,
        is_kill: Some(is_kill),
    };
    judge(&[told], &[end], &trail, report, SPAN).problems
}

#[test]
fn all_that_was_answered_is_recorded() {
    for mode in Mode::ALL {
        let found = problems(told(mode, 3), &[0, 1, 2], &proven(), false);
        assert_eq!(found, [""; 0], "{mode:?}");
        // Nobody was told about the last one.
        let found = problems(told(mode, 2), &[0, 1, 2], &proven(), false);
        assert_eq!(found, [""; 0], "{mode:?}");
    }
}

#[test]
fn an_answered_request_of_a_durable_or_required_route_must_be_there() {
    let killed = unknown(json!([{"kind": "tail-unknown", "after": 3, "at_most": 3}]));
    for mode in [Mode::Durable, Mode::Required] {
        for recorded in [&[0, 1][..], &[0, 2], &[1, 2]] {
            let found = problems(told(mode, 3), recorded, &killed, true);
            assert_eq!(found.len(), 1, "{mode:?} {recorded:?} {found:?}");
        }
    }
}

#[test]
fn a_refused_request_may_be_absent_where_it_may_be_refused() {
    for mode in Mode::ALL {
        let mut told = told(mode, 3);
        told.talks[0].refused.insert(1);
        let found = problems(told, &[0, 2], &proven(), false);
        assert_eq!(
            found.is_empty(),
            mode == Mode::Required,
            "{mode:?} {found:?}"
        );
    }
}

#[test]
fn best_effort_may_lose_what_was_in_memory_and_no_more() {
    let killed = unknown(json!([{"kind": "tail-unknown", "after": 3, "at_most": 3}]));
    let lost = |recorded: &[u64]| problems(told(Mode::BestEffort, 6), recorded, &killed, true);
    assert_eq!(lost(&[0, 1, 2]), [""; 0]);
    assert_eq!(lost(&[0, 1]).len(), 1);
    // One before others needs a number that is missing.
    assert_eq!(lost(&[0, 1, 2, 4, 5]).len(), 1);
    let hole = unknown(json!([{"kind": "missing", "cause": "killed", "first": 5, "last": 5}]));
    let found = problems(told(Mode::BestEffort, 6), &[0, 1, 2, 4, 5], &hole, true);
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_an_orderly_epoch_lost_is_named_exactly() {
    let named = |count: u64| {
        let loss = json!([{"kind": "lost", "at": 9, "count": count, "reason": "queue-full"}]);
        let report = report(json!({"kind": "proven", "last": 99}), loss);
        problems(told(Mode::BestEffort, 4), &[0, 3], &report, false)
    };
    assert_eq!(named(1).len(), 1);
    assert_eq!(named(2), [""; 0]);
    // The one without an answer may be among them.
    assert_eq!(named(3), [""; 0]);
    assert_eq!(named(4).len(), 1);
}

#[test]
fn how_an_epoch_ended_is_said() {
    let ends = |report: &Value, is_kill| problems(told(Mode::Durable, 1), &[0], report, is_kill);
    assert_eq!(ends(&proven(), true).len(), 1);
    assert_eq!(ends(&unknown(json!([])), false).len(), 1);
    assert_eq!(ends(&unknown(json!([])), true), [""; 0]);
}

#[test]
fn what_nothing_explains_and_what_nobody_did_is_a_problem() {
    let hole = json!([{"kind": "missing", "cause": "nothing", "first": 5, "last": 5}]);
    assert_eq!(
        problems(told(Mode::Durable, 1), &[0], &unknown(hole), true).len(),
        1
    );
    let edited = json!([{"kind": "changed", "first": 5, "last": 5}]);
    let report = report(json!({"kind": "proven", "last": 9}), edited);
    assert_eq!(
        problems(told(Mode::Durable, 1), &[0], &report, false).len(),
        1
    );
    // An event of a request that was never sent.
    assert_eq!(
        problems(told(Mode::Durable, 1), &[0, 7], &proven(), false).len(),
        1
    );
}
