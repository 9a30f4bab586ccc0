//! What each node has applied, and what is not known (`rulings.md` 7).

use openmds_kafka::fake::FakeCondition;
use openmds_policy::audit::ROUTER_CONFIG_KEY;
use serde_json::Value;

use crate::desk::{Desk, document, eventually};
use crate::world::{World, at};

async fn desk(world: &World) -> Desk {
    let desk = world.start().await;
    desk.register_payments().await;
    desk
}

/// Waits until the node of `payments` is in the state.
async fn node(desk: &Desk, id: i32, state: &str) -> Value {
    eventually(&format!("node {id} is {state}"), || async {
        let status = desk.status().await;
        let nodes = status["clusters"][0]["nodes"].as_array().cloned();
        let mut nodes = nodes.unwrap_or_default().into_iter();
        nodes.find(|node| node["id"] == id && node["state"] == state)
    })
    .await
}

fn error(node: &Value) -> &str {
    node["error"].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_node_that_has_not_followed_yet_is_pending() {
    let world = World::new();
    let desk = desk(&world).await;
    let old = desk.update(&document(1)).await.is(200).json();
    desk.until("payments", "applied").await;
    world.payments.set_applies(2, false);
    desk.update(&document(2)).await.is(200);
    let late = node(&desk, 2, "pending").await;
    assert_eq!(
        late["resource_version"],
        old["metadata"]["resource_version"]
    );
    assert_eq!(late["error"], Value::Null);
    node(&desk, 1, "applied").await;
    desk.until("payments", "pending").await;
    world.payments.set_applies(2, true);
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn an_override_of_one_broker_is_drift() {
    let world = World::new();
    let desk = desk(&world).await;
    world.payments.set_override(2, ROUTER_CONFIG_KEY, "{}");
    desk.update(&document(1)).await.is(200);
    let drifted = node(&desk, 2, "drifted").await;
    let fix = "kafka-configs --alter --entity-type brokers --entity-name 2 --delete-config confluent.security.event.router.config";
    assert!(error(&drifted).contains(fix), "{drifted}");
    desk.until("payments", "pending").await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hides_the_value_is_unknown() {
    let world = World::new();
    let desk = desk(&world).await;
    world.payments.set_hides_values(true);
    desk.update(&document(1)).await.is(200);
    let hidden = node(&desk, 1, "unknown").await;
    assert!(
        error(&hidden).contains("io.openmds.kafka.OpenMdsAuthorizer"),
        "{hidden}"
    );
    desk.until("payments", "pending").await;
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_vanishes_is_unknown_until_it_is_back() {
    let world = World::new();
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    world.payments.remove_broker(2);
    desk.app.dispatch.ring();
    let gone = node(&desk, 2, "unknown").await;
    assert!(error(&gone).contains("among the living"), "{gone}");
    // What it last showed, and when, is still told.
    assert!(gone["resource_version"].is_string() && gone["checked_at"].is_string());
    desk.until("payments", "pending").await;
    // Also by a server that was not there when it vanished.
    desk.kill().await;
    let desk = world.start().await;
    node(&desk, 2, "unknown").await;
    world.payments.add_broker(2, &at("127.0.0.1:9202"));
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn a_frozen_broker_is_unknown_and_the_others_are_applied() {
    let world = World::new();
    let desk = desk(&world).await;
    world.payments.set_node_condition(2, FakeCondition::Frozen);
    desk.update(&document(1)).await.is(200);
    let frozen = node(&desk, 2, "unknown").await;
    assert!(error(&frozen).contains("no answer within 2 s"), "{frozen}");
    node(&desk, 1, "applied").await;
    node(&desk, 100, "applied").await;
    world
        .payments
        .set_node_condition(2, FakeCondition::Reachable);
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn a_controller_is_asked_at_its_own_address() {
    let world = World::new();
    let desk = desk(&world).await;
    world
        .payments
        .set_node_condition(100, FakeCondition::Unreachable);
    desk.update(&document(1)).await.is(200);
    let away = node(&desk, 100, "unknown").await;
    assert_eq!(away["role"], "controller");
    assert!(error(&away).contains("127.0.0.1:9290"), "{away}");
    world
        .payments
        .set_node_condition(100, FakeCondition::Reachable);
    desk.until("payments", "applied").await;
}

#[tokio::test(start_paused = true)]
async fn a_controller_without_an_address_is_unknown() {
    let mut world = World::new();
    world.unset("openmds.controllers.payments");
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    let unasked = node(&desk, 100, "unknown").await;
    let fix = "set openmds.controllers.payments=100@<host>:<port of its token listener>";
    assert!(error(&unasked).contains(fix), "{unasked}");
    desk.until("payments", "pending").await;
}

#[tokio::test(start_paused = true)]
async fn a_controller_beyond_this_machine_gets_no_token_in_clear() {
    let mut world = World::new();
    world.set(
        "openmds.controllers.payments",
        "100@controller.example:9093",
    );
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    let refused = node(&desk, 100, "unknown").await;
    assert!(
        error(&refused).contains("a token would cross the network in clear"),
        "{refused}"
    );
}
