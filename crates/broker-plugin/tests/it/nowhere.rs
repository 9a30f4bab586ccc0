//! Requests that the document sends nowhere are counted as all others are, only faster.

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};

use crate::message::{
    CLUSTER, CLUSTER_ACTION, DENIED, GRANTED, READ, TOPIC, WRITE, drained, pack, record,
};

const PRODUCE: i16 = 0;
const FETCH: i16 = 1;
const FROM_THE_FUTURE: i16 = 1_000;
const COUNTED: [Counter; 5] = [
    Counter::Discarded,
    Counter::Unwanted,
    Counter::Excluded,
    Counter::SuppressedOwn,
    Counter::Routed,
];

/// Consuming leads somewhere, or fetching by brokers; producing never does.
fn engine(category: &str) -> Engine {
    let engine = Engine::new(Settings {
        exporter_principal: Some("User:writer".to_owned()),
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    let document = format!(
        r#"{{"destinations":{{"topics":{{"confluent-audit-log-events":{{}}}}}},
        "default_topics":{{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"}},
        "excluded_principals":["User:robot"],
        "routes":{{"crn:///kafka=*":{{"{category}":{{"allowed":"confluent-audit-log-events"}}}},
                   "crn:///kafka=*/topic=*":{{"{category}":{{"allowed":"confluent-audit-log-events"}}}}}}}}"#
    );
    engine.apply(&document).unwrap();
    engine.identify("KID");
    engine
}

fn counts(engine: &Engine) -> [u64; 5] {
    COUNTED.map(|counter| engine.counters().sum(counter))
}

#[test]
fn each_action_is_counted_by_its_own_flags() {
    let engine = engine("consume");
    let actions = [
        (WRITE, TOPIC, "a", GRANTED),
        (WRITE, TOPIC, "b", DENIED),
        (WRITE, TOPIC, "c", 1),
        (WRITE, TOPIC, "d", 3),
        (WRITE, TOPIC, "e", 2),
        (WRITE, TOPIC, "", 0),
    ];
    record(&engine, &pack(PRODUCE, "User:alice", None, &actions), || 0);
    assert_eq!(counts(&engine), [3, 3, 0, 0, 0]);
    assert_eq!(drained(&engine), []);
}

#[test]
fn the_excluded_and_the_exporter_are_counted_as_what_they_are() {
    let engine = engine("consume");
    for principal in ["User:robot", "User:writer", "User:alice"] {
        let actions = [
            (WRITE, TOPIC, "confluent-audit-log-events", GRANTED),
            (WRITE, TOPIC, "other", GRANTED),
        ];
        record(&engine, &pack(PRODUCE, principal, None, &actions), || 0);
    }
    assert_eq!(counts(&engine), [3, 0, 2, 1, 0]);
}

#[test]
fn what_can_lead_somewhere_is_looked_at() {
    let of_brokers = (CLUSTER_ACTION, CLUSTER, "kafka-cluster", GRANTED);
    let of_consumers = (READ, TOPIC, "a", GRANTED);
    for (category, routed) in [("interbroker", of_brokers), ("consume", of_consumers)] {
        let engine = engine(category);
        for action in [of_brokers, of_consumers] {
            record(&engine, &pack(FETCH, "User:alice", None, &[action]), || 0);
        }
        assert_eq!(counts(&engine), [1, 0, 0, 0, 1], "{category}");
        let [event] = drained(&engine).try_into().unwrap();
        let name = if routed == of_brokers {
            "FetchFollower"
        } else {
            "FetchConsumer"
        };
        assert!(event.line.contains(name), "{}", event.line);
    }
    let engine = engine("consume");
    let action = (WRITE, TOPIC, "a", GRANTED);
    record(
        &engine,
        &pack(FROM_THE_FUTURE, "User:alice", None, &[action]),
        || 0,
    );
    let [_, _, _, _, routed] = counts(&engine);
    assert_eq!(
        routed, 1,
        "what is not known is of the category that is recorded by default"
    );
}
