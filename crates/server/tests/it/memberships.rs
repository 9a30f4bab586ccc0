//! The store knows who is in the groups that bindings and ACLs name, as the directory says.

use std::collections::BTreeMap;

use openmds_server::app::App;
use serde_json::json;

use crate::desk::{Desk, eventually};
use crate::world::World;

fn stored(app: &App) -> BTreeMap<String, Vec<String>> {
    let state = app.present();
    let memberships = state.memberships().iter();
    let shown = memberships.map(|(user, groups)| (user.clone(), groups.iter().cloned().collect()));
    shown.collect()
}

async fn until(desk: &Desk, expected: &[(&str, &[&str])]) {
    let expected: BTreeMap<String, Vec<String>> = expected
        .iter()
        .map(|(user, groups)| {
            (
                user.to_string(),
                groups.iter().map(ToString::to_string).collect(),
            )
        })
        .collect();
    eventually(&format!("{expected:?} is stored"), || async {
        (stored(&desk.app) == expected).then_some(())
    })
    .await;
}

fn world(groups: &str) -> World {
    let mut world = World::new();
    let path = world.file("groups", groups);
    let path = path.to_str().unwrap().to_string();
    world.set("openmds.user.store.file.groups.path", &path);
    world
}

#[tokio::test(start_paused = true)]
async fn they_follow_the_directory_and_what_is_named() {
    let world = world("ops:alice,bob\ndev:alice,carol\nhr:dora\n");
    let desk = world.start().await;
    desk.register_payments().await;
    until(&desk, &[]).await;
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let ops = "/principals/Group:ops/roles/Operator";
    desk.post("mds", ops, &scope).await.is(204);
    until(&desk, &[("alice", &["ops"]), ("bob", &["ops"])]).await;
    let acl = json!({"scope": scope, "aclBinding": {
        "pattern": {"resourceType": "TOPIC", "name": "t", "patternType": "LITERAL"},
        "entry": {"principal": "Group:dev", "host": "*", "operation": "READ", "permissionType": "ALLOW"},
    }});
    desk.post("mds", "/acls", &acl).await.is(204);
    let both: [(&str, &[&str]); 3] = [
        ("alice", &["dev", "ops"]),
        ("bob", &["ops"]),
        ("carol", &["dev"]),
    ];
    until(&desk, &both).await;
    // Nothing is written as long as nothing is different.
    let before = desk.app.present().generation();
    assert!(desk.app.put_memberships_in_order().await.unwrap());
    assert_eq!(desk.app.present().generation(), before);
    world.file("groups", "ops:bob,erna\ndev:alice,carol\nhr:dora\n");
    until(
        &desk,
        &[
            ("alice", &["dev"]),
            ("bob", &["ops"]),
            ("carol", &["dev"]),
            ("erna", &["ops"]),
        ],
    )
    .await;
    desk.delete("mds", ops, Some(&scope)).await.is(204);
    until(&desk, &[("alice", &["dev"]), ("carol", &["dev"])]).await;
    // A role beside the Kafka cluster is of no interest to its brokers.
    let connect = json!({"clusters": {"kafka-cluster": "payments-id", "connect-cluster": "c"}});
    desk.post("mds", "/principals/Group:hr/roles/SystemAdmin", &connect)
        .await
        .is(204);
    desk.app.put_memberships_in_order().await.unwrap();
    until(&desk, &[("alice", &["dev"]), ("carol", &["dev"])]).await;
}

#[tokio::test(start_paused = true)]
async fn they_are_mended_after_a_restart() {
    let world = world("ops:alice\n");
    let desk = world.start().await;
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    desk.post("mds", "/principals/Group:ops/roles/Operator", &scope)
        .await
        .is(204);
    until(&desk, &[("alice", &["ops"])]).await;
    desk.kill().await;
    world.file("groups", "ops:bob\n");
    let desk = world.start().await;
    until(&desk, &[("bob", &["ops"])]).await;
}

/// Groups are not nested, so that circles of them lead nowhere (`goals.md` C.2, 67): what stands in a group's line is users.
#[tokio::test(start_paused = true)]
async fn groups_that_name_each_other_are_users_to_each_other() {
    let world = world("ops:alice,dev\ndev:bob,ops\nself:self\n");
    let desk = world.start().await;
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let bind = |group: &str| format!("/principals/Group:{group}/roles/Operator");
    desk.post("mds", &bind("ops"), &scope).await.is(204);
    until(&desk, &[("alice", &["ops"]), ("dev", &["ops"])]).await;
    desk.post("mds", &bind("dev"), &scope).await.is(204);
    desk.post("mds", &bind("self"), &scope).await.is(204);
    let all: [(&str, &[&str]); 5] = [
        ("alice", &["ops"]),
        ("bob", &["dev"]),
        ("dev", &["ops"]),
        ("ops", &["dev"]),
        ("self", &["self"]),
    ];
    until(&desk, &all).await;
}

/// The ten roles are what they are: none can be taken away while it is bound (`goals.md` C.2, 67), and its bindings go on.
#[tokio::test(start_paused = true)]
async fn no_role_can_be_deleted_while_it_is_bound() {
    let desk = world("ops:alice\n").start().await;
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let bound = "/principals/Group:ops/roles/Operator";
    desk.post("mds", bound, &scope).await.is(204);
    until(&desk, &[("alice", &["ops"])]).await;
    desk.delete("mds", "/roles/Operator", None).await.is(405);
    desk.get("mds", "/roles/Operator").await.is(200);
    until(&desk, &[("alice", &["ops"])]).await;
}
