//! `--live`: nodes are asked by way of the feed how they decide now.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_server::app::{App, RequestContext};
use openmds_server::enrolment::NodeCertificate;
use openmds_server::feed::NodeId;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::desk::eventually;
use crate::followers::{Follower, encrypted_world, join, open};
use crate::world::World;

fn request(principal: &str, cluster: &str) -> Value {
    json!({"principal": principal, "groups": ["dev"], "operation": "Read", "resourceType": "Topic", "resourceName": "orders",
        "scope": {"clusters": {"kafka-cluster": cluster}}, "host": "10.0.0.1", "live": true})
}

fn id(node: &NodeCertificate) -> NodeId {
    NodeId {
        cluster: node.cluster.clone(),
        node_id: node.node,
    }
}

/// A node that follows, and gives this answer to whatever it is asked; nothing: none.
fn node(app: &Arc<App>, node: &NodeCertificate, answer: Option<Value>) -> JoinHandle<()> {
    let (app, node) = (Arc::clone(app), node.clone());
    tokio::spawn(async move {
        let own = id(&node);
        let (mut held, mut server, mut answers) = (None, None, vec![]);
        loop {
            let asks = json!({"cluster_id": node.cluster.as_str(), "node_id": node.node, "format": 1, "plugin": "0.1.0",
                "roles": ["broker"], "server": server, "generation": held, "report": {"answers": answers}});
            let asks = serde_json::from_value(asks).unwrap();
            let context = RequestContext::default();
            let heard = app.follow_feed(&own, &node.serial, context, &asks);
            let heard = heard.await.unwrap();
            (held, server) = (Some(heard.generation), Some(heard.server));
            answers = Vec::new();
            for question in heard.questions {
                let mut one = answer.clone().unwrap_or(Value::Null);
                if one.is_object() {
                    one["id"] = json!(question.id);
                    answers.push(one);
                }
            }
        }
    })
}

#[tokio::test(start_paused = true)]
async fn every_node_says_how_it_decides_and_who_does_not_answer_is_named() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let allowed = json!({"decision": "allowed", "why": "a local ACL allows it", "reason": "acl", "source": "local"});
    let mut nodes = Vec::new();
    for (number, answer) in [
        (1, Some(allowed)),
        (2, None),
        (3, Some(json!({"error": "of no use"}))),
    ] {
        let (_, certificate) = join(&desk.app, "payments-id", number).await;
        nodes.push(node(&desk.app, &certificate, answer));
        eventually("it waits", || async {
            (desk.app.feed.nodes.waiting() == nodes.len()).then_some(())
        })
        .await;
    }
    let answer = desk
        .post(
            "mds",
            "/rbac/explain",
            &request("User:alice", "payments-id"),
        )
        .await
        .is(200)
        .json();
    assert_eq!(answer["decision"], "DENIED", "the server's own view stays");
    let live = &answer["live"];
    assert_eq!(live[0]["nodeId"], 1);
    assert_eq!(live[0]["state"], "answered");
    assert_eq!(live[0]["decision"], "ALLOWED");
    assert_eq!(live[0]["text"], "a local ACL allows it");
    assert_eq!(live[0]["rule"], json!({"reason": "acl", "source": "local"}));
    assert_eq!(live[1]["state"], "unanswered");
    assert_eq!(live[1]["decision"], Value::Null);
    assert!(live[1]["text"].as_str().unwrap().contains("version 0.1.0"));
    assert_eq!(live[2]["text"], "the node cannot tell: of no use");
    nodes.iter().for_each(JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn only_users_on_one_kafka_cluster_are_asked_about() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let mut elsewhere = request("User:alice", "payments-id");
    elsewhere["scope"]["clusters"]["connect-cluster"] = json!("c");
    let mut long = request("User:alice", "payments-id");
    long["resourceName"] = json!("t".repeat(1100));
    for (wrong, word) in [
        (elsewhere, "Kafka cluster"),
        (request("Group:dev", "payments-id"), "user"),
        (long, "1024 bytes"),
    ] {
        let refused = desk.post("mds", "/rbac/explain", &wrong).await.is(400);
        let message = refused.json()["message"].as_str().unwrap().to_string();
        assert!(message.contains(word), "{message}");
    }
    // Nobody follows: the answer says so, at once.
    let answer = desk
        .post(
            "mds",
            "/rbac/explain",
            &request("User:alice", "payments-id"),
        )
        .await
        .is(200)
        .json();
    for node in answer["live"].as_array().unwrap() {
        assert_eq!(node["state"], "never-seen");
        assert!(node["text"].as_str().unwrap().contains("cluster enroll"));
    }
}

#[tokio::test]
async fn questions_travel_in_a_header_and_only_the_clusters_own_nodes_answer() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    let mut own = Follower::new(&street, &authority, "payments-id", 1).await;
    let mut other = Follower::new(&street, &authority, "home-id", 1).await;
    own.catch_up(&street).await;
    other.catch_up(&street).await;
    let app = Arc::clone(&street.app);
    let url = street.url("/security/1.0/rbac/explain");
    let asking = {
        let client = own.client.clone();
        let body = request("User:alice", "payments-id");
        let sent = client.post(url).basic_auth("mds", Some("mds-secret"));
        tokio::spawn(sent.json(&body).send())
    };
    let node = NodeId {
        cluster: openmds_policy::names::ClusterId::new("payments-id"),
        node_id: 1,
    };
    eventually("it is asked", || async {
        app.feed.questions.wait_for(&node).then_some(())
    })
    .await;
    let unasked = other.send(&street, &other.question(0)).await;
    assert!(!unasked.headers().contains_key("openmds-questions"));
    let asked = own.send(&street, &own.question(25)).await;
    let header = asked.headers()["openmds-questions"].to_str().unwrap();
    let questions: Value = serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap();
    assert_eq!(questions[0]["principal"], "User:alice");
    assert_eq!(questions[0]["groups"], json!(["dev"]));
    assert_eq!(questions[0]["host"], "10.0.0.1");
    let again = own.send(&street, &own.question(0)).await;
    assert!(
        !again.headers().contains_key("openmds-questions"),
        "a node is asked once"
    );
    let id = &questions[0]["id"];
    other.report = json!({"answers": [{"id": id, "decision": "allowed", "why": "a lie"}]});
    other.send(&street, &other.question(0)).await;
    own.report = json!({"answers": [{"id": id, "decision": "denied", "why": "nothing allows it"}]});
    own.send(&street, &own.question(0)).await;
    let answer: Value = asking.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(answer["live"][0]["decision"], "DENIED", "{answer}");
    assert_eq!(answer["live"][0]["text"], "nothing allows it");
}
