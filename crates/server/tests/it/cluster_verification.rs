//! Verifying registered clusters, and the properties for their brokers.

use openmds_kafka::fake::FakeCondition;
use serde_json::{Value, json};

use crate::desk::{Desk, entry};
use crate::world::{NOBODY, PAYMENTS, PAYMENTS_CONTROLLER, World};

const ROUTER_CONFIG: &str = "confluent.security.event.router.config";
const VERIFY: &str = "/registry/clusters/payments/verify";
const AUTHORIZER_KEY: &str = "authorizer.class.name";
const AUTHORIZER: &str = "io.openmds.kafka.OpenMdsAuthorizer";

async fn world() -> (World, Desk) {
    let world = World::new();
    for node in [1, 2, 100] {
        world
            .payments
            .set_override(node, AUTHORIZER_KEY, AUTHORIZER);
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
        "controllers",
    ];
    assert_eq!(names, all, "{answer:#}");
    let said = |check: usize| answer["checks"][check]["detail"].as_str().unwrap();
    assert_eq!(said(6), format!("brokers 1, 2 run {AUTHORIZER}"));
    assert_eq!(said(7), format!("controller 100 runs {AUTHORIZER}"));
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
        .set_override(2, AUTHORIZER_KEY, "other.Authorizer");
    let answer = verified(&desk).await;
    assert_eq!(failed(&answer)["check"], "plugin");
    assert!(
        answer
            .to_string()
            .contains("broker 2 runs other.Authorizer"),
        "{answer:#}"
    );
}

/// The one fault: its check, detail and fix.
async fn fault(desk: &Desk) -> (String, String, String) {
    let answer = verified(desk).await;
    let check = failed(&answer);
    let text = |field: &str| check[field].as_str().unwrap().to_string();
    (text("check"), text("detail"), text("fix"))
}

#[tokio::test(start_paused = true)]
async fn a_controller_without_the_authorizer_is_named() {
    let (world, desk) = world().await;
    let controller = format!("controller 100 at {PAYMENTS_CONTROLLER}");
    for (class, runs) in [
        ("other.Authorizer", "runs other.Authorizer"),
        ("", "runs no authorizer"),
    ] {
        world.payments.set_override(100, AUTHORIZER_KEY, class);
        let (check, detail, fix) = fault(&desk).await;
        assert_eq!(check, "controllers");
        assert_eq!(
            detail,
            format!("{controller} {runs}: it records no audit events")
        );
        let set = format!("set {AUTHORIZER_KEY}={AUTHORIZER} on every broker and controller");
        assert!(fix.contains(&set), "{fix}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_cannot_be_asked_is_named() {
    let (world, desk) = world().await;
    let controller = format!("controller 100 at {PAYMENTS_CONTROLLER}");
    for condition in [FakeCondition::Unreachable, FakeCondition::BadCredentials] {
        world.payments.set_node_condition(100, condition);
        let (check, detail, fix) = fault(&desk).await;
        assert_eq!(check, "controllers");
        let start = format!("{controller} cannot be asked: ");
        assert!(detail.starts_with(&start), "{detail}");
        assert!(fix.contains("openmds.controllers.payments"), "{fix}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_without_an_address_is_named() {
    let mut world = World::new();
    world.unset("openmds.controllers.payments");
    for broker in [1, 2] {
        world
            .payments
            .set_override(broker, AUTHORIZER_KEY, AUTHORIZER);
    }
    let desk = world.start().await;
    desk.register_payments().await;
    let (check, detail, fix) = fault(&desk).await;
    assert_eq!(check, "controllers");
    assert_eq!(
        detail,
        "controller 100 cannot be asked: its address is not known"
    );
    let set = "set openmds.controllers.payments=100@<host>:<port of its token listener>";
    assert!(fix.starts_with(set), "{fix}");
}

/// Kafka hides what it does not know; the authorizer lifts that where it can.
#[tokio::test(start_paused = true)]
async fn nodes_that_hide_the_document_are_named() {
    let (world, desk) = world().await;
    world.payments.put_default(ROUTER_CONFIG, Some("{}"));
    for (node, check, name) in [
        (2, "plugin", "broker 2".to_string()),
        (
            100,
            "controllers",
            format!("controller 100 at {PAYMENTS_CONTROLLER}"),
        ),
    ] {
        world.payments.set_hides(node, ROUTER_CONFIG, true);
        let (found, detail, fix) = fault(&desk).await;
        assert_eq!(found, check);
        let hides = format!("{name} runs {AUTHORIZER}, but hides {ROUTER_CONFIG}");
        assert!(detail.starts_with(&hides), "{detail}");
        assert!(fix.contains("replace it, then restart the node"), "{fix}");
        world.payments.set_hides(node, ROUTER_CONFIG, false);
    }
    assert_eq!(verified(&desk).await["ok"], true);
}

#[tokio::test(start_paused = true)]
async fn an_address_that_two_clusters_share_is_named_where_the_token_is_refused() {
    let (world, desk) = world().await;
    desk.register("orders", "orders-id", PAYMENTS).await;
    world.payments.set_condition(FakeCondition::BadCredentials);
    let path = "/registry/clusters/orders/verify";
    let answer = desk.post("mds", path, &json!({})).await.is(200).json();
    let token = failed(&answer);
    assert_eq!(token["check"], "token");
    let fix = token["fix"].as_str().unwrap();
    let whose = "this address is also registered for payments (cluster payments-id): if it is that cluster's, register the hosts of cluster orders-id instead";
    assert!(fix.starts_with(whose), "{fix}");
    assert!(fix.contains("expected.audience=orders-id"), "{fix}");
}

/// Otherwise a token for one cluster would be good for all (`rulings.md` 15).
#[tokio::test(start_paused = true)]
async fn a_cluster_with_the_users_audience_as_id_gets_no_token() {
    let mut world = World::new();
    world.set("openmds.token.audience", "payments-id");
    let desk = world.start().await;
    desk.register_payments().await;
    world.payments.forget_calls();
    let (check, detail, _) = fault(&desk).await;
    assert_eq!(check, "connect");
    assert!(
        detail.contains("payments-id is both this cluster's id and openmds.token.audience"),
        "{detail}"
    );
    assert_eq!(world.payments.calls(), []);
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
