//! Nodes follow the policy over HTTPS, with certificates: what they get, and what they are refused.

use openmds_policy::feed::{Change, FeedError, decode};
use serde_json::{Value, json};

use crate::desk::{document, eventually};
use crate::followers::{Follower, Heard, add_acl, bind_topic, client, encrypted_world, join, open};
use crate::own_events::{event, world_with_document};
use crate::world::{PAYMENTS, World};

#[tokio::test]
async fn a_node_gets_a_snapshot_then_changes_and_resumes_where_it_was() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    bind_topic(&street, "User:alice", "payments-id", "orders", true).await;
    add_acl(&street, "User:bob", "payments-id", "secret").await;
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    assert_eq!(node.ask(&street, 0).await, Heard::Snapshot);
    let first = ["User:alice DeveloperRead orders", "User:bob acl secret"];
    assert_eq!(node.lines(), first);
    let jwks = street.app.issuer.jwks();
    assert_eq!(node.policy.keys(), jwks);
    bind_topic(&street, "User:alice", "payments-id", "bills", true).await;
    let changes = node.catch_up(&street).await;
    assert_eq!(changes.len(), 1, "{changes:?}");
    let second = [
        "User:alice DeveloperRead bills,orders",
        "User:bob acl secret",
    ];
    assert_eq!(node.lines(), second);
    // Away for a while, and after a restart of the server: still only what is new.
    street.close().await;
    let street = world.open().await;
    bind_topic(&street, "User:alice", "payments-id", "bills", false).await;
    bind_topic(&street, "User:alice", "payments-id", "orders", false).await;
    let changes = node.catch_up(&street).await;
    assert!(
        matches!(&changes[..], [Change::Grant(grant)] if grant.patterns.is_none()),
        "{changes:?}"
    );
    assert_eq!(node.lines(), ["User:bob acl secret"]);
    // Another node of the same cluster holds the same after its snapshot.
    let mut other = Follower::new(&street, &authority, "payments-id", 2).await;
    assert_eq!(other.ask(&street, 0).await, Heard::Snapshot);
    assert_eq!(other.lines(), node.lines());
    let rotated = street
        .desk
        .post("mds", "/keys/rotate", &json!({"algorithm": "ES256"}))
        .await;
    rotated.is(200);
    let changes = node.catch_up(&street).await;
    assert!(matches!(&changes[..], [Change::Keys(_)]), "{changes:?}");
    assert_eq!(node.policy.keys(), street.app.issuer.jwks());
}

#[tokio::test]
async fn a_cluster_sees_nothing_of_another_one() {
    let (mut world, authority) = encrypted_world();
    let groups = world.file(
        "groups",
        "ours:alice,carol\ntheirs:dora,alice\nnobodys:erna\n",
    );
    let groups = groups.to_str().unwrap().to_string();
    world.set("openmds.user.store.file.groups.path", &groups);
    let street = open(&world).await;
    bind_topic(&street, "Group:ours", "payments-id", "orders", true).await;
    bind_topic(&street, "Group:theirs", "home-id", "salaries", true).await;
    bind_topic(&street, "User:fritz", "home-id", "salaries", true).await;
    add_acl(&street, "User:gerda", "home-id", "salaries").await;
    // A role in a component beside the cluster is not one in the cluster.
    let scope = json!({"clusters": {"kafka-cluster": "payments-id", "connect-cluster": "c"}});
    let path = "/principals/User:hans/roles/SystemAdmin";
    street.desk.post("mds", path, &scope).await.is(204);
    eventually("both groups are stored", || async {
        (street.app.present().memberships().size() == 3).then_some(())
    })
    .await;
    let mut ours = Follower::new(&street, &authority, "payments-id", 1).await;
    let mut theirs = Follower::new(&street, &authority, "home-id", 1).await;
    ours.ask(&street, 0).await;
    theirs.ask(&street, 0).await;
    let of_ours = [
        "Group:ours DeveloperRead orders",
        "alice in ours",
        "carol in ours",
    ];
    assert_eq!(ours.lines(), of_ours);
    let of_theirs = [
        "User:fritz DeveloperRead salaries",
        "Group:theirs DeveloperRead salaries",
        "User:gerda acl salaries",
        "alice in theirs",
        "dora in theirs",
    ];
    assert_eq!(theirs.lines(), of_theirs);
    // What changes there is not told here, not even the names of users.
    bind_topic(&street, "User:fritz", "home-id", "bonuses", true).await;
    add_acl(&street, "Group:theirs", "home-id", "bonuses").await;
    world.file(
        "groups",
        "ours:alice,carol\ntheirs:dora,ida\nnobodys:erna\n",
    );
    eventually("ida is in their group", || async {
        street.app.present().memberships().get("ida").map(drop)
    })
    .await;
    assert_eq!(ours.catch_up(&street).await, []);
    assert_eq!(ours.lines(), of_ours);
    theirs.catch_up(&street).await;
    let members = ["dora in theirs", "ida in theirs"];
    assert!(
        theirs.lines().ends_with(&members.map(str::to_string)),
        "{:?}",
        theirs.lines()
    );
    // A group that the cluster begins to name brings its members, and takes them along again.
    bind_topic(&street, "Group:theirs", "payments-id", "orders", true).await;
    ours.catch_up(&street).await;
    let with = [
        "alice in ours",
        "carol in ours",
        "dora in theirs",
        "ida in theirs",
    ];
    assert!(
        ours.lines().ends_with(&with.map(str::to_string)),
        "{:?}",
        ours.lines()
    );
    bind_topic(&street, "Group:theirs", "payments-id", "orders", false).await;
    ours.catch_up(&street).await;
    assert_eq!(ours.lines(), of_ours);
}

#[tokio::test]
async fn who_is_no_node_of_the_cluster_gets_nothing() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    let node = Follower::new(&street, &authority, "payments-id", 1).await;
    let ask = |change: &dyn Fn(&mut Value)| {
        let mut question = node.question(0);
        change(&mut question);
        question
    };
    let (status, message) = node
        .refused(
            &street,
            &ask(&|question| question["cluster_id"] = json!("home-id")),
        )
        .await;
    assert_eq!(status, 403);
    let expected = "this node was enrolled in the Kafka cluster payments-id and asks for the policy of home-id";
    assert!(
        message.starts_with(expected) && message.contains("`openmds cluster enroll NAME`"),
        "{message}"
    );
    let (status, message) = node
        .refused(&street, &ask(&|question| question["node_id"] = json!(2)))
        .await;
    assert_eq!(status, 403);
    assert!(
        message.contains("node 1") && message.contains("node 2"),
        "{message}"
    );
    let (status, message) = node
        .refused(&street, &ask(&|question| question["format"] = json!(2)))
        .await;
    assert_eq!(status, 426);
    assert!(
        message.contains("format 1") && message.contains("format 2"),
        "{message}"
    );
    // A user's certificate, a user's password, and nothing that proves anything.
    let question = node.question(0);
    let user = client(&authority, &authority.client("bob").store());
    let request = || user.post(street.url("/openmds/1.0/feed")).json(&question);
    for request in [request(), request().basic_auth("bob", Some("bob-secret"))] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401);
        let body: Value = answer.json().await.unwrap();
        let message = body["message"].as_str().unwrap();
        assert!(message.contains("only nodes may ask this"), "{message}");
    }
    // Of a broken request nothing is taken over.
    for broken in [json!([]), json!({"cluster_id": "payments-id"}), json!(null)] {
        assert_eq!(node.refused(&street, &broken).await.0, 400, "{broken}");
    }
    let half = ask(&|question| {
        question["server"] = json!(null);
        question["generation"] = json!(4);
    });
    assert_eq!(node.refused(&street, &half).await.0, 400);
    // Whether the cluster has a name here is no matter.
    let mut node = node;
    street
        .desk
        .delete("mds", "/registry/clusters/payments", None)
        .await
        .is(204);
    bind_topic(&street, "User:alice", "payments-id", "orders", true).await;
    node.catch_up(&street).await;
    assert_eq!(node.lines(), ["User:alice DeveloperRead orders"]);
}

#[tokio::test(start_paused = true)]
async fn asking_for_another_cluster_is_recorded() {
    let (world, desk) = world_with_document().await;
    desk.register("payments", "payments-id", PAYMENTS).await;
    let (_, node) = join(&desk.app, "payments-id", 3).await;
    let question = json!({"cluster_id": "home-id", "node_id": 3, "format": 1});
    let question = serde_json::from_value(question).unwrap();
    let context = openmds_server::app::RequestContext::default();
    let id = openmds_server::feed::NodeId {
        cluster: node.cluster.clone(),
        node_id: node.node,
    };
    let refused = desk.app.follow_feed(&id, &node.serial, context, &question);
    assert!(refused.await.is_err());
    let recorded = event(&world.logs, "mds.RefuseNode", |_| true).await;
    let data = &recorded["data"];
    let principal = "User:openmds:cluster:payments-id:node:3";
    assert_eq!(data["authenticationInfo"]["principal"], principal);
    let refused = &data["change"]["after"];
    assert_eq!(refused["reason"], "other-cluster");
    assert_eq!(refused["claimedClusterId"], "home-id");
}

#[tokio::test]
async fn a_feed_that_is_cut_in_the_middle_changes_nothing() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    let topics: Vec<Value> = (0..10_000)
        .map(|number| json!({"resourceType": "Topic", "name": format!("a-topic-of-some-length-{number}"), "patternType": "LITERAL"}))
        .collect();
    let body = json!({"scope": {"clusters": {"kafka-cluster": "payments-id"}}, "resourcePatterns": topics});
    let path = "/principals/User:alice/roles/DeveloperRead/bindings";
    node.ask(&street, 0).await;
    let held = node.policy.clone();
    street.desk.post("mds", path, &body).await.is(204);
    let mut answer = node.send(&street, &node.question(0)).await;
    let beginning = answer.chunk().await.unwrap().unwrap();
    let length: usize = answer.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(beginning.len() < length);
    drop(answer);
    assert!(matches!(decode(&beginning), Err(FeedError::Cut { .. })));
    assert_eq!(node.policy, held);
    // It asks again with what it holds, and gets all of it.
    let changes = node.catch_up(&street).await;
    assert_eq!(changes.len(), 1);
    assert_eq!(node.lines().len(), 1);
}

#[tokio::test]
async fn a_large_feed_is_compressed_for_who_can_read_it() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    for number in 0..20 {
        bind_topic(
            &street,
            &format!("User:user-number-{number}"),
            "payments-id",
            "orders",
            true,
        )
        .await;
    }
    let node = Follower::new(&street, &authority, "payments-id", 1).await;
    let plain = node
        .send(&street, &node.question(0))
        .await
        .bytes()
        .await
        .unwrap();
    let request = node
        .client
        .post(street.url("/openmds/1.0/feed"))
        .json(&node.question(0));
    let answer = request
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let packed = answer.bytes().await.unwrap();
    assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < plain.len() / 2);
}

#[tokio::test]
async fn the_server_knows_its_nodes() {
    let (world, authority) = encrypted_world();
    let street = open(&world).await;
    let desk = &street.desk;
    desk.update(&document(1)).await.is(200);
    let nodes = || async {
        let answer = desk.get("mds", "/registry/clusters/payments/nodes").await;
        answer.is(200).json()
    };
    eventually("the cluster's nodes are known", || async {
        (nodes().await["nodes"].as_array().unwrap().len() == 3).then_some(())
    })
    .await;
    let never = &nodes().await["nodes"][2];
    assert_eq!(
        (&never["node_id"], &never["state"]),
        (&json!(100), &json!("never-seen"))
    );
    assert_eq!(never["roles"], json!(["controller"]));
    let mut node = Follower::new(&street, &authority, "payments-id", 1).await;
    let difference = |count: u64, host: &str| {
        json!({"principal": "User:alice", "host": host, "operation": "Read", "resource_type": "Topic",
            "resource_name": "orders", "present": "ALLOWED", "openmds": "DENIED", "count": count})
    };
    node.report = json!({"policy_age_ms": 12, "decisions": 7, "panics": 1, "trouble": "ö".repeat(1_000), "shadow": {"compared": 7, "denied_by_openmds_only": 2,
        "differences": [difference(2, "10.0.0.1")]}});
    node.catch_up(&street).await;
    let mut other = Follower::new(&street, &authority, "payments-id", 2).await;
    other.report = json!({"shadow": {"compared": 5, "denied_by_openmds_only": 1, "differences": [difference(1, "10.0.0.2")]}});
    other.catch_up(&street).await;
    bind_topic(&street, "User:alice", "payments-id", "orders", true).await;
    bind_topic(&street, "User:alice", "payments-id", "bills", true).await;
    node.catch_up(&street).await;
    let listed = nodes().await;
    assert_eq!(listed["cluster_id"], "payments-id");
    assert_eq!(json!(node.policy.server()), listed["server"]);
    let first = &listed["nodes"][0];
    assert_eq!(
        (&first["state"], &first["behind"]),
        (&json!("current"), &json!(0))
    );
    assert_eq!(first["generation"], json!(node.policy.generation()));
    assert_eq!(first["plugin"], "0.1.0");
    assert_eq!(first["report"]["decisions"], 7);
    assert_eq!(first["report"]["panics"], 1);
    assert_eq!(first["report"]["trouble"], "ö".repeat(500));
    let second = &listed["nodes"][1];
    assert_eq!(second["state"], "behind");
    assert!(second["behind"].as_u64().unwrap() >= 2);
    let shadow = desk.get("mds", "/registry/clusters/payments/shadow").await;
    let shadow = shadow.is(200).json();
    assert_eq!(shadow["nodes"], json!([1, 2]));
    assert_eq!(
        (&shadow["compared"], &shadow["denied_by_openmds_only"]),
        (&json!(12), &json!(3))
    );
    assert_eq!(shadow["differences"].as_array().unwrap().len(), 1);
    assert_eq!(shadow["differences"][0]["count"], 3);
    let figures = desk
        .call("mds", axum::http::Method::GET, "/metrics", None)
        .await;
    let figures = figures.text();
    for line in [
        "openmds_feed_nodes{cluster=\"payments\",state=\"current\"} 1",
        "openmds_feed_nodes{cluster=\"payments\",state=\"behind\"} 1",
        "openmds_feed_nodes{cluster=\"payments\",state=\"never-seen\"} 1",
        "openmds_feed_node_generations_behind{cluster=\"payments\",node=\"1\"} 0",
        "openmds_feed_node_silence_seconds{cluster=\"payments\",node=\"2\"} 0",
        "openmds_feed_answers_total{outcome=\"snapshot\"} 2",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
    world.clock.advance(3600);
    assert_eq!(nodes().await["nodes"][0]["state"], "silent");
    assert_eq!(nodes().await["nodes"][0]["seconds_since_seen"], 3600);
}

#[tokio::test(start_paused = true)]
async fn nodes_are_shown_to_those_who_may_see_the_cluster() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    for what in ["nodes", "shadow"] {
        let path = format!("/registry/clusters/payments/{what}");
        let refused = desk.get("alice", &path).await.is(403).message();
        assert!(
            refused
                .contains("--role ClusterAdmin --principal User:alice --kafka-cluster payments-id"),
            "{refused}"
        );
        desk.get("mds", &path).await.is(200);
        desk.get("mds", &path.replace("payments", "nothing"))
            .await
            .is(404);
    }
    desk.grant("alice", "ClusterAdmin", "payments-id").await;
    desk.get("alice", "/registry/clusters/payments/nodes")
        .await
        .is(200);
    let connect = json!([{"clusterName": "connect", "scope": {"clusters": {"kafka-cluster": "payments-id", "connect-cluster": "c"}},
        "hosts": [{"host": "127.0.0.1", "port": 8083}], "protocol": "HTTP"}]);
    desk.post("mds", "/registry/clusters", &connect)
        .await
        .is(204);
    desk.get("mds", "/registry/clusters/connect/nodes")
        .await
        .is(400);
}
