//! The companion of the document: in which form events are written, and that a bad one changes nothing.

use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::pairs::Pairs;
use openmds_trail::verify::{Front, Limits, Source, Verdict, Verifier};
use serde_json::Value;

use crate::message::{CREATE, DENIED, Sent, TOPIC, drained, pack, record};

const START: i64 = 1_676_959_658_958_333;
const TOPIC_NAME: &str = "confluent-audit-log-events";

fn engine() -> Engine {
    let engine = Engine::new(Settings {
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    engine.identify("KID");
    let mut open = Pairs::new();
    open.add("what", "open");
    open.add("node", "broker-1");
    engine.tell(&open, || START);
    engine
}

fn create(engine: &Engine, topic: &str) -> Vec<Sent> {
    let message = pack(19, "User:alice", None, &[(CREATE, TOPIC, topic, DENIED)]);
    record(engine, &message, || START);
    drained(engine)
}

fn account(engine: &Engine) -> Vec<Sent> {
    let mut account = Pairs::new();
    account.add("what", "account");
    account.add("last", "false");
    engine.tell(&account, || START);
    drained(engine)
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn a_topic_gets_its_events_in_the_form_that_is_asked_for_and_the_chain_goes_on() {
    let engine = engine();
    let mut events = create(&engine, "a");
    let formats = format!(
        r#"{{"formats": {{"{TOPIC_NAME}": "ocsf"}}, "metadata": {{"resource_version": "c2"}}}}"#
    );
    let summary = engine.accompany(&formats).unwrap();
    assert_eq!(summary.first("resource_version"), Some("c2"));
    assert_eq!(summary.first("best_effort"), Some("true"));
    events.extend(create(&engine, "b"));
    events.extend(account(&engine));
    let elsewhere = r#"{"formats": {"confluent-audit-log-events-x": "ocsf"}}"#;
    engine.accompany(elsewhere).unwrap();
    events.extend(create(&engine, "c"));
    events.extend(account(&engine));

    let classes = events
        .iter()
        .map(|event| json(&event.line)["class_uid"].as_u64());
    let expected = [None, None, Some(6003), Some(0), None, None];
    assert_eq!(classes.collect::<Vec<_>>(), expected);
    let decided = json(&events[2].line);
    assert_eq!(decided["resources"][0]["name"], "b");
    assert_eq!(decided["unmapped"]["sequence"], "3");
    assert_eq!(decided["metadata"]["log_name"], TOPIC_NAME);

    let mut verifier = Verifier::new(Limits::default(), None);
    let source = verifier.source(Source {
        name: "all".to_owned(),
        topic: None,
        front: Front::Whole,
    });
    for (position, event) in (0..).zip(&events) {
        verifier.take(source, position, event.line.as_bytes());
    }
    let report = verifier.finish(None);
    assert_eq!(report.epochs.len(), 1, "{report:?}");
    assert_eq!(report.epochs[0].verdict, Verdict::Complete, "{report:?}");
    assert_eq!(report.epochs[0].lines, 6);
}

#[test]
fn a_bad_companion_changes_nothing_and_all_its_faults_are_named() {
    let engine = engine();
    let formats = format!(r#"{{"formats": {{"{TOPIC_NAME}": "ocsf"}}}}"#);
    engine.accompany(&formats).unwrap();
    for bad in [
        "{",
        "7",
        r#"{"formats": {"x": "xml"}, "fail_modes": {"default": "sure"}, "more": 1}"#,
    ] {
        let faults = engine.accompany(bad).unwrap_err();
        assert_eq!(engine.check_companion(bad).unwrap_err(), faults);
        assert!(!faults.is_empty(), "{bad}");
    }
    let checked = engine.check_companion(r#"{"fail_modes": {"default": "durable"}}"#);
    assert_eq!(checked.unwrap().first("best_effort"), Some("false"));
    let event = create(&engine, "a").pop().unwrap();
    assert_eq!(json(&event.line)["class_uid"], 6003);
    engine.accompany(" ").unwrap();
    let event = create(&engine, "a").pop().unwrap();
    assert_eq!(json(&event.line)["specversion"], "1.0");
}
