//! The server's own audit events about its keys and about ACLs: who turned a key, and which right was missing.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::own_events::{event, events, world_with_document};
use crate::world::World;

/// The event of a turn of keys of which this is true.
async fn turn(world: &World, wanted: impl Fn(&Value) -> bool) -> Value {
    let event = event(&world.logs, "mds.ChangeSigningKeys", |event| {
        wanted(&event["data"]["change"])
    });
    event.await["data"].clone()
}

fn principal(data: &Value) -> &str {
    data["authenticationInfo"]["principal"].as_str().unwrap()
}

async fn rotate(desk: &Desk) {
    desk.post("mds", "/keys/rotate", &json!({})).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_turns_by_the_clock_is_the_servers_own_change() {
    let (world, desk) = world_with_document().await;
    rotate(&desk).await;
    let rotated = turn(&world, |change| change["after"][1].is_object()).await;
    assert_eq!(principal(&rotated), "User:mds");
    let published = &rotated["change"]["after"][1];
    assert_eq!(published["began"], false);
    let signs_from: jiff::Timestamp = published["signsFrom"].as_str().unwrap().parse().unwrap();
    let now = openmds_server::time::Clock::now(world.clock.as_ref());
    world
        .clock
        .advance(signs_from.as_second() - now.as_second());
    desk.app.put_tokens_in_order().await.unwrap();
    let begun = turn(&world, |change| change["after"][1]["began"] == true).await;
    assert_eq!(principal(&begun), "User:_openmds");
    let change = &begun["change"];
    assert_eq!(change["before"], rotated["change"]["after"]);
    assert_eq!(change["after"][0]["retired"], Value::Null);
    let generation = change["generation"].as_u64().unwrap();
    assert!(change["generationBefore"].as_u64().unwrap() < generation);
    world.clock.advance(24 * 3600);
    desk.app.put_tokens_in_order().await.unwrap();
    let over = turn(&world, |change| change["after"][0]["retired"].is_string()).await;
    assert_eq!(principal(&over), "User:_openmds");
    // Nothing more is due, and nothing more is recorded.
    desk.app.put_tokens_in_order().await.unwrap();
    desk.app
        .trail
        .close(std::time::Duration::from_secs(5))
        .await;
    let turns = events(&world.logs).into_iter();
    let turns = turns.filter(|event| event["data"]["methodName"] == "mds.ChangeSigningKeys");
    assert_eq!(turns.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn whoever_withdraws_a_key_is_named() {
    let (world, desk) = world_with_document().await;
    rotate(&desk).await;
    let rotated = turn(&world, |_| true).await;
    let id = rotated["change"]["after"][0]["keyId"].as_str().unwrap();
    desk.delete("mds", &format!("/keys/{id}"), None)
        .await
        .is(204);
    let withdrawn = turn(&world, |change| change["after"][0]["retired"].is_string()).await;
    assert_eq!(principal(&withdrawn), "User:mds");
    assert_eq!(withdrawn["change"]["before"], rotated["change"]["after"]);
    // The one that waited signs at once.
    assert_eq!(withdrawn["change"]["after"][1]["began"], true);
}

/// Operation, resource and outcome of each decision about the user.
fn decisions(world: &World, user: &str) -> Vec<(String, String, bool)> {
    let events = events(&world.logs).into_iter();
    let of_user = events.filter(|event| {
        event["data"]["methodName"] == "mds.Authorize" && principal(&event["data"]) == user
    });
    let told = of_user.map(|event| {
        let info = &event["data"]["authorizationInfo"];
        let text = |key: &str| info[key].as_str().unwrap().to_string();
        let resource = format!("{}:{}", text("resourceType"), text("resourceName"));
        (text("operation"), resource, info["granted"] == true)
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_acls_names_the_same_right_as_its_event() {
    let (world, desk) = world_with_document().await;
    let scope = json!({"clusters": {"kafka-cluster": "k"}});
    let acl = |principal: &str, permission: &str| {
        json!({"scope": scope, "aclBinding": {
            "pattern": {"resourceType": "CLUSTER", "name": "kafka-cluster", "patternType": "LITERAL"},
            "entry": {"principal": principal, "host": "*", "operation": "ALTER", "permissionType": permission},
        }})
    };
    let wanted = acl("User:x", "ALLOW");
    // By nothing, and against an ACL that denies Kafka's right.
    let nothing = (
        "alice",
        "AlterAccess",
        "SecurityMetadata",
        "SecurityMetadata",
    );
    let denied = ("bob", "Alter", "Cluster", "kafka-cluster");
    let denying = acl("User:bob", "DENY");
    desk.post("mds", "/acls", &denying).await.is(204);
    desk.grant("bob", "ClusterAdmin", "k").await;
    for (user, operation, kind, name) in [nothing, denied] {
        let message = desk.post(user, "/acls", &wanted).await.is(403).message();
        let says = format!("User:{user} not permitted to {operation} on {kind}:LITERAL:{name} at");
        assert!(message.starts_with(&says), "{message}");
        let principal = format!("User:{user}");
        event(&world.logs, "mds.Authorize", |event| {
            event["data"]["authenticationInfo"]["principal"] == principal.as_str()
        })
        .await;
        let refused = (operation.to_string(), format!("{kind}:{name}"), false);
        assert_eq!(decisions(&world, &principal), [refused]);
    }
    // Consent names the right that gave it: ClusterAdmin has Kafka's.
    desk.grant("alice", "ClusterAdmin", "k").await;
    desk.post("alice", "/acls", &wanted).await.is(204);
    event(&world.logs, "mds.ChangeAcl", |event| {
        event["data"]["authenticationInfo"]["principal"] == "User:alice"
    })
    .await;
    let told = decisions(&world, "User:alice");
    let allowed = (
        "Alter".to_string(),
        "Cluster:kafka-cluster".to_string(),
        true,
    );
    assert_eq!(told.get(1..), Some(&[allowed][..]));
}
