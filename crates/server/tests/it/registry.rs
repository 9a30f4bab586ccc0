//! The cluster registry (`rbac-registry-tokens.md` 2).

use openmds_kafka::fake::FakeCondition;
use serde_json::{Value, json};

use crate::desk::{Desk, entry};
use crate::world::{HOME, PAYMENTS, World};

fn component(name: &str, kafka: &str, kind: &str, id: &str) -> Value {
    json!({
        "clusterName": name,
        "scope": {"clusters": {"kafka-cluster": kafka, kind: id}},
        "hosts": [{"host": "10.0.0.5", "port": 8081}, {"host": "sr.example.com"}],
        "protocol": "HTTPS",
    })
}

async fn names(desk: &Desk, path: &str) -> Vec<String> {
    let list = desk.get("mds", path).await.is(200).json();
    let entries = list.as_array().unwrap().iter();
    entries
        .map(|entry| entry["clusterName"].as_str().unwrap().to_string())
        .collect()
}

async fn register(desk: &Desk, user: &str, entries: &Value) -> (u16, String) {
    let answer = desk.post(user, "/registry/clusters", entries).await;
    let status = answer.status.as_u16();
    let answer = answer.is(status);
    let message = if status == 204 {
        String::new()
    } else {
        answer.message()
    };
    (status, message)
}

#[tokio::test(start_paused = true)]
async fn entries_are_shown_as_they_were_given_and_sorted_by_name() {
    let world = World::new();
    let desk = world.start().await;
    let kafka = entry("Test-Broker", "k", PAYMENTS);
    let schemas = component("Test-Schema", "k", "schema-registry-cluster", "s");
    let connect = component("Test-Connect", "k", "connect-cluster", "c");
    let ksql = component("Test-Ksql", "k", "ksql-cluster", "q");
    let flink = json!({"clusterName": "Test-Flink", "scope": {"clusters": {"cmf": "m", "flink-environment": "e"}}, "hosts": [{"host": "f"}], "protocol": "HTTP"});
    let all = json!([schemas, kafka, connect, flink, ksql]);
    assert_eq!(register(&desk, "mds", &all).await.0, 204);
    let sorted = json!([kafka, connect, flink, ksql, schemas]);
    let list = desk.get("mds", "/registry/clusters").await.is(200).json();
    assert_eq!(list, sorted);
    let one = desk.get("mds", "/registry/clusters/Test-Schema").await;
    assert_eq!(one.is(200).json(), schemas);
    for (kind, name) in [
        ("kafka-cluster", "Test-Broker"),
        ("connect-cluster", "Test-Connect"),
        ("ksql-cluster", "Test-Ksql"),
        ("schema-registry-cluster", "Test-Schema"),
    ] {
        let path = format!("/registry/clusters?clusterType={kind}");
        assert_eq!(names(&desk, &path).await, [name]);
    }
    let message = desk
        .get("mds", "/registry/clusters/x")
        .await
        .is(404)
        .message();
    assert!(message.contains("no cluster named `x`"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_name_stands_for_one_scope_and_a_scope_has_one_name() {
    let world = World::new();
    let desk = world.start().await;
    let first = json!([entry("one", "k-1", PAYMENTS)]);
    assert_eq!(register(&desk, "mds", &first).await.0, 204);
    // Again, and with another address: that is an update.
    assert_eq!(register(&desk, "mds", &first).await.0, 204);
    let moved = json!([entry("one", "k-1", HOME)]);
    assert_eq!(register(&desk, "mds", &moved).await.0, 204);
    let shown = desk.get("mds", "/registry/clusters/one").await.json();
    assert_eq!(shown, moved[0]);
    let (status, message) = register(&desk, "mds", &json!([entry("one", "k-2", HOME)])).await;
    assert_eq!(status, 409);
    assert!(
        message.starts_with("one is already the name of kafka-cluster k-1"),
        "{message}"
    );
    let (status, message) = register(&desk, "mds", &json!([entry("two", "k-1", HOME)])).await;
    assert_eq!(status, 409);
    assert!(
        message.starts_with("kafka-cluster k-1 is already registered as one"),
        "{message}"
    );
    // All or none, also within one request.
    let half = json!([entry("three", "k-3", HOME), entry("four", "k-3", HOME)]);
    assert_eq!(register(&desk, "mds", &half).await.0, 409);
    assert_eq!(names(&desk, "/registry/clusters").await, ["one"]);
    // Unregistered, the name is free; that it is gone already is no error.
    for _ in 0..2 {
        desk.delete("mds", "/registry/clusters/one", None)
            .await
            .is(204);
    }
    assert_eq!(names(&desk, "/registry/clusters").await, [""; 0]);
    assert_eq!(
        register(&desk, "mds", &json!([entry("one", "k-2", HOME)]))
            .await
            .0,
        204
    );
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_wrong_is_named_at_once() {
    let world = World::new();
    let desk = world.start().await;
    let wrong = json!([
        {"clusterName": "a b", "scope": {"clusters": {}}, "hosts": [], "protocol": "SSL"},
        {"clusterName": "h\u{e9}", "scope": {"clusters": {"connect-cluster": "c"}}, "hosts": [{"host": "http://x", "port": 70000}], "protocol": "HTTP"},
        {"clusterName": "ok", "scope": {"clusters": {"kafka-cluster": "k"}}, "hosts": [{"host": "k", "port": 0}], "protocol": "HTTPS"},
        {"clusterName": "kind", "scope": {"clusters": {"zookeeper": "z"}}},
        {"clusterName": "two", "scope": {"clusters": {"kafka-cluster": "k", "connect-cluster": "c", "ksql-cluster": "q"}}, "hosts": [{"host": "x"}], "protocol": "HTTP"},
    ]);
    let answer = desk.post("mds", "/registry/clusters", &wrong).await.is(400);
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap().iter();
    let paths: Vec<&str> = errors
        .map(|error| error["error_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "[0].clusterName",
            "[0].scope",
            "[0].protocol",
            "[0].hosts",
            "[1].clusterName",
            "[1].scope",
            "[1].hosts[0].host",
            "[1].hosts[0].port",
            "[2].protocol",
            "[2].hosts[0].port",
            "[3].scope",
            "[3].protocol",
            "[3].hosts",
            "[4].scope",
        ]
    );
    assert_eq!(names(&desk, "/registry/clusters").await, [""; 0]);
    // What is no list of clusters at all.
    for body in [
        json!({}),
        json!([1]),
        json!([{"clusterName": 1}]),
        json!([{"clusterName": "x", "scope": {"clusters": {}}, "hosts": [{"host": "x", "port": "1"}]}]),
    ] {
        assert_eq!(register(&desk, "mds", &body).await.0, 400);
    }
}

#[tokio::test(start_paused = true)]
async fn hosts_and_protocol_are_for_administrators() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let full = entry("payments", "payments-id", PAYMENTS);
    let redacted = json!({"clusterName": "payments", "scope": full["scope"]});
    let shown = |user: &'static str| {
        let desk = &desk;
        async move {
            let list = desk.get(user, "/registry/clusters").await.is(200).json();
            let one = desk.get(user, "/registry/clusters/payments").await.is(200);
            assert_eq!(list, json!([one.json()]));
            one.json()
        }
    };
    assert_eq!(shown("bob").await, redacted);
    assert_eq!(shown("mds").await, full);
    desk.grant("bob", "Operator", "payments-id").await;
    assert_eq!(shown("bob").await, redacted);
    desk.grant("bob", "ClusterAdmin", "payments-id").await;
    assert_eq!(shown("bob").await, full);
}

#[tokio::test(start_paused = true)]
async fn who_may_register_what() {
    let world = World::new();
    let desk = world.start().await;
    let payments = json!([entry("payments", "payments-id", PAYMENTS)]);
    let other = json!([entry("other", "other-id", PAYMENTS)]);
    assert_eq!(register(&desk, "alice", &payments).await.0, 403);
    // The administrator of a cluster: that one only.
    desk.grant("alice", "ClusterAdmin", "payments-id").await;
    assert_eq!(register(&desk, "alice", &payments).await.0, 204);
    assert_eq!(register(&desk, "alice", &other).await.0, 403);
    // Of the home cluster as well: those who administer everything there, nobody less.
    for role in [
        "ClusterAdmin",
        "UserAdmin",
        "SecurityAdmin",
        "AuditAdmin",
        "Operator",
    ] {
        desk.grant("bob", role, "home-id").await;
        let (status, message) = register(&desk, "bob", &other).await;
        let path = format!("/principals/User:bob/roles/{role}");
        let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
        desk.delete("mds", &path, Some(&scope)).await.is(204);
        assert_eq!(status, 403, "{role}: {message}");
    }
    desk.grant("bob", "SystemAdmin", "home-id").await;
    assert_eq!(register(&desk, "bob", &other).await.0, 204);
    desk.delete("bob", "/registry/clusters/payments", None)
        .await
        .is(204);
    let refused = desk
        .delete("alice", "/registry/clusters/other", None)
        .await
        .is(403);
    assert!(refused.message().contains("Alter on the registry entry other (kafka-cluster other-id). Fix it:\nopenmds iam rbac role-binding create --role ClusterAdmin --principal User:alice --kafka-cluster other-id"));
}

#[tokio::test(start_paused = true)]
async fn a_home_cluster_that_is_another_one_is_a_warning() {
    let mut world = World::new();
    world.set("openmds.cluster.id", "told-id");
    let desk = world.start().await;
    let expected = "the cluster at confluent.metadata.bootstrap.servers has the id home-id, but openmds.cluster.id says told-id; correct one of them";
    crate::desk::eventually("the warning appears", || async {
        (desk.status().await["warnings"] == json!([expected])).then_some(())
    })
    .await;
    world.home.set_condition(FakeCondition::Unreachable);
    assert_eq!(desk.status().await["warnings"], json!([expected]));
}
