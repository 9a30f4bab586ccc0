//! Roles on whole clusters (`rbac-registry-tokens.md` 1.5 and 9.3, `rulings.md` 13).

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::world::World;

fn kafka(id: &str) -> Value {
    json!({"clusters": {"kafka-cluster": id}})
}

async fn roles(desk: &Desk, principal: &str, scope: &Value) -> Value {
    let path = format!("/lookup/principal/{principal}/resources");
    desk.post("mds", &path, scope).await.is(200).json()
}

const ALICE_OPERATES: &str = "/principals/User:alice/roles/Operator";

#[tokio::test(start_paused = true)]
async fn binding_and_unbinding_can_be_repeated() {
    let world = World::new();
    let desk = world.start().await;
    for _ in 0..2 {
        let answer = desk.post("mds", ALICE_OPERATES, &kafka("k")).await.is(204);
        assert!(answer.body.is_empty());
    }
    desk.knows_home().await;
    let written = desk.app.present().generation();
    desk.post("mds", ALICE_OPERATES, &kafka("k")).await.is(204);
    assert_eq!(desk.app.present().generation(), written, "nothing to write");
    let expected = json!({"User:alice": {"Operator": []}});
    assert_eq!(roles(&desk, "User:alice", &kafka("k")).await, expected);
    assert_eq!(roles(&desk, "User:alice", &kafka("other")).await, json!({}));
    for _ in 0..2 {
        desk.delete("mds", ALICE_OPERATES, Some(&kafka("k")))
            .await
            .is(204);
    }
    assert_eq!(roles(&desk, "User:alice", &kafka("k")).await, json!({}));
}

#[tokio::test(start_paused = true)]
async fn a_registered_name_stands_for_its_ids() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    // Clients of the field send both keys, one of them empty.
    let by_name = json!({"clusterName": "payments", "clusters": {}});
    desk.post("mds", ALICE_OPERATES, &by_name).await.is(204);
    let expected = json!({"User:alice": {"Operator": []}});
    let by_id = kafka("payments-id");
    assert_eq!(roles(&desk, "User:alice", &by_id).await, expected);
    assert_eq!(
        roles(&desk, "User:alice", &json!({"clusterName": "payments"})).await,
        expected
    );
    // The binding is kept by id, so it outlives the name.
    desk.delete("mds", "/registry/clusters/payments", None)
        .await
        .is(204);
    assert_eq!(roles(&desk, "User:alice", &by_id).await, expected);
    let unknown = desk.post("mds", ALICE_OPERATES, &by_name).await.is(400);
    assert!(
        unknown
            .message()
            .starts_with("no cluster named `payments` is registered")
    );
    let path = "/lookup/principal/User:alice/resources";
    desk.post("mds", path, &by_name).await.is(400);
}

#[tokio::test(start_paused = true)]
async fn scopes_that_make_no_sense_are_refused() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let wrong = [
        (json!({}), "neither clusters nor clusterName"),
        (json!({"clusters": {}}), "neither clusters nor clusterName"),
        (
            json!({"clusterName": "payments", "clusters": {"kafka-cluster": "k"}}),
            "give one of them",
        ),
        (
            json!({"clusters": {"connect-cluster": "c"}}),
            "needs `kafka-cluster`",
        ),
        (json!({"clusters": {"kafka-cluster": ""}}), "is empty"),
        (
            json!({"clusters": {"flink-environment": "e"}}),
            "needs `cmf`",
        ),
        (
            json!({"clusters": {"kafka": "k"}}),
            "`kafka` is not a kind of cluster",
        ),
        (
            json!({"clusters": {"kafka-cluster": "k", "connect-cluster": "c", "ksql-cluster": "q"}}),
            "at most one",
        ),
    ];
    for (scope, says) in wrong {
        let message = desk
            .post("mds", ALICE_OPERATES, &scope)
            .await
            .is(400)
            .message();
        assert!(message.contains(says), "{scope}: {message}");
    }
}

#[tokio::test(start_paused = true)]
async fn names_that_do_not_exist_are_refused() {
    let world = World::new();
    let desk = world.start().await;
    for path in [
        "/principals/User:alice/roles/operator",
        "/lookup/role/operator",
        "/lookup/role/operator/resource/Topic/name/t",
        "/principals/User:alice/roles/operator/resources",
    ] {
        let message = desk.post("mds", path, &kafka("k")).await.is(404).message();
        assert!(
            message.starts_with("no role is named `operator`"),
            "{message}"
        );
    }
    for principal in ["alice", "User:", "user:alice", "Role:x"] {
        let path = format!("/principals/{principal}/roles/Operator");
        let message = desk.post("mds", &path, &kafka("k")).await.is(400).message();
        assert!(
            message.contains("write `User:<name>` or `Group:<name>`"),
            "{message}"
        );
    }
    let path = "/principals/User:alice/roles/DeveloperRead";
    let message = desk.post("mds", path, &kafka("k")).await.is(400).message();
    assert!(message.contains("is a role on resources"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn who_may_grant_and_revoke() {
    let world = World::new();
    let desk = world.start().await;
    let elsewhere = kafka("other");
    for (role, may) in [
        ("UserAdmin", true),
        ("SystemAdmin", true),
        ("SecurityAdmin", false),
        ("ClusterAdmin", false),
        ("AuditAdmin", false),
        ("Operator", false),
    ] {
        desk.grant("bob", role, "k").await;
        let expected = if may { 204 } else { 403 };
        desk.post("bob", ALICE_OPERATES, &kafka("k"))
            .await
            .is(expected);
        desk.delete("bob", ALICE_OPERATES, Some(&kafka("k")))
            .await
            .is(expected);
        desk.post("bob", ALICE_OPERATES, &elsewhere).await.is(403);
        let path = format!("/principals/User:bob/roles/{role}");
        desk.delete("mds", &path, Some(&kafka("k"))).await.is(204);
    }
    // Nobody grants to oneself what one does not administer.
    let own = "/principals/User:bob/roles/SystemAdmin";
    let message = desk.post("bob", own, &kafka("k")).await.is(403).message();
    assert_eq!(
        message,
        "User:bob not permitted to AlterAccess on SecurityMetadata:LITERAL:SecurityMetadata at kafka-cluster k. \
         Fix it:\nopenmds iam rbac role-binding create --role UserAdmin --principal User:bob --kafka-cluster k"
    );
    // A binding holds in exactly its scope.
    desk.grant("bob", "UserAdmin", "k").await;
    let inside = json!({"clusters": {"kafka-cluster": "k", "connect-cluster": "c"}});
    desk.post("bob", ALICE_OPERATES, &inside).await.is(403);
}
