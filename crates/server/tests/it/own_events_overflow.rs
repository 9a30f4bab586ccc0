//! More of the server's own audit events than the queue holds.

use std::collections::BTreeSet;
use std::time::Duration;

use openmds_kafka::fake::FakeCondition;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::desk::eventually;
use crate::own_events::{Lines, events, world_with_document};

/// Actions in one question, each about a topic with a long name: an event of each has it three times.
const ACTIONS: usize = 40;
const NAME: usize = 20_000;

/// Questions that are more than 16 MiB of events.
const QUESTIONS: usize = 10;

fn question(number: usize) -> Value {
    let action = |index: usize| {
        json!({
            "scope": {"clusters": {"kafka-cluster": "payments-id"}},
            "operation": "Read", "resourceType": "Topic",
            "resourceName": format!("{}-{number}-{index}", "x".repeat(NAME)),
        })
    };
    let actions: Vec<Value> = (0..ACTIONS).map(action).collect();
    json!({"userPrincipal": "User:mds", "actions": actions})
}

/// The names of the topics that events are about.
fn topics(events: &[Value]) -> Vec<String> {
    let about = events
        .iter()
        .map(|event| &event["data"]["authorizationInfo"]);
    let topics = about.filter(|info| info["resourceType"] == "Topic");
    topics
        .map(|info| info["resourceName"].as_str().unwrap()[NAME..].to_string())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_finds_the_queue_full_is_counted_and_logged_and_holds_no_request_up() {
    let (lines, _listening) = Lines::listen();
    let (world, desk) = world_with_document().await;
    world.logs.set_condition(FakeCondition::Frozen);
    let begun = Instant::now();
    for number in 0..QUESTIONS {
        let path = "/authorize";
        desk.put("mds", path, &question(number)).await.is(200);
    }
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    let measured = |name: &str| -> Option<usize> {
        let text = desk.app.measurements();
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().map(|value| value.trim().parse().unwrap())
    };
    let full = measured(r#"openmds_audit_event_failures_total{reason="queue-full"}"#).unwrap();
    let logged = lines.under("io.confluent.security.audit.log.fallback.unnumbered: ");
    let logged: Vec<Value> = logged
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(logged.iter().all(|event| event["sequence"].is_null()));
    assert!((1..QUESTIONS * ACTIONS).contains(&full), "{full}");
    assert_eq!(
        measured(r#"openmds_audit_events_total{outcome="fallback"}"#),
        Some(logged.len() + lines.events().len())
    );
    assert_eq!(topics(&logged).len(), full);
    // The others are delivered as soon as the destination takes them, and none is lost or there twice.
    world.logs.set_condition(FakeCondition::Reachable);
    let rest = QUESTIONS * ACTIONS - full;
    let delivered = eventually("the queue is empty", || async {
        let delivered = topics(&events(&world.logs));
        (delivered.len() >= rest).then_some(delivered)
    })
    .await;
    let all: BTreeSet<String> = delivered.iter().cloned().chain(topics(&logged)).collect();
    assert_eq!(delivered.len(), rest);
    assert_eq!(all.len(), QUESTIONS * ACTIONS);
    assert_eq!(measured("openmds_audit_queue_events"), Some(0));
    // There is room again.
    desk.put("mds", "/authorize", &question(QUESTIONS))
        .await
        .is(200);
    eventually("new events are delivered", || async {
        (topics(&events(&world.logs)).len() == rest + ACTIONS).then_some(())
    })
    .await;
}
