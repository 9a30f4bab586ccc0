//! Restarts: what was stored converges, and nothing is done twice.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use openmds_kafka::fake::{FakeCall, FakeCluster, FakeCondition};
use openmds_policy::audit::ROUTER_CONFIG_KEY;

use crate::desk::{basic, document, eventually};
use crate::world::World;

fn writes(cluster: &FakeCluster) -> usize {
    let calls = cluster.calls().into_iter();
    calls
        .filter(|call| matches!(call, FakeCall::AlterBrokerDefault { .. }))
        .count()
}

#[tokio::test(start_paused = true)]
async fn a_server_that_was_killed_converges_and_repeats_nothing() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    world.payments.set_condition(FakeCondition::Unreachable);
    desk.app.dispatch.ring();
    desk.until("payments", "unreachable").await;
    let stored = desk.update(&document(2)).await.is(200).json();
    desk.kill().await;

    world.payments.set_condition(FakeCondition::Reachable);
    world.payments.forget_calls();
    let desk = world.start().await;
    assert_eq!(desk.document().await, stored);
    let shown = desk.until("payments", "applied").await;
    assert_eq!(
        shown["nodes"][0]["resource_version"],
        stored["metadata"]["resource_version"]
    );
    assert_eq!(writes(&world.payments), 1);
    desk.kill().await;

    // The next start finds everything done.
    let desk = world.start().await;
    desk.until("payments", "applied").await;
    assert_eq!(writes(&world.payments), 1);
    // Versions go on where they stopped: none is given twice.
    let next = desk.update(&document(2)).await.is(200).json();
    assert_ne!(next["metadata"], stored["metadata"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_hangs_up_does_not_stop_what_it_began() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    desk.until("payments", "default").await;
    let mut wanted = document(1);
    wanted["metadata"] = desk.document().await["metadata"].clone();
    // The answer waits for a cluster that says nothing, and the client does not.
    world.payments.set_condition(FakeCondition::Frozen);
    let request = Request::builder()
        .method(Method::PUT)
        .uri("/security/1.0/audit/config")
        .header(header::AUTHORIZATION, basic("mds"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(wanted.to_string()));
    let sent = tokio::time::timeout(Duration::from_millis(1), desk.send(request.unwrap()));
    assert!(sent.await.is_err());
    eventually("the document is stored", || async {
        (desk.status().await["state"] == "stored").then_some(())
    })
    .await;
    world.payments.set_condition(FakeCondition::Reachable);
    desk.until("payments", "applied").await;
    assert!(world.payments.default_value(ROUTER_CONFIG_KEY).is_some());
    // And the store goes on.
    desk.update(&document(2)).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn several_writers_get_one_version_each() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let mut wanted = document(1);
    wanted["metadata"] = desk.document().await["metadata"].clone();
    let one = desk.put("mds", "/audit/config", &wanted);
    let other = desk.put("mds", "/audit/config", &wanted);
    let (one, other) = tokio::join!(one, other);
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let shown = desk.document().await;
    assert_eq!(one.json(), shown);
    assert_eq!(other.json(), shown);
}
