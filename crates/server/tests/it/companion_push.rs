//! The companion on its way to clusters: as the document it goes with, and apart from it
//! (`rulings.md` 1, 2, 5 and 7).

use openmds_kafka::fake::{FakeCall, FakeCondition};
use openmds_policy::audit::ROUTER_CONFIG_KEY;
use openmds_policy::companion::COMPANION_CONFIG_KEY;
use serde_json::{Value, json};

use crate::companion::companion;
use crate::desk::{Desk, document, eventually};
use crate::world::{HOME, World};

async fn both(world: &World) -> Desk {
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.register_payments().await;
    desk
}

/// Waits until the companion is in the state at the cluster.
async fn until(desk: &Desk, cluster: &str, state: &str) -> Value {
    eventually(&format!("{cluster} is {state}"), || async {
        let status = desk.status().await;
        let clusters = status["companion"]["clusters"].as_array().cloned();
        let mut clusters = clusters.unwrap_or_default().into_iter();
        clusters.find(|one| one["cluster_name"] == cluster && one["state"] == state)
    })
    .await
}

fn held(cluster: &openmds_kafka::fake::FakeCluster) -> Option<String> {
    cluster.default_value(COMPANION_CONFIG_KEY)
}

#[tokio::test(start_paused = true)]
async fn it_reaches_every_cluster_and_no_router_configuration_with_it() {
    let world = World::new();
    let desk = both(&world).await;
    let answer = desk.update_companion(&companion("durable")).await.is(200);
    for cluster in [&world.home, &world.payments] {
        assert_eq!(held(cluster).as_deref(), Some(answer.text()));
        assert!(cluster.default_value(ROUTER_CONFIG_KEY).is_none());
    }
    let shown = until(&desk, "payments", "applied").await;
    assert_eq!(shown["size_bytes"], answer.text().len());
    let version = &answer.json()["metadata"]["resource_version"];
    let nodes = shown["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3);
    for node in nodes {
        assert_eq!(node["state"], "applied", "{node}");
        assert_eq!(&node["resource_version"], version);
    }
    let status = desk.status().await;
    assert_eq!(&status["companion"]["resource_version"], version);
    assert_eq!(status["companion"]["updated_at"], "2026-01-02T03:04:05Z");
    // The document is apart from it.
    assert_eq!(status["state"], "default");
    desk.until("payments", "default").await;
    // A second round finds everything done.
    desk.app.dispatch.ring();
    until(&desk, "home", "applied").await;
    let writes = world.payments.calls().into_iter();
    let writes = writes.filter(|call| matches!(call, FakeCall::AlterBrokerDefault { .. }));
    assert_eq!(writes.count(), 1);
    let text = desk.app.measurements();
    for line in [
        r#"openmds_companion_clusters{state="applied"} 2"#,
        r#"openmds_pushes_total{document="companion",outcome="accepted"} 2"#,
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn before_anybody_wrote_one_clusters_are_not_asked_for_it() {
    let world = World::new();
    let desk = both(&world).await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    assert!(!format!("{:?}", world.payments.calls()).contains(COMPANION_CONFIG_KEY));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_edits_or_deletes_by_hand_converges_back() {
    let world = World::new();
    let desk = both(&world).await;
    let stored = desk.update_companion(&companion("required")).await.is(200);
    until(&desk, "payments", "applied").await;
    for by_hand in [None, Some(""), Some("{}"), Some("no companion"), Some("[]")] {
        world.payments.put_default(COMPANION_CONFIG_KEY, by_hand);
        desk.app.dispatch.ring();
        eventually("the drift is mended", || async {
            (held(&world.payments).as_deref() == Some(stored.text())).then_some(())
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_wrote_is_left_alone_until_the_next_replacement() {
    let world = World::new();
    let foreign = r#"{"fail_modes":{"default":"required"}}"#;
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.update(&document(1)).await.is(200);
    desk.update_companion(&companion("durable")).await.is(200);
    world
        .payments
        .put_default(COMPANION_CONFIG_KEY, Some(foreign));
    desk.register_payments().await;
    let shown = until(&desk, "payments", "foreign").await;
    let error = shown["error"].as_str().unwrap();
    assert!(
        error.contains("companion that this server did not write"),
        "{error}"
    );
    // The document is ours there all the same, and replacing it claims nothing but itself.
    desk.until("payments", "applied").await;
    desk.update(&document(2)).await.is(200);
    desk.until("payments", "applied").await;
    assert_eq!(held(&world.payments).as_deref(), Some(foreign));
    let stored = desk.update_companion(&companion("durable")).await.is(200);
    until(&desk, "payments", "applied").await;
    assert_eq!(held(&world.payments).as_deref(), Some(stored.text()));
    // What was ours is recognized when the cluster comes back.
    let gone = "/registry/clusters/payments";
    desk.delete("mds", gone, None).await.is(204);
    desk.update_companion(&companion("best-effort"))
        .await
        .is(200);
    assert_eq!(held(&world.payments).as_deref(), Some(stored.text()));
    desk.register_payments().await;
    until(&desk, "payments", "applied").await;
    assert_ne!(held(&world.payments).as_deref(), Some(stored.text()));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_and_does_not_hold_the_document_up() {
    let world = World::new();
    let desk = both(&world).await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    world.payments.set_rejection(Some("no such mode"));
    let message = desk.update_companion(&companion("durable")).await;
    let message = message.is(500).message();
    let version = desk.companion().await["metadata"]["resource_version"].clone();
    let begins = format!(
        "The companion is stored as version {}; do not repeat the request. These clusters have it: home. ",
        version.as_str().unwrap()
    );
    assert!(message.starts_with(&begins), "{message}");
    assert!(message.contains("\npayments: ") && message.contains("no such mode"));
    until(&desk, "payments", "failed").await;
    desk.until("payments", "applied").await;
    world.payments.set_rejection(None);
    until(&desk, "payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_known_to_be_away_gets_it_later() {
    let world = World::new();
    let desk = both(&world).await;
    world.payments.set_condition(FakeCondition::Unreachable);
    desk.update_companion(&companion("durable")).await.is(500);
    until(&desk, "payments", "unreachable").await;
    let answer = desk.update_companion(&companion("required")).await.is(200);
    assert_eq!(answer.header("openmds-pending-clusters"), ["1"]);
    world.payments.set_condition(FakeCondition::Reachable);
    until(&desk, "payments", "applied").await;
    assert_eq!(held(&world.payments).as_deref(), Some(answer.text()));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_masks_or_hides_it_is_told_apart_from_the_document() {
    let world = World::new();
    let desk = both(&world).await;
    world.payments.set_override(2, COMPANION_CONFIG_KEY, "{}");
    world.payments.set_hides(1, COMPANION_CONFIG_KEY, true);
    desk.update(&document(1)).await.is(200);
    desk.update_companion(&companion("durable")).await.is(200);
    let shown = until(&desk, "payments", "pending").await;
    let node = |id: i64| {
        let mut nodes = shown["nodes"].as_array().unwrap().iter();
        nodes.find(|node| node["id"] == id).unwrap().clone()
    };
    assert_eq!(node(2)["state"], "drifted");
    let fix = "--entity-name 2 --delete-config openmds.audit.companion";
    assert!(node(2)["error"].as_str().unwrap().contains(fix));
    assert_eq!(node(1)["state"], "unknown");
    assert!(
        node(1)["error"]
            .as_str()
            .unwrap()
            .contains("a release that knows companions")
    );
    assert_eq!(node(100)["state"], "applied");
    desk.until("payments", "applied").await;
    assert_eq!(
        desk.status().await["companion"]["clusters"][0]["state"],
        json!("applied")
    );
}
