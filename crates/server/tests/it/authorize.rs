//! Lists of actions, decided for components about their users (`rbac-registry-tokens.md` 9.1).

use axum::http::Method;
use serde_json::{Value, json};

use crate::bindings::{beside, kafka, member};
use crate::desk::Desk;
use crate::world::World;

fn action(scope: &Value, operation: &str, resource: &str) -> Value {
    let (kind, name) = resource.split_once(':').unwrap();
    json!({"scope": scope, "operation": operation, "resourceType": kind, "resourceName": name})
}

fn request(user: &str, actions: &[Value]) -> Value {
    json!({"userPrincipal": user, "actions": actions})
}

async fn decided(desk: &Desk, user: &str, about: &str, actions: &[Value]) -> Value {
    let body = request(about, actions);
    desk.put(user, "/authorize", &body).await.is(200).json()
}

#[tokio::test(start_paused = true)]
async fn actions_are_decided_in_their_order() {
    let world = World::new();
    let desk = world.start().await;
    let (k, schemas) = (kafka("k"), beside("k", "schema-registry-cluster", "s"));
    desk.bind(
        "User:bob",
        "DeveloperRead",
        &k,
        &["Topic:orders-*", "Group:g"],
    )
    .await;
    desk.bind("User:bob", "ClusterAdmin", &kafka("other"), &[])
        .await;
    let actions = [
        action(&k, "Read", "Topic:orders-eu"),
        action(&k, "Write", "Topic:orders-eu"),
        action(&k, "Read", "Topic:order"),
        action(&k, "Read", "Group:g"),
        action(&k, "Read", "Group:gg"),
        action(&schemas, "Read", "Subject:orders-eu"),
        action(&kafka("other"), "AlterConfigs", "Topic:any"),
        action(&kafka("other"), "Read", "Topic:any"),
        action(&k, "Nonsense", "Nothing:x"),
    ];
    let expected = json!([
        "ALLOWED", "DENIED", "DENIED", "ALLOWED", "DENIED", "DENIED", "ALLOWED", "DENIED", "DENIED"
    ]);
    assert_eq!(decided(&desk, "mds", "User:bob", &actions).await, expected);
    assert_eq!(decided(&desk, "bob", "User:bob", &actions).await, expected);
    assert_eq!(decided(&desk, "bob", "User:bob", &[]).await, json!([]));
    let all = json!(vec!["ALLOWED"; actions.len()]);
    assert_eq!(decided(&desk, "mds", "User:mds", &actions).await, all);
    let none = json!(vec!["DENIED"; actions.len()]);
    assert_eq!(decided(&desk, "mds", "User:nobody", &actions).await, none);
}

#[tokio::test(start_paused = true)]
async fn groups_of_the_user_count() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind("Group:dev", "DeveloperWrite", &k, &["Topic:t"])
        .await;
    desk.bind("Group:ops", "SecurityAdmin", &k, &[]).await;
    let write = request("User:erin", &[action(&k, "Write", "Topic:t")]);
    for (groups, expected) in [
        (&["dev"][..], "ALLOWED"),
        (&[], "DENIED"),
        (&["Dev"], "DENIED"),
    ] {
        let erin = member(&desk, "erin", groups);
        let answer = desk.ask(&erin, Method::PUT, "/authorize", &write).await;
        assert_eq!(answer.is(200).json(), json!([expected]));
    }
    // A right that comes through a group is one to ask about others, too.
    let erin = member(&desk, "erin", &["ops"]);
    let other = request("User:bob", &[action(&k, "Write", "Topic:t")]);
    let answer = desk.ask(&erin, Method::PUT, "/authorize", &other).await;
    assert_eq!(answer.is(200).json(), json!(["DENIED"]));
}

#[tokio::test(start_paused = true)]
async fn who_may_ask_about_others() {
    let world = World::new();
    let desk = world.start().await;
    let (k, connect) = (kafka("k"), beside("k", "connect-cluster", "c"));
    let here = [action(&k, "Read", "Topic:t")];
    for (role, may) in [
        ("SecurityAdmin", true),
        ("UserAdmin", true),
        ("SystemAdmin", true),
        ("ClusterAdmin", false),
        ("Operator", false),
        ("AuditAdmin", false),
    ] {
        desk.bind("User:bob", role, &k, &[]).await;
        let body = request("User:alice", &here);
        let answer = desk.put("bob", "/authorize", &body).await;
        answer.is(if may { 200 } else { 403 });
        let path = format!("/principals/User:bob/roles/{role}");
        desk.delete("mds", &path, Some(&k)).await.is(204);
    }
    // Every scope that is named counts, and all that are closed are listed.
    desk.bind("User:bob", "SecurityAdmin", &connect, &[]).await;
    let submit = action(&connect, "Configure", "Connector:x");
    decided(&desk, "bob", "User:alice", std::slice::from_ref(&submit)).await;
    let mixed = [
        submit,
        here[0].clone(),
        action(&kafka("l"), "Read", "Topic:t"),
    ];
    let refused = desk
        .put("bob", "/authorize", &request("User:alice", &mixed))
        .await;
    assert_eq!(
        refused.is(403).message(),
        "User:bob not permitted to DescribeAccess on SecurityMetadata:LITERAL:SecurityMetadata at kafka-cluster k and 1 more. Fix it:\n\
         openmds iam rbac role-binding create --role SecurityAdmin --principal User:bob --kafka-cluster k\n\
         openmds iam rbac role-binding create --role SecurityAdmin --principal User:bob --kafka-cluster l"
    );
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_wrong_is_named_at_once() {
    let world = World::new();
    let desk = world.start().await;
    let wrong = [
        action(&kafka("k"), "Read", "Topic:t"),
        action(&kafka("k"), "", "Topic:t"),
        action(&json!({"clusters": {}}), "Read", "Topic:"),
        action(&json!({"clusters": {"connect-cluster": "c"}}), "Read", ":t"),
        json!({"scope": {"clusterName": "x"}, "operation": "Read", "resourceType": "Topic", "resourceName": "t"}),
    ];
    let refused = desk
        .put("bob", "/authorize", &request("User:bob", &wrong))
        .await;
    let body = refused.is(400).json();
    let errors = body["errors"].as_array().unwrap().iter();
    let paths: Vec<&str> = errors
        .map(|error| error["error_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "actions[1].operation",
            "actions[2].scope",
            "actions[2].resourceName",
            "actions[3].scope",
            "actions[3].resourceType",
            "actions[4].scope",
        ]
    );
    // What is wrong is for those who may ask.
    desk.put("bob", "/authorize", &request("User:alice", &wrong))
        .await
        .is(403);
    for principal in ["Group:dev", "bob", "User:", ""] {
        desk.put("mds", "/authorize", &request(principal, &[]))
            .await
            .is(400);
    }
    for body in [
        json!([]),
        json!({"userPrincipal": "User:bob"}),
        json!({"actions": []}),
    ] {
        desk.put("bob", "/authorize", &body).await.is(400);
    }
}

#[tokio::test(start_paused = true)]
async fn a_ksql_cluster_goes_by_the_constant_and_by_its_id() {
    let world = World::new();
    let desk = world.start().await;
    let ksql = beside("k", "ksql-cluster", "q-1");
    desk.bind("User:bob", "DeveloperWrite", &ksql, &["KsqlCluster:q-1"])
        .await;
    let actions = [
        action(&ksql, "Contribute", "KsqlCluster:ksql-cluster"),
        action(&ksql, "Contribute", "KsqlCluster:q-1"),
        action(&ksql, "Contribute", "KsqlCluster:q-2"),
    ];
    let expected = json!(["ALLOWED", "ALLOWED", "DENIED"]);
    assert_eq!(decided(&desk, "bob", "User:bob", &actions).await, expected);
    for name in ["q-1", "ksql-cluster"] {
        let path = format!("/lookup/role/DeveloperWrite/resource/KsqlCluster/name/{name}");
        let holders = desk.post("mds", &path, &ksql).await.is(200).json();
        assert_eq!(holders, json!(["User:bob"]));
    }
    // Under both names it is one and the same.
    let path = "/principals/User:bob/roles/DeveloperWrite/bindings";
    let other = crate::bindings::patterns(&ksql, &["KsqlCluster:ksql-cluster"]);
    desk.delete("mds", path, Some(&other)).await.is(204);
    let resources = "/lookup/principal/User:bob/resources";
    assert_eq!(desk.post("mds", resources, &ksql).await.json(), json!({}));
    for wrong in ["KsqlCluster:q-2", "KsqlCluster:*"] {
        let body = crate::bindings::patterns(&ksql, &[wrong]);
        let message = desk.post("mds", path, &body).await.is(400).message();
        assert!(
            message.contains("the only KsqlCluster resource of"),
            "{message}"
        );
    }
    // Another kind of cluster has no id of that kind.
    let body = crate::bindings::patterns(&kafka("k"), &["KsqlCluster:q-1"]);
    desk.post("mds", path, &body).await.is(400);
}
