//! To which clusters a document goes, and to which it must not (`rulings.md` 12 and 15).

use openmds_policy::audit::ROUTER_CONFIG_KEY;
use serde_json::json;

use crate::desk::{document, entry};
use crate::world::{HOME, NOBODY, PAYMENTS, World};

#[tokio::test(start_paused = true)]
async fn a_cluster_registered_later_gets_the_document() {
    let world = World::new();
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    let stored = desk.update(&document(1)).await.is(200).json();
    let version = stored["metadata"]["resource_version"].as_str().unwrap();
    desk.register_payments().await;
    desk.until("payments", "applied").await;
    let pushed = world.payments.default_value(ROUTER_CONFIG_KEY).unwrap();
    assert!(pushed.contains(version));
    // Unregistered, it keeps what it has and is no longer looked at.
    desk.delete("mds", "/registry/clusters/payments", None)
        .await
        .is(204);
    desk.update(&document(2)).await.is(200);
    assert_eq!(
        world.payments.default_value(ROUTER_CONFIG_KEY).unwrap(),
        pushed
    );
    // What we wrote once is not foreign when it comes back.
    desk.register_payments().await;
    desk.until("payments", "applied").await;
    assert_ne!(
        world.payments.default_value(ROUTER_CONFIG_KEY).unwrap(),
        pushed
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_written_to_a_cluster_that_is_not_the_registered_one() {
    let world = World::new();
    let desk = world.start().await;
    desk.register("payments", "another-id", PAYMENTS).await;
    let message = desk.update(&document(1)).await.is(500).message();
    assert!(
        message.contains("the cluster at that address has the id payments-id, not another-id; nothing was written there"),
        "{message}"
    );
    assert!(world.payments.default_value(ROUTER_CONFIG_KEY).is_none());
    assert!(!format!("{:?}", world.payments.calls()).contains("Alter"));
}

#[tokio::test(start_paused = true)]
async fn no_token_crosses_a_network_in_clear() {
    let world = World::new();
    let desk = world.start().await;
    let body = json!([entry("far", "far-id", "kafka.example:9092")]);
    let answer = desk.post("mds", "/registry/clusters", &body).await.is(204);
    let warnings = answer.header("openmds-warning").join("\n");
    assert!(
        warnings.contains("openmds.push.plaintext.allowed"),
        "{warnings}"
    );
    let message = desk.update(&document(1)).await.is(500).message();
    assert!(
        message.contains("a token would cross the network in clear"),
        "{message}"
    );
    // Nor is a certificate trusted that nobody told us to trust.
    let mut body = json!([entry("far", "far-id", NOBODY)]);
    body[0]["protocol"] = json!("SASL_SSL");
    desk.post("mds", "/registry/clusters", &body).await.is(204);
    let message = desk.update(&document(1)).await.is(500).message();
    assert!(
        message.contains("this server trusts no certificate"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn once_any_cluster_is_registered_only_registered_ones_are_pushed_to() {
    let world = World::new();
    let desk = world.start().await;
    let body = json!([entry("payments", "payments-id", PAYMENTS)]);
    let answer = desk.post("mds", "/registry/clusters", &body).await.is(204);
    let warnings = answer.header("openmds-warning").join("\n");
    assert!(
        warnings.starts_with("the home cluster home-id is not registered"),
        "{warnings}"
    );
    assert_eq!(desk.status().await["warnings"], json!([warnings]));
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    assert!(world.home.default_value(ROUTER_CONFIG_KEY).is_none());
    desk.register("home", "home-id", HOME).await;
    assert_eq!(desk.status().await["warnings"], json!([]));
    desk.until("home", "applied").await;
}
