//! What a replacement of the document does to the clusters, and what its author hears
//! (`rulings.md` 1, 2 and 5).

use openmds_kafka::fake::{FakeCall, FakeCondition};
use openmds_policy::audit::ROUTER_CONFIG_KEY;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::desk::{Desk, document};
use crate::world::{HOME, World};

async fn both(world: &World) -> Desk {
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.register_payments().await;
    desk
}

fn version(document: &Value) -> &str {
    document["metadata"]["resource_version"].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn accepted_everywhere_is_done() {
    let world = World::new();
    let desk = both(&world).await;
    let answer = desk.update(&document(1000)).await.is(200);
    assert_eq!(answer.header("openmds-pending-clusters").len(), 0);
    let (stored, text) = (answer.json(), answer.text());
    for cluster in [&world.home, &world.payments] {
        let pushed = cluster.default_value(ROUTER_CONFIG_KEY).unwrap();
        assert_eq!(pushed, text);
        let writes = cluster.calls().into_iter();
        let writes = writes.filter(|call| matches!(call, FakeCall::AlterBrokerDefault { .. }));
        assert_eq!(writes.count(), 1);
    }
    let shown = desk.until("payments", "applied").await;
    assert_eq!(shown["size_bytes"], text.len());
    for node in shown["nodes"].as_array().unwrap() {
        assert_eq!(node["state"], "applied", "{node}");
        assert_eq!(node["resource_version"], version(&stored));
        assert_eq!(node["checked_at"], "2026-01-02T03:04:05Z");
        assert_eq!(node["age_ms"], 0);
    }
    let ids: Vec<&Value> = shown["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["id"])
        .collect();
    assert_eq!(json!(ids), json!([1, 2, 100]));
    world.clock.advance(7);
    let status = desk.status().await;
    assert_eq!(status["clusters"][0]["nodes"][0]["age_ms"], 7000);
    assert_eq!(status["updated_at"], "2026-01-02T03:04:05Z");
    assert_eq!(status["state"], "stored");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_pushed_before_somebody_wrote_a_document() {
    let world = World::new();
    let desk = both(&world).await;
    let shown = desk.until("payments", "default").await;
    assert_eq!(shown["nodes"], json!([]));
    assert!(world.payments.default_value(ROUTER_CONFIG_KEY).is_none());
    assert!(!format!("{:?}", world.payments.calls()).contains("Alter"));
    assert_eq!(desk.status().await["updated_at"], Value::Null);
    assert_eq!(desk.status().await["state"], "default");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_with_all_that_its_author_must_know() {
    let world = World::new();
    let desk = both(&world).await;
    desk.until("home", "default").await;
    desk.until("payments", "default").await;
    world
        .payments
        .set_rejection(Some("routes: no such category"));
    let message = desk.update(&document(1000)).await.is(500).message();
    let shown = desk.document().await;
    assert!(
        message.starts_with(&format!(
            "The configuration is stored as version {}; do not repeat the request. These clusters have it: home. ",
            version(&shown)
        )),
        "{message}"
    );
    assert!(message.contains("The server goes on trying; see `openmds audit-log status`."));
    assert!(message.contains("\npayments: ") && message.contains("routes: no such category"));
    assert_eq!(
        shown["destinations"]["topics"][crate::desk::TOPIC]["retention_ms"],
        1000
    );
    let failed = desk.until("payments", "failed").await;
    assert!(
        failed["error"]
            .as_str()
            .unwrap()
            .contains("no such category")
    );
    assert!(failed["next_attempt_in_ms"].as_u64().unwrap() <= 30_000);
    world.payments.set_rejection(None);
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn missing_rights_and_wrong_credentials_are_named() {
    let world = World::new();
    let desk = both(&world).await;
    world.payments.deny("AlterConfigs");
    let message = desk.update(&document(1)).await.is(500).message();
    assert!(
        message.contains("missing right: AlterConfigs on Cluster"),
        "{message}"
    );
    world.payments.allow("AlterConfigs");
    desk.until("payments", "applied").await;
    for (condition, says) in [
        (FakeCondition::BadCredentials, "did not let us log in"),
        (
            FakeCondition::UntrustedCertificate,
            "certificate is not trusted",
        ),
    ] {
        world.payments.set_condition(condition);
        let message = desk.update(&document(2)).await.is(500).message();
        assert!(
            message.contains("payments: ") && message.contains(says),
            "{message}"
        );
        assert_eq!(
            desk.until("payments", "failed").await["nodes"][0]["state"],
            "unknown"
        );
        world.payments.set_condition(FakeCondition::Reachable);
        desk.until("payments", "applied").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_known_to_be_away_delays_and_fails_nothing() {
    let world = World::new();
    let desk = both(&world).await;
    world.payments.set_condition(FakeCondition::Unreachable);
    // The first to notice is told.
    let message = desk.update(&document(1)).await.is(500).message();
    assert!(
        message.contains("payments: cannot talk to 127.0.0.1:9201"),
        "{message}"
    );
    let away = desk.until("payments", "unreachable").await;
    assert!(away["nodes"].as_array().unwrap().is_empty() || away["nodes"][0]["state"] == "unknown");
    let started = Instant::now();
    let answer = desk.update(&document(2)).await.is(200);
    assert!(started.elapsed().as_millis() < 500);
    assert_eq!(answer.header("openmds-pending-clusters"), ["1"]);
    world.payments.set_condition(FakeCondition::Reachable);
    desk.until("payments", "applied").await;
    let pushed = world.payments.default_value(ROUTER_CONFIG_KEY).unwrap();
    assert!(pushed.contains(version(&answer.json())));
}

#[tokio::test(start_paused = true)]
async fn a_frozen_cluster_bounds_the_answer_and_delays_no_other() {
    let mut world = World::new();
    world.set("openmds.push.timeout.ms", "1500");
    let desk = both(&world).await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    world.payments.set_condition(FakeCondition::Frozen);
    let started = Instant::now();
    let message = desk.update(&document(2)).await.is(500).message();
    let waited = started.elapsed().as_millis();
    assert!((1500..2000).contains(&waited), "{waited}");
    assert!(
        message.contains("These clusters have it: home."),
        "{message}"
    );
    assert!(
        message.ends_with("\npayments: no answer within 1.5 s"),
        "{message}"
    );
    // Meanwhile nothing old is called applied.
    let status = desk.status().await;
    let payments = &status["clusters"][1];
    assert_eq!(payments["cluster_name"], "payments");
    assert_eq!(payments["state"], "pending", "{payments:#}");
    assert!(
        !payments["nodes"].to_string().contains("applied"),
        "{payments:#}"
    );
    desk.until("payments", "unreachable").await;
    world.payments.set_condition(FakeCondition::Reachable);
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn what_others_wrote_is_left_alone_until_the_next_replacement() {
    let world = World::new();
    let foreign = r#"{"default_topics":{"allowed":"","denied":""}}"#;
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.update(&document(1)).await.is(200);
    world.payments.put_default(ROUTER_CONFIG_KEY, Some(foreign));
    desk.register_payments().await;
    let shown = desk.until("payments", "foreign").await;
    assert!(
        shown["error"]
            .as_str()
            .unwrap()
            .contains("left alone until the next update")
    );
    assert_eq!(
        world.payments.default_value(ROUTER_CONFIG_KEY).unwrap(),
        foreign
    );
    let stored = desk.update(&document(1)).await.is(200).json();
    desk.until("payments", "applied").await;
    let pushed = world.payments.default_value(ROUTER_CONFIG_KEY).unwrap();
    assert!(pushed.contains(version(&stored)));
    // From then on it is ours, and stays as it should be.
    world.payments.put_default(ROUTER_CONFIG_KEY, Some(foreign));
    desk.app.dispatch.ring();
    crate::desk::eventually("the drift is mended", || async {
        (world.payments.default_value(ROUTER_CONFIG_KEY).unwrap() == pushed).then_some(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_foreign_value_is_shown_even_before_the_first_document() {
    let world = World::new();
    world.payments.put_default(ROUTER_CONFIG_KEY, Some("{}"));
    let desk = both(&world).await;
    desk.until("payments", "foreign").await;
    desk.until("home", "default").await;
}
