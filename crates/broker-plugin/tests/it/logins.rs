//! Log ins: routed by the document as `kafka.Authentication` of the cluster.

use std::net::{IpAddr, Ipv4Addr};

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::login::Login;
use openmds_broker_plugin::pairs::Pairs;

use crate::engine::events;

const TIME: i64 = 1_676_959_658_958_333;

const DOCUMENT: &str = r#"{
  "destinations": {"bootstrap_servers": ["logs:9092"], "topics": {"confluent-audit-log-events": {}, "confluent-audit-log-events-no": {}}},
  "default_topics": {"allowed": "", "denied": "confluent-audit-log-events-no"},
  "excluded_principals": ["User:robot"],
  "routes": {"crn:///kafka=KID": {"authentication": {"allowed": "confluent-audit-log-events", "denied": "confluent-audit-log-events-no"}},
             "crn:///kafka=*/topic=*": {"authentication": {"allowed": "confluent-audit-log-events-no", "denied": "confluent-audit-log-events"}}}
}"#;

fn engine() -> Engine {
    Engine::new(Settings {
        super_users: ["User:broker".to_owned()].into(),
        exporter_principal: Some("User:writer".to_owned()),
        queue_max_bytes: 1 << 16,
        ..Settings::default()
    })
}

fn login(pairs: &[(&str, &str)]) -> Option<Login> {
    let mut message = Pairs::new();
    for (key, value) in pairs {
        message.add(key, *value);
    }
    Login::of(&Pairs::decode(&message.encode()).unwrap(), TIME)
}

fn of(principal: &str) -> Login {
    let said = [
        ("accepted", "true"),
        ("principal", principal),
        ("mechanism", "SASL_SSL/PLAIN"),
        ("identifier", "alice"),
        ("address", "10.0.0.1"),
    ];
    login(&said).unwrap()
}

fn refused() -> Login {
    let said = [
        ("accepted", "false"),
        ("mechanism", "SSL"),
        ("message", "no"),
    ];
    login(&said).unwrap()
}

#[test]
fn what_java_says_is_read() {
    let alice = of("User:alice");
    assert!(alice.accepted);
    assert_eq!(alice.address, Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))));
    assert_eq!(refused().principal, "None:UNKNOWN_USER");
    assert_eq!(login(&[("accepted", "true")]), None, "without a principal");
    assert_eq!(login(&[("principal", "User:a")]), None);
    assert_eq!(login(&[("accepted", "yes"), ("principal", "User:a")]), None);
    let long = "ä".repeat(5_000);
    let cut = login(&[("accepted", "false"), ("message", &long)]).unwrap();
    assert_eq!(cut.message.chars().count(), 1_000);
}

#[test]
fn a_log_in_goes_by_the_rules_for_the_cluster() {
    let engine = engine();
    engine.apply(DOCUMENT).unwrap();
    engine.identify("KID");
    engine.note_login(of("User:alice"));
    engine.note_login(refused());
    let events = events(&engine);
    assert_eq!(events.len(), 2);
    let head = r#"confluent-audit-log-events {"specversion":"1.0""#;
    assert!(events[0].starts_with(head), "{}", events[0]);
    for part in [
        r#""subject":"crn:///kafka=KID""#,
        r#""type":"io.confluent.kafka.server/authentication""#,
        r#""principal":"User:alice","metadata":{"mechanism":"SASL_SSL/PLAIN","identifier":"alice"}"#,
        r#""client_address":"/10.0.0.1"},"result":{"status":"SUCCESS","message":""}}}"#,
    ] {
        assert!(events[0].contains(part), "{part} is not in {}", events[0]);
    }
    assert!(
        events[1].starts_with("confluent-audit-log-events-no {"),
        "{}",
        events[1]
    );
    assert!(events[1].contains(r#""status":"UNAUTHENTICATED","message":"no""#));
    assert_eq!(engine.counters().sum(Counter::Routed), 2);
    assert_eq!(engine.counters().sum(Counter::LoginsEnqueued), 2);
}

#[test]
fn some_are_left_out_and_counted() {
    let engine = engine();
    engine.apply(DOCUMENT).unwrap();
    engine.identify("KID");
    engine.note_login(of("User:robot"));
    engine.note_login(of("User:writer"));
    assert_eq!(events(&engine), Vec::<String>::new());
    assert_eq!(engine.counters().sum(Counter::Excluded), 1);
    assert_eq!(engine.counters().sum(Counter::SuppressedOwn), 1);
    engine.apply("").unwrap();
    engine.note_login(of("User:alice"));
    assert_eq!(
        events(&engine).len(),
        1,
        "the built-in document records both"
    );
}

#[test]
fn an_exporter_that_uses_the_brokers_own_user_is_recorded() {
    let engine = Engine::new(Settings {
        super_users: ["User:broker".to_owned()].into(),
        exporter_principal: Some("User:broker".to_owned()),
        queue_max_bytes: 1 << 16,
        ..Settings::default()
    });
    engine.identify("KID");
    engine.note_login(of("User:broker"));
    assert_eq!(events(&engine).len(), 1);
}

#[test]
fn before_the_cluster_has_a_name_it_waits() {
    let engine = engine();
    engine.apply(DOCUMENT).unwrap();
    engine.note_login(of("User:alice"));
    engine.note_login(of("User:robot"));
    assert_eq!(engine.counters().sum(Counter::Enqueued), 2);
    engine.identify("KID");
    assert_eq!(events(&engine).len(), 1);
    assert_eq!(engine.counters().sum(Counter::Excluded), 1);
}

#[test]
fn a_flood_takes_no_more_room_than_it_may() {
    let engine = engine();
    engine.identify("KID");
    for _ in 0..10_000 {
        engine.note_login(refused());
    }
    let dropped = engine.counters().sum(Counter::DroppedQueueFull);
    assert_eq!(engine.counters().sum(Counter::LoginsDropped), dropped);
    assert!(dropped > 9_000, "{dropped}");
    assert_eq!(engine.counters().sum(Counter::Enqueued) + dropped, 10_000);
    assert!(engine.queue().fill_permille() > 900);
}
