//! Who may see and change the document, and what the others are told (`audit-logs.md` 7.6 and 8).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use crate::desk::{Desk, basic, document};
use crate::world::World;

const ENDPOINTS: [&str; 4] = [
    "/audit/config",
    "/audit/routes",
    "/audit/lookup",
    "/audit/status",
];

async fn refusal(desk: &Desk, user: &str, method: Method, agent: &str) -> String {
    let request = Request::builder()
        .method(method)
        .uri("/security/1.0/audit/config")
        .header(header::AUTHORIZATION, basic(user))
        .header(header::USER_AGENT, agent);
    let answer = desk.send(request.body(Body::empty()).unwrap()).await;
    answer.is(403).message()
}

#[tokio::test(start_paused = true)]
async fn the_refusal_lists_the_commands_that_fix_it() {
    let world = World::new();
    let desk = world.start().await;
    desk.register("home", "home-id", crate::world::HOME).await;
    desk.register_payments().await;
    let expected = |operation: &str, program: &str| {
        format!(
            "User:alice not permitted to {operation} on one or more clusters. Fix it:\n\
             {program} iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster home-id\n\
             {program} iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster payments-id"
        )
    };
    let ours = "openmds/0.1.0";
    let theirs = "Confluent-CLI/v4.56.0 (https://confluent.io; support@confluent.io)";
    let shown = refusal(&desk, "alice", Method::GET, ours).await;
    assert_eq!(shown, expected("DescribeConfigs", "openmds"));
    let shown = refusal(&desk, "alice", Method::PUT, ours).await;
    assert_eq!(shown, expected("AlterConfigs", "openmds"));
    let shown = refusal(&desk, "alice", Method::GET, theirs).await;
    assert_eq!(shown, expected("DescribeConfigs", "confluent"));
    let shown = refusal(&desk, "alice", Method::PUT, theirs).await;
    assert_eq!(shown, expected("AlterConfigs", "confluent"));
    // A name with spaces is one word of the shell.
    let shown = refusal(&desk, "CN=carol, OU=x/y", Method::GET, ours).await;
    let word = "--principal 'User:CN=carol, OU=x/y' --kafka-cluster home-id";
    assert!(shown.contains(word), "{shown}");

    // Only what is missing is listed.
    desk.grant("alice", "AuditAdmin", "home-id").await;
    let shown = refusal(&desk, "alice", Method::GET, ours).await;
    let (_, commands) = shown.split_once('\n').unwrap();
    assert_eq!(
        commands,
        "openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster payments-id"
    );
}

#[tokio::test(start_paused = true)]
async fn an_audit_administrator_needs_every_kafka_cluster() {
    let world = World::new();
    let desk = world.start().await;
    desk.grant("alice", "AuditAdmin", "home-id").await;
    for endpoint in ENDPOINTS {
        desk.get("alice", endpoint).await.is(200);
    }
    // A registered Kafka cluster more is a right more; another kind of cluster is not.
    let connect = json!([{
        "clusterName": "connect",
        "scope": {"clusters": {"kafka-cluster": "home-id", "connect-cluster": "c"}},
        "hosts": [{"host": "connect", "port": 8083}],
        "protocol": "HTTPS",
    }]);
    desk.post("mds", "/registry/clusters", &connect)
        .await
        .is(204);
    desk.get("alice", "/audit/config").await.is(200);
    desk.register_payments().await;
    for endpoint in ENDPOINTS {
        desk.get("alice", endpoint).await.is(403);
    }
    desk.grant("alice", "AuditAdmin", "payments-id").await;
    for endpoint in ENDPOINTS {
        desk.get("alice", endpoint).await.is(200);
    }
    let mut changed = document(1);
    changed["metadata"] = desk.document().await["metadata"].clone();
    desk.put("alice", "/audit/config", &changed).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn other_administrators_do_not_administer_audit_logs() {
    let world = World::new();
    let desk = world.start().await;
    for role in ["SecurityAdmin", "UserAdmin", "ClusterAdmin", "Operator"] {
        desk.grant("bob", role, "home-id").await;
        desk.get("bob", "/audit/config").await.is(403);
    }
    desk.grant("bob", "SystemAdmin", "home-id").await;
    desk.get("bob", "/audit/config").await.is(200);
    desk.get("mds", "/audit/config").await.is(200);
}

#[tokio::test(start_paused = true)]
async fn before_the_home_cluster_told_its_id_only_super_users_are_served() {
    let mut world = World::new();
    world.unset("openmds.cluster.id");
    world
        .home
        .set_condition(openmds_kafka::fake::FakeCondition::Unreachable);
    let desk = world.start().await;
    desk.get("mds", "/audit/config").await.is(200);
    let message = desk.get("alice", "/audit/config").await.is(500).message();
    assert!(message.contains("has not told its id yet"), "{message}");
    let answer = desk.update(&document(1)).await.is(200);
    assert_eq!(answer.header("openmds-pending-clusters"), ["1"]);

    world
        .home
        .set_condition(openmds_kafka::fake::FakeCondition::Reachable);
    desk.until("home", "applied").await;
    desk.get("alice", "/audit/config").await.is(403);
    // The id is kept: the next start needs no answer.
    desk.kill().await;
    world
        .home
        .set_condition(openmds_kafka::fake::FakeCondition::Unreachable);
    let desk = world.start().await;
    desk.get("alice", "/audit/config").await.is(403);
}
