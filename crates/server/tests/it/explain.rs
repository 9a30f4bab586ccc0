//! Why somebody may do something, and who may.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bindings::{kafka, member};
use crate::desk::Desk;
use crate::world::World;

fn question(scope: &Value, operation: &str, resource: &str) -> Value {
    let (kind, name) = resource.split_once(':').unwrap();
    json!({"scope": scope, "operation": operation, "resourceType": kind, "resourceName": name})
}

fn about(principal: &str, question: &Value) -> Value {
    let mut request = question.clone();
    request["principal"] = json!(principal);
    request
}

async fn acl(
    desk: &Desk,
    scope: &Value,
    principal: &str,
    name: &str,
    operation: &str,
    host: &str,
    permission: &str,
) {
    let request = json!({"scope": scope, "aclBinding": {
        "pattern": {"resourceType": "TOPIC", "name": name, "patternType": "LITERAL"},
        "entry": {"principal": principal, "host": host, "operation": operation, "permissionType": permission},
    }});
    desk.post("mds", "/acls", &request).await.is(204);
}

async fn explained(desk: &Desk, request: &Value) -> Value {
    desk.post("mds", "/rbac/explain", request)
        .await
        .is(200)
        .json()
}

#[tokio::test(start_paused = true)]
async fn a_decision_says_what_made_it() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind("User:alice", "DeveloperRead", &k, &["Topic:orders-*"])
        .await;
    acl(&desk, &k, "User:carol", "orders-eu", "READ", "*", "ALLOW").await;
    let read = question(&k, "Read", "Topic:orders-eu");

    let answer = explained(&desk, &about("User:alice", &read)).await;
    assert_eq!(answer["decision"], "ALLOWED");
    assert_eq!(answer["reason"]["kind"], "roleBinding");
    assert_eq!(answer["reason"]["role"], "DeveloperRead");
    assert_eq!(answer["reason"]["principal"], "User:alice");
    assert_eq!(
        answer["reason"]["pattern"],
        json!({"resourceType": "Topic", "name": "orders-", "patternType": "PREFIXED"})
    );
    assert_eq!(answer["fix"], json!({"first": [], "one_of": []}));
    assert_eq!(answer["nearest"], json!([]));

    let answer = explained(&desk, &about("User:carol", &read)).await;
    assert_eq!(answer["decision"], "ALLOWED");
    assert_eq!(answer["reason"]["acl"]["entry"]["operation"], "READ");

    let answer = explained(&desk, &about("User:mds", &read)).await;
    assert_eq!(answer["reason"]["kind"], "superUser");

    let reserved = question(&k, "Read", "Topic:_openmds-store");
    let answer = explained(&desk, &about("User:alice", &reserved)).await;
    assert_eq!(answer["decision"], "DENIED");
    assert_eq!(answer["reason"]["kind"], "reservedTopic");
    assert_eq!(answer["fix"], json!({"first": [], "one_of": []}));

    let notes = answer["notes"].as_array().unwrap();
    let note = notes[0].as_str().unwrap();
    assert!(
        note.contains("own ACLs") && note.contains("super.users"),
        "{note}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_came_near_and_which_commands_open_it() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind(
        "User:alice",
        "DeveloperRead",
        &k,
        &["Topic:orders-*", "Topic:t"],
    )
    .await;
    let write = question(&k, "Write", "Topic:orders-eu");
    let answer = explained(&desk, &about("User:alice", &write)).await;
    assert_eq!(answer["decision"], "DENIED");
    assert_eq!(answer["reason"]["kind"], "nothing");
    let near = &answer["nearest"][0];
    assert_eq!(near["differs"], json!(["operation"]));
    assert_eq!(
        near["rule"]["text"],
        "User:alice has the role DeveloperRead on Topic:orders-* (prefix)"
    );
    let commands = |role: &str| {
        format!(
            "openmds iam rbac role-binding create --role {role} --principal User:alice --resource Topic:orders-eu --kafka-cluster k"
        )
    };
    assert_eq!(
        answer["fix"],
        json!({"first": [], "one_of": [commands("DeveloperWrite"), commands("ResourceOwner")]})
    );
    // The one that opens least does it, and what denies goes first.
    acl(
        &desk,
        &k,
        "User:alice",
        "orders-eu",
        "ALL",
        "10.0.0.1",
        "DENY",
    )
    .await;
    let mut from = about("User:alice", &write);
    from["host"] = json!("10.0.0.1");
    let answer = explained(&desk, &from).await;
    assert_eq!(answer["reason"]["kind"], "acl");
    assert_eq!(
        answer["fix"]["first"],
        json!([
            "openmds iam acl delete --deny --principal User:alice --operation all --host 10.0.0.1 --topic orders-eu --kafka-cluster k"
        ])
    );
    desk.bind("User:alice", "DeveloperWrite", &k, &["Topic:orders-eu"])
        .await;
    assert_eq!(explained(&desk, &from).await["decision"], "DENIED");
    from["host"] = json!("10.0.0.2");
    assert_eq!(explained(&desk, &from).await["decision"], "ALLOWED");
}

#[tokio::test(start_paused = true)]
async fn the_route_of_the_event_is_told_to_those_who_may_see_routes() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    let read = about("User:alice", &question(&k, "Read", "Topic:t"));
    let answer = explained(&desk, &read).await;
    let audit = &answer["audit"];
    assert_eq!(
        (audit["category"].as_str(), audit["onByDefault"].as_bool()),
        (Some("consume"), Some(false))
    );
    assert_eq!(audit["method"], "kafka.FetchConsumer");
    assert_eq!(audit["crn"], "crn:///kafka=k/topic=t");
    assert_eq!(
        (audit["route"].as_str(), audit["topic"].as_str()),
        (Some("default"), None)
    );
    assert_eq!(
        audit["text"],
        "not recorded: consume is off by default, and no route turns it on"
    );
    let create = about("User:alice", &question(&k, "Create", "Topic:t"));
    let audit = explained(&desk, &create).await["audit"].clone();
    assert_eq!(audit["topic"], "confluent-audit-log-events");
    // Who may see bindings may not see routes for that.
    desk.bind("User:bob", "SecurityAdmin", &k, &[]).await;
    let answer = desk
        .post("bob", "/rbac/explain", &read)
        .await
        .is(200)
        .json();
    assert_eq!(
        (&answer["audit"]["route"], &answer["audit"]["topic"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(answer["audit"]["category"], "consume");
}

#[tokio::test(start_paused = true)]
async fn everybody_may_ask_about_oneself_with_the_groups_that_one_has() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind("Group:dev", "DeveloperRead", &k, &["Topic:t"])
        .await;
    let erin = member(&desk, "erin", &["dev"]);
    let read = question(&k, "Read", "Topic:t");
    let mut own = about("User:erin", &read);
    let answer = desk.ask(&erin, Method::POST, "/rbac/explain", &own).await;
    let answer = answer.is(200).json();
    assert_eq!(answer["principals"], json!(["User:erin", "Group:dev"]));
    assert_eq!(answer["decision"], "ALLOWED");
    assert_eq!(answer["reason"]["principal"], "Group:dev");
    own["groups"] = json!(["dev"]);
    desk.ask(&erin, Method::POST, "/rbac/explain", &own)
        .await
        .is(200);
    // What another group may is nobody's business who is not in it.
    own["groups"] = json!(["ops"]);
    let refused = desk
        .ask(&erin, Method::POST, "/rbac/explain", &own)
        .await
        .is(403);
    assert!(refused.message().contains("--role SecurityAdmin"));
    desk.ask(
        &erin,
        Method::POST,
        "/rbac/explain",
        &about("User:alice", &read),
    )
    .await
    .is(403);
    desk.ask(&erin, Method::POST, "/rbac/who-can", &read)
        .await
        .is(403);
    // Without the group, and with it.
    let mut other = about("User:alice", &read);
    assert_eq!(explained(&desk, &other).await["decision"], "DENIED");
    other["groups"] = json!(["dev"]);
    assert_eq!(explained(&desk, &other).await["decision"], "ALLOWED");
}

#[tokio::test(start_paused = true)]
async fn who_can_lists_everybody_with_the_reason() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind("User:alice", "DeveloperRead", &k, &["Topic:t"])
        .await;
    desk.bind("Group:dev", "ResourceOwner", &k, &["Topic:*"])
        .await;
    desk.bind("User:bob", "DeveloperWrite", &k, &["Topic:t"])
        .await;
    desk.bind("User:bob", "DeveloperRead", &kafka("other"), &["Topic:t"])
        .await;
    acl(&desk, &k, "User:carol", "t", "READ", "10.0.0.1", "ALLOW").await;
    acl(&desk, &k, "User:dave", "t", "READ", "*", "ALLOW").await;
    acl(&desk, &k, "User:dave", "t", "ALL", "*", "DENY").await;
    let read = question(&k, "Read", "Topic:t");
    let answer = desk
        .post("mds", "/rbac/who-can", &read)
        .await
        .is(200)
        .json();
    let rows = |list: &str| -> Vec<(String, String, Option<String>)> {
        let list = answer[list].as_array().unwrap().iter();
        list.map(|one| {
            let text = |value: &Value| value.as_str().map(ToString::to_string);
            (
                text(&one["principal"]).unwrap(),
                text(&one["reason"]["kind"]).unwrap(),
                text(&one["host"]),
            )
        })
        .collect()
    };
    let row = |who: &str, kind: &str, host: Option<&str>| {
        (
            who.to_string(),
            kind.to_string(),
            host.map(ToString::to_string),
        )
    };
    assert_eq!(
        rows("may"),
        [
            row("User:alice", "roleBinding", None),
            row("User:carol", "acl", Some("10.0.0.1")),
            row("User:mds", "superUser", None),
            row("Group:dev", "roleBinding", None),
        ]
    );
    assert_eq!(rows("denied"), [row("User:dave", "acl", None)]);
    let describe = question(&k, "Describe", "Topic:t");
    let answer = desk
        .post("mds", "/rbac/who-can", &describe)
        .await
        .is(200)
        .json();
    let names: Vec<&str> = answer["may"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["principal"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "User:alice",
            "User:bob",
            "User:carol",
            "User:mds",
            "Group:dev"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_explained_is_refused_by_name() {
    let world = World::new();
    let desk = world.start().await;
    let k = kafka("k");
    for (field, value, says) in [
        ("principal", json!("alice"), "User:<name>"),
        ("host", json!("localhost"), "is not an IP address"),
        ("operation", json!(""), "operation is empty"),
        (
            "resourceName",
            json!(""),
            "needs a resource type and a name",
        ),
        (
            "scope",
            json!({"clusterName": "nowhere"}),
            "no cluster named `nowhere`",
        ),
        ("groups", json!([""]), "Group:"),
    ] {
        let mut request = about("User:alice", &question(&k, "Read", "Topic:t"));
        request[field] = value;
        let message = desk
            .post("mds", "/rbac/explain", &request)
            .await
            .is(400)
            .message();
        assert!(message.contains(says), "{field}: {message}");
    }
}
