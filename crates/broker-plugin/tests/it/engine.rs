//! From a message to an event, or to a count that says why there is none.

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};

use crate::message::{
    Asked, CLUSTER, CLUSTER_ACTION, CREATE, DENIED, GRANTED, READ, TOPIC, WRITE, drained, pack,
    record,
};

const TIME: i64 = 1_676_959_658_958_333;
const CREATE_TOPICS: i16 = 19;
const PRODUCE: i16 = 0;
const FETCH: i16 = 1;
const METADATA: i16 = 3;
const INIT_PRODUCER_ID: i16 = 22;
const ENVELOPE: i16 = 58;

const DOCUMENT: &str = r#"{
  "destinations": {"bootstrap_servers": ["logs:9092"], "topics": {"confluent-audit-log-events": {"retention_ms": 5},
                   "confluent-audit-log-events-fin": {}}},
  "default_topics": {"allowed": "", "denied": "confluent-audit-log-events"},
  "excluded_principals": ["User:robot"],
  "routes": {
    "crn:///kafka=*/topic=fin-*": {"produce": {"allowed": "confluent-audit-log-events-fin"}},
    "crn:///kafka=*/topic=confluent-*": {"produce": {"allowed": "confluent-audit-log-events", "denied": null}},
    "crn:///kafka=other": {"interbroker": {"allowed": "confluent-audit-log-events"}}},
  "metadata": {"resource_version": "v7"}
}"#;

fn engine(document: &str) -> Engine {
    let engine = Engine::new(Settings {
        super_users: ["User:admin".to_owned()].into(),
        exporter_principal: Some("User:writer".to_owned()),
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    engine.apply(document).unwrap();
    engine.identify("KID");
    engine
}

fn ask(engine: &Engine, api_key: i16, principal: &str, actions: &[Asked<'_>]) {
    let message = pack(api_key, principal, Some("client"), actions);
    record(engine, &message, || TIME);
}

/// All events as `topic line`.
pub(crate) fn events(engine: &Engine) -> Vec<String> {
    let events = drained(engine).into_iter();
    events
        .map(|event| format!("{} {}", event.topic, event.line))
        .collect()
}

fn counted(engine: &Engine, counter: Counter) -> u64 {
    engine.counters().sum(counter)
}

#[test]
fn a_decision_becomes_an_event_with_its_own_time() {
    let engine = engine("");
    ask(
        &engine,
        CREATE_TOPICS,
        "User:alice",
        &[(CREATE, TOPIC, "a/b", DENIED)],
    );
    let events = events(&engine);
    assert_eq!(events.len(), 1);
    for part in [
        "confluent-audit-log-events {",
        r#""source":"crn:///kafka=KID""#,
        r#""subject":"crn:///kafka=KID/topic=a%2Fb""#,
        r#""time":"2023-02-21T06:07:38.958333Z""#,
        r#""granted":false,"operation":"Create","resourceType":"Topic","resourceName":"a/b","patternType":"LITERAL"}"#,
        r#""client_id":"client""#,
    ] {
        assert!(events[0].contains(part), "{part} is not in {}", events[0]);
    }
    assert_eq!(counted(&engine, Counter::Drained), 1);
}

#[test]
fn the_document_decides_where_and_the_counters_say_why_not() {
    let engine = engine(DOCUMENT);
    ask(
        &engine,
        PRODUCE,
        "User:alice",
        &[
            (WRITE, TOPIC, "fin-1", GRANTED),
            (WRITE, TOPIC, "fin-1", DENIED),
            (WRITE, TOPIC, "x", GRANTED),
            (WRITE, TOPIC, "fin-2", 1),
        ],
    );
    ask(
        &engine,
        PRODUCE,
        "User:robot",
        &[(WRITE, TOPIC, "fin-1", GRANTED)],
    );
    ask(
        &engine,
        CREATE_TOPICS,
        "User:alice",
        &[
            (CREATE, CLUSTER, "kafka-cluster", GRANTED),
            (CREATE, TOPIC, "t", DENIED),
        ],
    );
    let events = events(&engine);
    assert_eq!(events.len(), 2);
    assert!(events[0].starts_with("confluent-audit-log-events-fin "));
    assert!(events[1].starts_with("confluent-audit-log-events "));
    let counts = [
        Counter::Routed,
        Counter::Discarded,
        Counter::Excluded,
        Counter::Unwanted,
    ]
    .map(|counter| counted(&engine, counter));
    assert_eq!(counts, [2, 3, 1, 1]);
}

#[test]
fn a_super_user_is_a_reason_only_if_allowed() {
    let engine = engine("");
    ask(
        &engine,
        CREATE_TOPICS,
        "User:admin",
        &[(CREATE, TOPIC, "a", GRANTED), (CREATE, TOPIC, "b", DENIED)],
    );
    let events = events(&engine);
    assert!(events[0].contains(r#""superUserAuthorization":true"#));
    assert!(!events[1].contains("superUserAuthorization"));
}

#[test]
fn an_envelope_is_silent_and_interbroker_events_are_routable() {
    let everything = DOCUMENT.replace("kafka=other", "kafka=KID");
    let engine = engine(&everything);
    let check = [(CLUSTER_ACTION, CLUSTER, "kafka-cluster", GRANTED)];
    ask(&engine, ENVELOPE, "User:broker", &check);
    ask(&engine, FETCH, "User:broker", &check);
    ask(
        &engine,
        FETCH,
        "User:broker",
        &[(READ, TOPIC, "t", GRANTED)],
    );
    let events = events(&engine);
    assert_eq!(events.len(), 1);
    assert!(events[0].contains("kafka.FetchFollower"));
}

#[test]
fn the_exporter_is_left_out_only_where_it_publishes() {
    let engine = engine(DOCUMENT);
    let write = [(WRITE, TOPIC, "confluent-audit-log-events", GRANTED)];
    ask(&engine, PRODUCE, "User:writer", &write);
    ask(&engine, METADATA, "User:writer", &write);
    ask(
        &engine,
        INIT_PRODUCER_ID,
        "User:writer",
        &[(12, CLUSTER, "kafka-cluster", GRANTED)],
    );
    assert_eq!(counted(&engine, Counter::SuppressedOwn), 3);
    ask(
        &engine,
        PRODUCE,
        "User:writer",
        &[(WRITE, TOPIC, "confluent-other", GRANTED)],
    );
    ask(&engine, PRODUCE, "User:alice", &write);
    ask(
        &engine,
        20,
        "User:writer",
        &[(6, TOPIC, "confluent-audit-log-events", DENIED)],
    );
    assert_eq!(counted(&engine, Counter::SuppressedOwn), 3);
    assert_eq!(events(&engine).len(), 3);
}

#[test]
fn a_bad_document_changes_nothing() {
    let engine = engine(DOCUMENT);
    let errors = engine
        .apply(r#"{"routes": {"crn:nonsense": {}}, "excluded_principals": ["Group:x"]}"#)
        .unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    ask(
        &engine,
        PRODUCE,
        "User:alice",
        &[(WRITE, TOPIC, "fin-1", GRANTED)],
    );
    assert_eq!(events(&engine).len(), 1);
}

#[test]
fn the_summary_says_what_java_needs() {
    let pairs = engine("").check(DOCUMENT).unwrap().to_pairs();
    assert_eq!(pairs.first("resource_version"), Some("v7"));
    assert_eq!(pairs.first("routes"), Some("3"));
    assert_eq!(
        pairs.all("bootstrap_server").collect::<Vec<_>>(),
        ["logs:9092"]
    );
    assert_eq!(
        pairs.all("topic").collect::<Vec<_>>(),
        [
            "confluent-audit-log-events",
            "confluent-audit-log-events-fin"
        ]
    );
    assert_eq!(pairs.all("retention_ms").collect::<Vec<_>>(), ["5", ""]);
    let interest: Vec<char> = pairs.first("interest").unwrap().chars().collect();
    assert_eq!(interest.len(), 130);
    assert_eq!(
        (interest[0], interest[1], interest[3]),
        ('1', '0', '0'),
        "produce allowed, fetch and metadata never"
    );
    assert_eq!(
        (interest[19], interest[128], interest[129]),
        ('2', '1', '2'),
        "management denied, follower's fetch allowed"
    );
}

#[test]
fn what_the_interest_rules_out_is_never_routed() {
    let engine = engine(DOCUMENT);
    let interest: Vec<char> = engine
        .check(DOCUMENT)
        .unwrap()
        .to_pairs()
        .first("interest")
        .unwrap()
        .chars()
        .collect();
    for key in 0..128_i16 {
        for (bit, flags) in [(1, GRANTED), (2, DENIED)] {
            let digit = interest[usize::try_from(key).unwrap()]
                .to_digit(10)
                .unwrap();
            if digit & bit == 0 {
                ask(
                    &engine,
                    key,
                    "User:alice",
                    &[
                        (WRITE, TOPIC, "fin-1", flags),
                        (WRITE, CLUSTER, "kafka-cluster", flags),
                    ],
                );
            }
        }
    }
    assert_eq!(counted(&engine, Counter::Routed), 0);
    assert!(counted(&engine, Counter::Discarded) > 100);
}

#[test]
fn a_full_queue_drops_and_counts() {
    let engine = Engine::new(Settings {
        queue_max_bytes: 10_000,
        ..Settings::default()
    });
    engine.identify("KID");
    let long = "x".repeat(3_000);
    for _ in 0..5 {
        ask(
            &engine,
            CREATE_TOPICS,
            "User:alice",
            &[(CREATE, TOPIC, &long, DENIED)],
        );
    }
    assert_eq!(counted(&engine, Counter::Enqueued), 3);
    assert_eq!(counted(&engine, Counter::DroppedQueueFull), 2);
    assert!(engine.queue().fill_permille() > 900);
    assert_eq!(events(&engine).len(), 3);
    assert!(engine.queue().is_empty());
    assert_eq!(engine.queue().fill_permille(), 0);
}

#[test]
fn a_batch_that_was_not_taken_is_offered_again_unchanged() {
    let engine = engine("");
    ask(
        &engine,
        CREATE_TOPICS,
        "User:alice",
        &[(CREATE, TOPIC, "t", DENIED)],
    );
    let first = engine.drain(100, |bytes| (false, bytes.to_vec())).unwrap();
    ask(
        &engine,
        CREATE_TOPICS,
        "User:alice",
        &[(CREATE, TOPIC, "u", DENIED)],
    );
    assert_eq!(
        engine.drain(100, |bytes| (true, bytes.to_vec())),
        Some(first)
    );
    assert_eq!(events(&engine).len(), 1);
}

#[test]
fn a_changed_document_frees_the_former_one_while_draining() {
    let engine = engine(DOCUMENT);
    for _ in 0..3 {
        engine.apply(DOCUMENT).unwrap();
    }
    ask(
        &engine,
        PRODUCE,
        "User:alice",
        &[(WRITE, TOPIC, "fin-1", GRANTED)],
    );
    assert_eq!(events(&engine).len(), 1);
}
