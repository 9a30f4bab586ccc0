//! How surely each event is recorded before its request is answered: what the engine asks Java to wait
//! for, and what events say where nobody waits.

use openmds_broker_plugin::care::Held;
use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::login::Login;
use openmds_broker_plugin::pairs::Pairs;
use serde_json::Value;

use crate::message::{
    Asked, CLUSTER, CLUSTER_ACTION, CREATE, DENIED, GRANTED, Sent, TOPIC, WRITE, drained, pack_all,
};

const TIME: i64 = 1_676_959_658_958_333;
const BY_KAFKA: u8 = 1;
const MAY_WAIT: u8 = 2;

const DOCUMENT: &str = r#"{
  "destinations": {"topics": {"confluent-audit-log-events": {}}},
  "default_topics": {"allowed": "confluent-audit-log-events", "denied": "confluent-audit-log-events"},
  "routes": {"crn:///kafka=*/topic=*": {"produce":
    {"allowed": "confluent-audit-log-events", "denied": "confluent-audit-log-events"}},
    "crn:///kafka=*": {"interbroker": {"allowed": "confluent-audit-log-events"}}}}"#;
const COMPANION: &str = r#"{"fail_modes": {"routes": {
  "crn:///kafka=*/topic=pay-*": {"produce": "required", "management": {"denied": "durable"}},
  "crn:///kafka=*/topic=log-*": {"produce": "durable"},
  "crn:///kafka=*": {"interbroker": "required", "authentication": "durable"}}}}"#;

fn engine(queue_max_bytes: usize) -> Engine {
    let engine = Engine::new(Settings {
        super_users: ["User:admin".to_owned()].into(),
        exempt: ["User:mds".to_owned()].into(),
        queue_max_bytes,
        ..Settings::default()
    });
    engine.apply(DOCUMENT).unwrap();
    engine.accompany(COMPANION).unwrap();
    engine.identify("KID");
    engine
}

fn ask(
    engine: &Engine,
    flags: u8,
    (key, user): (i16, &str),
    actions: &[Asked<'_>],
) -> Option<Held> {
    let message = pack_all(flags | BY_KAFKA, key, user, None, &[], actions);
    let mut verdicts = Vec::new();
    let asked = engine.decide(&message, false, &mut verdicts).unwrap();
    assert_eq!(asked.number(), actions.len());
    engine.note(&asked, &verdicts, || TIME);
    asked.take_held()
}

/// Why each event says that nobody waited, and whose ticket it has.
fn cares(events: &[Sent]) -> Vec<(Option<String>, Option<u64>)> {
    let care = |event: &Sent| {
        let line: Value = serde_json::from_str(&event.line).unwrap();
        let why = line
            .get("unawaited")
            .map(|why| why.as_str().unwrap().to_owned());
        (why, event.ticket)
    };
    events.iter().map(care).collect()
}

const PRODUCE: i16 = 0;
const CREATE_TOPICS: i16 = 19;
const SURELY: u8 = Held::AWAITED | Held::REQUIRED;

#[test]
fn each_event_has_the_mode_of_its_route_category_and_outcome() {
    let engine = engine(1 << 20);
    let alice = (PRODUCE, "User:alice");
    let held = ask(
        &engine,
        MAY_WAIT,
        alice,
        &[(WRITE, TOPIC, "other", GRANTED)],
    );
    assert!(held.is_none(), "{held:?}");
    let all = [
        (WRITE, TOPIC, "other", GRANTED),
        (WRITE, TOPIC, "pay-1", GRANTED),
        (WRITE, TOPIC, "log-1", DENIED),
        (WRITE, TOPIC, "log-2", 0), // Kafka wants no record.
        (WRITE, TOPIC, "pay-2", DENIED),
    ];
    let held = ask(&engine, MAY_WAIT, alice, &all).unwrap();
    assert_eq!(held.actions, [0, SURELY, Held::AWAITED, 0, SURELY]);
    assert_eq!(held.ticket, 1, "one ticket for the whole request");
    let create = (CREATE_TOPICS, "User:alice");
    let both = [
        (CREATE, TOPIC, "pay-1", GRANTED),
        (CREATE, TOPIC, "pay-2", DENIED),
    ];
    let held = ask(&engine, MAY_WAIT, create, &both).unwrap();
    assert_eq!((held.ticket, held.actions), (2, vec![0, Held::AWAITED]));
    let tickets = [None, None, Some(1), Some(1), Some(1), None, Some(2)];
    let expected = tickets.map(|ticket| (None, ticket));
    assert_eq!(cares(&drained(&engine)), expected);
    assert_eq!(engine.counters().sum(Counter::Unawaited), 0);

    engine.accompany("").unwrap();
    let held = ask(&engine, MAY_WAIT, alice, &all);
    assert!(held.is_none(), "{held:?}");
    assert!(drained(&engine).iter().all(|event| event.ticket.is_none()));
}

#[test]
fn who_must_not_wait_does_not_and_the_event_says_so() {
    let engine = engine(1 << 20);
    let pay = [(WRITE, TOPIC, "pay-1", GRANTED)];
    let node = [(CLUSTER_ACTION, CLUSTER, "kafka-cluster", GRANTED)];
    for (flags, user, actions) in [
        (0, "User:alice", &pay),
        (MAY_WAIT, "User:admin", &pay),
        (MAY_WAIT, "User:mds", &pay),
        (MAY_WAIT, "User:node", &node),
    ] {
        let held = ask(&engine, flags, (PRODUCE, user), actions);
        assert!(held.is_none(), "{user} {held:?}");
    }
    let mut login = Pairs::new();
    login.add("accepted", "true");
    login.add("principal", "User:alice");
    let login = Login::of(&login, TIME).unwrap();
    let with_logins = DOCUMENT.replace("\"interbroker\"", "\"authentication\"");
    engine.apply(&with_logins).unwrap();
    engine.note_login(login);
    let why = |why: &str| (Some(why.to_owned()), Some(0));
    let mut cares = cares(&drained(&engine));
    assert_eq!(
        cares.pop(),
        Some(why("thread")),
        "log ins are on threads of the network"
    );
    let node = (None, None);
    let expected = [why("thread"), why("exempt"), why("exempt")];
    assert_eq!(cares.drain(..3).collect::<Vec<_>>(), expected);
    assert!(
        cares
            .iter()
            .all(|care| *care == why("exempt") || *care == node)
    );
    assert_eq!(
        engine.counters().sum(Counter::Unawaited),
        4 + u64::try_from(cares.len()).unwrap()
    );
}

#[test]
fn what_finds_the_queue_full_is_lost_at_once_but_for_those_who_are_never_refused() {
    let engine = engine(300);
    let pay = [(WRITE, TOPIC, "pay-1", GRANTED)];
    let log = [(WRITE, TOPIC, "log-1", GRANTED)];
    let mut full = 0;
    while engine.counters().sum(Counter::DroppedQueueFull) == 0 {
        ask(&engine, MAY_WAIT, (PRODUCE, "User:alice"), &pay);
        full += 1;
        assert!(full < 100, "it never gets full");
    }
    let lost = |flags, user, actions: &[Asked<'_>]| {
        ask(&engine, flags, (PRODUCE, user), actions).map(|held| held.actions)
    };
    let refused = Some(vec![Held::LOST | Held::REQUIRED]);
    assert_eq!(lost(MAY_WAIT, "User:alice", &pay), refused);
    assert_eq!(
        lost(0, "User:alice", &pay),
        refused,
        "that takes no waiting"
    );
    assert_eq!(lost(MAY_WAIT, "User:alice", &log), Some(vec![Held::LOST]));
    assert_eq!(lost(MAY_WAIT, "User:admin", &pay), None);
}

#[test]
fn the_trails_own_events_go_to_disk_as_well() {
    let engine = engine(1 << 20);
    let mut open = Pairs::new();
    open.add("what", "open");
    open.add("node", "broker-1");
    engine.tell(&open, || TIME);
    ask(
        &engine,
        MAY_WAIT,
        (PRODUCE, "User:alice"),
        &[(WRITE, TOPIC, "pay-1", GRANTED)],
    );
    let tickets = drained(&engine)
        .iter()
        .map(|event| event.ticket)
        .collect::<Vec<_>>();
    assert_eq!(tickets, [Some(0), Some(1)]);
}
