//! A store that is not the one that nodes have followed: restored from an older copy, or another one.

use std::path::Path;

use serde_json::json;

use crate::followers::{Follower, Heard, bind_topic, encrypted_world, open, refused};
use crate::world::World;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn store(world: &World) -> std::path::PathBuf {
    world.folder.path().join("store")
}

#[tokio::test]
async fn nodes_do_not_go_back_with_a_restored_store_until_an_operator_says_so() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    bind_topic(&street, "User:alice", "payments-id", "orders", true).await;
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    node.catch_up(&street).await;
    street.close().await;
    let backup = world.folder.path().join("backup");
    copy(&store(&world), &backup);
    let street = world.open().await;
    for topic in ["a", "b", "c"] {
        bind_topic(&street, "User:alice", "payments-id", topic, true).await;
    }
    node.catch_up(&street).await;
    let seen = node.policy.generation().unwrap();
    let held = node.lines();
    street.close().await;
    std::fs::remove_dir_all(store(&world)).unwrap();
    copy(&backup, &store(&world));
    let street = world.open().await;
    let refusal = |node: &Follower| {
        let question = node.question(0);
        let street = &street;
        let client = node.client.clone();
        async move { refused(&client, street, &question).await }
    };
    let (status, message) = refusal(&node).await;
    assert_eq!(status, 409);
    assert!(
        message.contains(&format!("holds generation {seen}")),
        "{message}"
    );
    assert!(
        message.contains("`openmds cluster accept-restore`"),
        "{message}"
    );
    // However much is written afterwards.
    for number in 0..20 {
        bind_topic(
            &street,
            "User:bob",
            "payments-id",
            &format!("t-{number}"),
            true,
        )
        .await;
        assert_eq!(refusal(&node).await.0, 409);
    }
    let desk = &street.desk;
    let nodes = desk
        .get("mds", "/registry/clusters/payments/nodes")
        .await
        .is(200)
        .json();
    assert_eq!(nodes["nodes"][0]["state"], "refused");
    assert_eq!(nodes["nodes"][0]["message"], json!(refusal(&node).await.1));
    desk.post("alice", "/registry/accept-restore", &json!({}))
        .await
        .is(403);
    let accepted = desk
        .post("mds", "/registry/accept-restore", &json!({}))
        .await;
    let accepted = accepted.is(200).json();
    assert!(accepted["generation"].as_u64().unwrap() > seen);
    assert_eq!(
        accepted["ahead"],
        json!([{"cluster_id": "payments-id", "node_id": 1, "generation": seen}])
    );
    let mut whole = node.question(0);
    whole["generation"] = json!(null);
    let answer = node.send(&street, &whole).await;
    assert_eq!(node.follow(answer).await, Heard::Snapshot);
    assert_eq!(node.ask(&street, 0).await, Heard::Nothing);
    assert!(node.policy.generation().unwrap() > seen);
    assert_ne!(node.lines(), held);
    assert_eq!(node.lines().len(), 2);
    // It is done, and stays so after a restart; a node that slept through it finds its way too.
    desk.post("mds", "/registry/accept-restore", &json!({}))
        .await
        .is(409);
    street.close().await;
    let street = world.open().await;
    node.catch_up(&street).await;
    bind_topic(&street, "User:bob", "payments-id", "last", true).await;
    assert_eq!(node.catch_up(&street).await.len(), 1);
    let sleeper = Follower::new(&street, &authority, "payments-id", 2).await;
    let mut question = sleeper.question(0);
    question["server"] = json!(node.policy.server());
    question["generation"] = json!(seen);
    assert_eq!(
        sleeper.send(&street, &question).await.status().as_u16(),
        200
    );
}

#[tokio::test]
async fn a_node_is_not_taken_over_by_another_server() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    node.catch_up(&street).await;
    let first = node.policy.server().unwrap().to_string();
    street.close().await;
    std::fs::remove_dir_all(store(&world)).unwrap();
    let street = open(&world).await;
    // Even one that has joined here too.
    let policy = node.policy;
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    node.policy = policy;
    let (status, message) = node.refused(&street, &node.question(0)).await;
    assert_eq!(status, 409);
    assert!(
        message.starts_with(&format!(
            "node 1 of payments-id follows the server {first}, and this is the server "
        )),
        "{message}"
    );
    assert!(
        message.contains("openmds.feed.urls") && message.contains("policy.omf"),
        "{message}"
    );
    let mut whole = node.question(0);
    whole["generation"] = json!(null);
    assert_eq!(node.refused(&street, &whole).await.0, 409);
    // A node that holds nothing takes the new one.
    let mut fresh = Follower::new(&street, &authority, "payments-id", 2).await;
    assert_eq!(fresh.ask(&street, 0).await, Heard::Snapshot);
    assert_ne!(fresh.policy.server(), Some(first.as_str()));
}
