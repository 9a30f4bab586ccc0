//! Verifying registered clusters, and the properties for their brokers.

use openmds_kafka::fake::FakeCondition;
use serde_json::{Value, json};

use crate::desk::{Desk, entry};
use crate::world::{NOBODY, PAYMENTS, World};

const VERIFY: &str = "/registry/clusters/payments/verify";
const AUTHORIZER: &str = "io.openmds.kafka.OpenMdsAuthorizer";

async fn world() -> (World, Desk) {
    let world = World::new();
    for broker in [1, 2] {
        world
            .payments
            .set_override(broker, "authorizer.class.name", AUTHORIZER);
    }
    let desk = world.start().await;
    desk.register_payments().await;
    (world, desk)
}

async fn verified(desk: &Desk) -> Value {
    desk.post("mds", VERIFY, &json!({})).await.is(200).json()
}

/// The one check that failed, and that all before it are well.
fn failed(answer: &Value) -> &Value {
    assert_eq!(answer["ok"], false, "{answer:#}");
    let checks = answer["checks"].as_array().unwrap();
    let failed: Vec<&Value> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(failed.len(), 1, "{answer:#}");
    assert!(
        failed[0]["fix"].as_str().is_some_and(|fix| !fix.is_empty()),
        "{answer:#}"
    );
    failed[0]
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_well_passes_every_check() {
    let (_world, desk) = world().await;
    let answer = verified(&desk).await;
    let checks = answer["checks"].as_array().unwrap().iter();
    let names: Vec<&str> = checks
        .map(|check| check["check"].as_str().unwrap())
        .collect();
    let all = [
        "connect",
        "kafka-protocol",
        "oauthbearer",
        "token",
        "cluster-id",
        "rights",
        "plugin",
    ];
    assert_eq!(names, all, "{answer:#}");
    assert_eq!(answer["ok"], true, "{answer:#}");
    assert_eq!(answer["clusterName"], "payments");
}

#[tokio::test(start_paused = true)]
async fn each_fault_is_named_with_what_to_do() {
    let (world, desk) = world().await;
    world.payments.set_condition(FakeCondition::BadCredentials);
    let answer = verified(&desk).await;
    let token = failed(&answer);
    assert_eq!(token["check"], "token");
    let fix = token["fix"].as_str().unwrap();
    assert!(
        fix.contains("sasl.oauthbearer.expected.audience=payments-id"),
        "{fix}"
    );
    world.payments.set_condition(FakeCondition::Unreachable);
    assert_eq!(failed(&verified(&desk).await)["check"], "connect");
    world.payments.set_condition(FakeCondition::Reachable);
    world.payments.deny("AlterConfigs");
    let answer = verified(&desk).await;
    assert_eq!(failed(&answer)["check"], "rights");
    assert!(
        answer.to_string().contains("lacks AlterConfigs"),
        "{answer:#}"
    );
    world.payments.allow("AlterConfigs");
    world
        .payments
        .set_override(2, "authorizer.class.name", "other.Authorizer");
    let answer = verified(&desk).await;
    assert_eq!(failed(&answer)["check"], "plugin");
    assert!(
        answer
            .to_string()
            .contains("broker 2 runs other.Authorizer"),
        "{answer:#}"
    );
}

#[tokio::test(start_paused = true)]
async fn another_cluster_at_the_address_is_named() {
    let (_world, desk) = world().await;
    desk.register("orders", "orders-id", PAYMENTS).await;
    let path = "/registry/clusters/orders/verify";
    let answer = desk.post("mds", path, &json!({})).await.is(200).json();
    let identity = failed(&answer);
    assert_eq!(identity["check"], "cluster-id");
    assert_eq!(
        identity["detail"],
        "this is cluster payments-id, which is registered as payments, not orders-id"
    );
}

#[tokio::test(start_paused = true)]
async fn who_may_register_may_verify_and_configure() {
    let (_world, desk) = world().await;
    let config = "/registry/clusters/payments/config";
    desk.post("alice", VERIFY, &json!({})).await.is(403);
    desk.get("alice", config).await.is(403);
    desk.post("mds", "/registry/clusters/nobody/verify", &json!({}))
        .await
        .is(404);
    desk.get("mds", "/registry/clusters/nobody/config")
        .await
        .is(404);
    desk.grant("alice", "ClusterAdmin", "payments-id").await;
    desk.post("alice", VERIFY, &json!({})).await.is(200);
    desk.get("alice", config).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn the_properties_are_those_of_this_cluster() {
    let (_world, desk) = world().await;
    let answer = desk
        .get("mds", "/registry/clusters/payments/config")
        .await
        .is(200)
        .json();
    let text = answer["properties"].as_str().unwrap();
    for line in [
        "listener.name.token.sasl.enabled.mechanisms=OAUTHBEARER",
        "listener.name.token.sasl.oauthbearer.expected.issuer=openmds",
        "listener.name.token.sasl.oauthbearer.expected.audience=payments-id,openmds",
        "authorizer.class.name=io.openmds.kafka.OpenMdsAuthorizer",
        "confluent.security.event.logger.exporter.kafka.topic.create=false",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is missing in\n{text}"
        );
    }
    assert!(text.contains("#listener.name.token.oauthbearer.sasl.server.callback.handler.class=io.openmds.kafka.OpenMdsTokenValidator"));
    // A component has no broker properties.
    let mut connect = entry("connect", "payments-id", NOBODY);
    connect["scope"]["clusters"]["connect-cluster"] = json!("c1");
    connect["protocol"] = json!("HTTP");
    desk.post("mds", "/registry/clusters", &json!([connect]))
        .await
        .is(204);
    desk.get("mds", "/registry/clusters/connect/config")
        .await
        .is(400);
}
