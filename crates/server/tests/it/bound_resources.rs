//! Roles on resources: patterns are merged, replaced and taken away, by owners inside their own
//! patterns (`rbac-registry-tokens.md` 1.5 and 9.3).

use serde_json::{Value, json};

use crate::desk::{Answer, Desk};
use crate::world::World;

const READERS: &str = "/principals/User:carol/roles/DeveloperRead/bindings";

fn pattern(kind: &str, text: &str) -> Value {
    match text.strip_suffix('*') {
        Some(prefix) if !prefix.is_empty() => {
            json!({"resourceType": kind, "name": prefix, "patternType": "PREFIXED"})
        }
        _ => json!({"resourceType": kind, "name": text, "patternType": "LITERAL"}),
    }
}

fn request(topics: &[&str]) -> Value {
    let patterns: Vec<Value> = topics.iter().map(|topic| pattern("Topic", topic)).collect();
    json!({"scope": {"clusters": {"kafka-cluster": "k"}}, "resourcePatterns": patterns})
}

/// The topics that carol may read, in the order of the answer.
async fn read_by_carol(desk: &Desk) -> Vec<String> {
    let path = "/principals/User:carol/roles/DeveloperRead/resources";
    let scope = json!({"clusters": {"kafka-cluster": "k"}});
    let patterns = desk.post("mds", path, &scope).await.is(200).json();
    let shown = |pattern: &Value| {
        let star = if pattern["patternType"] == "PREFIXED" {
            "*"
        } else {
            ""
        };
        format!("{}{star}", pattern["name"].as_str().unwrap())
    };
    patterns.as_array().unwrap().iter().map(shown).collect()
}

async fn remove(desk: &Desk, user: &str, topics: &[&str]) -> Answer {
    desk.delete(user, READERS, Some(&request(topics))).await
}

#[tokio::test(start_paused = true)]
async fn patterns_are_merged_replaced_and_taken_away() {
    let world = World::new();
    let desk = world.start().await;
    desk.post("mds", READERS, &request(&["b", "a"]))
        .await
        .is(204);
    desk.post("mds", READERS, &request(&["a", "c*"]))
        .await
        .is(204);
    assert_eq!(read_by_carol(&desk).await, ["a", "b", "c*"]);
    desk.knows_home().await;
    let written = desk.app.present().generation();
    desk.post("mds", READERS, &request(&["a"])).await.is(204);
    assert_eq!(desk.app.present().generation(), written, "nothing to write");
    desk.put("mds", READERS, &request(&["d", "e"]))
        .await
        .is(204);
    assert_eq!(read_by_carol(&desk).await, ["d", "e"]);
    for _ in 0..2 {
        remove(&desk, "mds", &["d", "never"]).await.is(204);
    }
    assert_eq!(read_by_carol(&desk).await, ["e"]);
    desk.put("mds", READERS, &request(&[])).await.is(204);
    assert_eq!(read_by_carol(&desk).await, [""; 0]);
    // Without patterns the binding does not exist.
    let scope = json!({"clusters": {"kafka-cluster": "k"}});
    let holders = desk.post("mds", "/lookup/role/DeveloperRead", &scope).await;
    assert_eq!(holders.json(), json!([]));
    // Taking the role away takes all patterns along.
    desk.post("mds", READERS, &request(&["a", "b"]))
        .await
        .is(204);
    let role = "/principals/User:carol/roles/DeveloperRead";
    desk.delete("mds", role, Some(&scope)).await.is(204);
    assert_eq!(read_by_carol(&desk).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn patterns_that_a_role_does_not_take_are_refused() {
    let world = World::new();
    let desk = world.start().await;
    let one = |pattern: Value| json!({"scope": {"clusters": {"kafka-cluster": "k"}}, "resourcePatterns": [pattern]});
    let wrong = [
        (
            pattern("AuditLog", "x"),
            "cannot be bound to a AuditLog; it takes Cluster, Transact",
        ),
        (
            pattern("KsqlCluster", "x"),
            "cannot be bound to a KsqlCluster",
        ),
        (
            pattern("Cluster", "k"),
            "the only Cluster resource is LITERAL `kafka-cluster`",
        ),
        (pattern("Topic", ""), "needs a resource type and a name"),
        (
            json!({"resourceType": "Topic", "name": "t", "patternType": "ANY"}),
            "ANY",
        ),
        (json!({"resourceType": "Topic", "name": "t"}), "patternType"),
    ];
    for (pattern, says) in wrong {
        let message = desk
            .post("mds", READERS, &one(pattern))
            .await
            .is(400)
            .message();
        assert!(message.contains(says), "{message}");
    }
    for body in [
        request(&[]),
        json!({"scope": {"clusters": {"kafka-cluster": "k"}}}),
    ] {
        desk.post("mds", READERS, &body).await.is(400);
        desk.delete("mds", READERS, Some(&body)).await.is(400);
    }
    let whole = "/principals/User:carol/roles/ClusterAdmin/bindings";
    for topics in [&["t"][..], &[]] {
        let message = desk
            .put("mds", whole, &request(topics))
            .await
            .is(400)
            .message();
        assert!(message.contains("is a role on whole clusters"), "{message}");
    }
    assert_eq!(read_by_carol(&desk).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_owner_grants_inside_the_own_pattern_only() {
    let world = World::new();
    let desk = world.start().await;
    let owner = "/principals/User:alice/roles/ResourceOwner/bindings";
    desk.post("mds", owner, &request(&["team-*"])).await.is(204);
    for topics in [
        &["team-a"][..],
        &["team-b-*"],
        &["team-*"],
        &["team-a", "team-c"],
    ] {
        desk.post("alice", READERS, &request(topics)).await.is(204);
    }
    let before = read_by_carol(&desk).await;
    for topics in [&["other"][..], &["tea*"], &["*"], &["team-a", "other"]] {
        let message = desk
            .post("alice", READERS, &request(topics))
            .await
            .is(403)
            .message();
        assert!(message.starts_with("User:alice not permitted to AlterAccess on Topic:"));
    }
    let mut elsewhere = request(&["team-a"]);
    elsewhere["scope"]["clusters"]["kafka-cluster"] = json!("other");
    desk.post("alice", READERS, &elsewhere).await.is(403);
    assert_eq!(read_by_carol(&desk).await, before);
    // What others granted outside is not the owner's to replace, nor to take away.
    desk.post("mds", READERS, &request(&["other"]))
        .await
        .is(204);
    desk.put("alice", READERS, &request(&["team-a"]))
        .await
        .is(403);
    desk.put("alice", READERS, &request(&[])).await.is(403);
    remove(&desk, "alice", &["other"]).await.is(403);
    remove(&desk, "alice", &["team-a", "team-*", "team-c"])
        .await
        .is(204);
    assert_eq!(read_by_carol(&desk).await, ["other", "team-b-*"]);
    // An owner may make owners, but not administrators.
    let next = "/principals/User:bob/roles/ResourceOwner/bindings";
    desk.post("alice", next, &request(&["team-x-*"]))
        .await
        .is(204);
    desk.post("bob", READERS, &request(&["team-x-1"]))
        .await
        .is(204);
    desk.post("bob", READERS, &request(&["team-y"]))
        .await
        .is(403);
    let scope = json!({"clusters": {"kafka-cluster": "k"}});
    let admin = "/principals/User:alice/roles/UserAdmin";
    desk.post("alice", admin, &scope).await.is(403);
}

#[tokio::test(start_paused = true)]
async fn nobody_changes_anything_with_an_empty_list() {
    let world = World::new();
    let desk = world.start().await;
    desk.put("bob", READERS, &request(&[])).await.is(403);
    desk.post("mds", READERS, &request(&["a"])).await.is(204);
    desk.put("bob", READERS, &request(&[])).await.is(403);
    assert_eq!(read_by_carol(&desk).await, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn the_refusal_has_a_command_for_each_resource() {
    let world = World::new();
    let desk = world.start().await;
    let owner = "/principals/User:alice/roles/ResourceOwner/bindings";
    desk.post("mds", owner, &request(&["team-*"])).await.is(204);
    let topics = ["team-a", "it's", "tea*", "*"];
    let refused = desk.post("alice", READERS, &request(&topics)).await;
    let command = "openmds iam rbac role-binding create --role ResourceOwner --principal User:alice --resource";
    assert_eq!(
        refused.is(403).message(),
        format!(
            "User:alice not permitted to AlterAccess on Topic:LITERAL:* and 2 more at kafka-cluster k. Fix it:\n\
             {command} 'Topic:*' --kafka-cluster k\n\
             {command} 'Topic:it'\\''s' --kafka-cluster k\n\
             {command} Topic:tea --prefix --kafka-cluster k"
        )
    );
    // Whoever follows it may grant.
    for topics in [&["it's"][..], &["tea*"], &["*"]] {
        desk.post("mds", owner, &request(topics)).await.is(204);
    }
    desk.post("alice", READERS, &request(&topics)).await.is(204);
    // Roles on whole clusters are for administrators of the scope; other kinds of cluster have
    // flags of their own.
    let scope = json!({"clusters": {"kafka-cluster": "k", "schema-registry-cluster": "s r"}});
    let admin = "/principals/User:bob/roles/Operator";
    let refused = desk.post("alice", admin, &scope).await.is(403);
    assert!(refused.message().ends_with(
        "\nopenmds iam rbac role-binding create --role UserAdmin --principal User:alice --kafka-cluster k --schema-registry-cluster 's r'"
    ));
}

#[tokio::test(start_paused = true)]
async fn every_type_that_a_role_does_not_take_is_named() {
    let world = World::new();
    let desk = world.start().await;
    let body = json!({"scope": {"clusters": {"kafka-cluster": "k"}}, "resourcePatterns":
        [pattern("Topic", "t"), pattern("Topics", "t"), pattern("All", "x")]});
    let refused = desk.post("mds", READERS, &body).await.is(400).json();
    let errors = refused["errors"].as_array().unwrap().iter();
    let paths: Vec<&str> = errors
        .map(|error| error["error_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "resourcePatterns[1].resourceType",
            "resourcePatterns[2].resourceType"
        ]
    );
    // A prefix must not be empty: it would stand for everything.
    let empty = json!({"resourceType": "Topic", "name": "", "patternType": "PREFIXED"});
    let body = json!({"scope": {"clusters": {"kafka-cluster": "k"}}, "resourcePatterns": [empty]});
    desk.post("mds", READERS, &body).await.is(400);
}
