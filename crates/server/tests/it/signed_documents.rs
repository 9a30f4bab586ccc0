//! Documents that the server vouches for (`spec/document-signature.md`): what is signed, when anew, and
//! what is left alone.

use openmds_kafka::fake::{FakeCall, FakeCluster};
use openmds_policy::audit::ROUTER_CONFIG_KEY;
use serde_json::Value;

use crate::companion::companion;
use crate::desk::{Desk, document, eventually};
use crate::world::{HOME, World};

const SIGN: &str = "openmds.audit.documents.sign";
const SIGNATURE: &str = "openmds.audit.signature";

fn signature(cluster: &FakeCluster) -> Option<Value> {
    let value = cluster.default_value(SIGNATURE)?;
    Some(serde_json::from_str(&value).unwrap())
}

/// How often the cluster was given a signature.
fn pushes(cluster: &FakeCluster) -> usize {
    let calls = cluster.calls().into_iter();
    let signed = |call: &FakeCall| {
        matches!(call, FakeCall::AlterBrokerDefault { .. })
            && format!("{call:?}").contains(SIGNATURE)
    };
    calls.filter(signed).count()
}

async fn signed(desk: &Desk, cluster: &FakeCluster, than: usize) -> Value {
    desk.app.dispatch.ring();
    eventually("the cluster is given a signature", || async {
        (pushes(cluster) > than)
            .then(|| signature(cluster))
            .flatten()
    })
    .await
}

async fn quiet(desk: &Desk, cluster: &FakeCluster, name: &str) {
    let before = pushes(cluster);
    for _ in 0..3 {
        desk.app.dispatch.ring();
        desk.until(name, "applied").await;
        tokio::time::sleep(std::time::Duration::from_secs(70)).await;
    }
    assert_eq!(pushes(cluster), before, "what is signed is signed once");
}

async fn desk(world: &World) -> Desk {
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.register_payments().await;
    desk
}

#[tokio::test(start_paused = true)]
async fn each_cluster_has_a_signature_of_its_own_and_a_new_one_with_each_document() {
    let mut world = World::new();
    world.set(SIGN, "true");
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    let first = signed(&desk, &world.payments, 0).await;
    assert_eq!(first["cluster"], "payments-id");
    assert_eq!(signed(&desk, &world.home, 0).await["cluster"], "home-id");
    quiet(&desk, &world.payments, "payments").await;
    let mut before = first;
    for step in 2..4 {
        if step == 2 {
            desk.update(&document(2)).await.is(200);
        } else {
            desk.update_companion(&companion("durable")).await.is(200);
        }
        let next = signed(&desk, &world.payments, step - 1).await;
        assert_ne!(next["signature"], before["signature"]);
        assert!(next["generation"].as_u64() > before["generation"].as_u64());
        before = next;
    }
    let text = desk.app.measurements();
    let line = r#"openmds_pushes_total{document="signature",outcome="accepted"}"#;
    assert!(text.contains(line), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_the_server_signed_counts_after_a_restart_and_what_others_put_there_does_not() {
    let mut world = World::new();
    world.set(SIGN, "true");
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    let first = signed(&desk, &world.payments, 0).await;
    desk.kill().await;
    let desk = world.start().await;
    desk.until("payments", "applied").await;
    quiet(&desk, &world.payments, "payments").await;
    assert_eq!(signature(&world.payments), Some(first.clone()));
    let text = first.to_string();
    let others = [
        None,
        Some(String::new()),
        Some("{}".to_string()),
        Some(text.replace("payments-id", "home-id")),
    ];
    for (pushed, other) in (pushes(&world.payments)..).zip(others) {
        world.payments.put_default(SIGNATURE, other.as_deref());
        signed(&desk, &world.payments, pushed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_signed_unasked_and_nothing_that_is_not_ours() {
    let world = World::new();
    let desk = desk(&world).await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    quiet(&desk, &world.payments, "payments").await;
    assert_eq!(signature(&world.payments), None);
    desk.kill().await;
    let mut world = World::new();
    world.set(SIGN, "true");
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.update(&document(1)).await.is(200);
    world
        .payments
        .put_default(ROUTER_CONFIG_KEY, Some(r#"{"foreign":true}"#));
    desk.register_payments().await;
    desk.until("payments", "foreign").await;
    desk.app.dispatch.ring();
    desk.until("home", "applied").await;
    assert_eq!(signature(&world.payments), None);
    assert!(signature(&world.home).is_some());
    let with_companion = desk.update_companion(&companion("durable")).await;
    with_companion.is(200);
    desk.until("payments", "foreign").await;
    assert_eq!(signature(&world.payments), None, "half of it is not ours");
}
