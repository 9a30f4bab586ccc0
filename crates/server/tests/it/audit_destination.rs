//! The destination cluster: which one, its topics, and what happens when it does not answer
//! (`audit-logs.md` 7.4, `rulings.md` 8 and 9).

use openmds_kafka::TopicDescription;
use openmds_kafka::fake::{FakeCall, FakeCluster, FakeCondition};
use serde_json::{Value, json};

use crate::desk::{TOPIC, document};
use crate::world::{HOME, LOGS, NOBODY, OTHER_LOGS, World};

fn at_servers(servers: &[&str]) -> Value {
    let mut document = document(1000);
    document["destinations"]["bootstrap_servers"] = json!(servers);
    document
}

fn changes(cluster: &FakeCluster) -> Vec<FakeCall> {
    let is_read = |call: &FakeCall| {
        matches!(
            call,
            FakeCall::Connect | FakeCall::DescribeTopics { .. } | FakeCall::DescribeCluster
        )
    };
    cluster
        .calls()
        .into_iter()
        .filter(|call| !is_read(call))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn topics_are_created_and_altered_and_never_deleted() {
    let world = World::new();
    world.logs.set_topic_defaults(6, 3);
    let existing = TopicDescription {
        partitions: 2,
        replication_factor: 1,
        retention_ms: Some(7),
    };
    let kept = format!("{TOPIC}-kept");
    world.logs.put_topic(&kept, existing);
    let desk = world.start().await;
    let mut two = document(1000);
    two["destinations"]["topics"][&kept] = json!({"retention_ms": 2000});
    two["default_topics"]["denied"] = json!(kept);
    desk.update(&two).await.is(200);
    let topic = world.logs.topic(TOPIC).unwrap();
    assert_eq!((topic.partitions, topic.replication_factor), (6, 3));
    assert_eq!(topic.retention_ms, Some(1000));
    let topic = world.logs.topic(&kept).unwrap();
    assert_eq!((topic.partitions, topic.retention_ms), (2, Some(2000)));
    // Nothing to do is nothing done.
    world.logs.forget_calls();
    desk.update(&two).await.is(200);
    assert_eq!(changes(&world.logs), []);
    // A topic that is no longer named stays as it is.
    desk.update(&document(3000)).await.is(200);
    assert_eq!(world.logs.topic(&kept).unwrap().retention_ms, Some(2000));
    assert_eq!(world.logs.topic(TOPIC).unwrap().retention_ms, Some(3000));
}

#[tokio::test(start_paused = true)]
async fn the_document_moves_the_admin_client_to_the_servers_it_names() {
    let world = World::new();
    let desk = world.start().await;
    desk.update(&at_servers(&[OTHER_LOGS])).await.is(200);
    assert!(world.other_logs.topic(TOPIC).is_some() && world.logs.topic(TOPIC).is_none());
    world.logs.forget_calls();
    let altered = TopicDescription {
        partitions: 1,
        replication_factor: 1,
        retention_ms: Some(8),
    };
    world.other_logs.put_topic(TOPIC, altered);
    let shown = desk.document().await;
    assert_eq!(shown["destinations"]["topics"][TOPIC]["retention_ms"], 8);
    assert_eq!(world.logs.calls(), []);
    let status = desk.status().await;
    assert_eq!(
        status["destination"]["bootstrap_servers"],
        json!([OTHER_LOGS])
    );
    // And back to the configured ones.
    desk.update(&document(1000)).await.is(200);
    assert!(world.logs.topic(TOPIC).is_some());
    let status = desk.status().await;
    assert_eq!(status["destination"]["bootstrap_servers"], json!([LOGS]));
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_is_not_allowed_is_refused_by_name() {
    let world = World::new();
    let desk = world.start().await;
    let stranger = at_servers(&[OTHER_LOGS, "evil.example:9092", HOME, LOGS]);
    let answer = desk.update(&stranger).await.is(400).json();
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["error_type"], "destinations.bootstrap_servers[1]");
    let message = errors[0]["message"].as_str().unwrap();
    assert!(message.contains("evil.example:9092"), "{message}");
    assert!(
        message.contains("openmds.audit.destinations.allowed"),
        "{message}"
    );
    // Together with everything else that is wrong, and only so many one by one.
    let names: Vec<String> = (0..1000).map(|index| format!("evil-{index}:1")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut stranger = at_servers(&names);
    stranger["default_topics"]["denied"] = json!("nowhere");
    let answer = desk.update(&stranger).await.is(400).json();
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors[0]["error_type"], "default_topics.denied");
    assert_eq!(errors.len(), 22);
    assert!(
        errors[21]["message"]
            .as_str()
            .unwrap()
            .starts_with("and 980 more")
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_destination_must_answer_before_anything_is_stored() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let before = desk.update(&document(1000)).await.is(200).json();
    world.payments.forget_calls();
    let message = desk.update(&at_servers(&[NOBODY])).await.is(500).message();
    assert!(
        message.contains("prepare the destination topics"),
        "{message}"
    );
    assert!(
        message.contains(&format!("cannot talk to {NOBODY}")),
        "{message}"
    );
    for (condition, says) in [
        (FakeCondition::BadCredentials, "did not let us log in"),
        (
            FakeCondition::UntrustedCertificate,
            "certificate is not trusted",
        ),
        (FakeCondition::Frozen, "no answer in time"),
    ] {
        world.other_logs.set_condition(condition);
        let message = desk
            .update(&at_servers(&[OTHER_LOGS]))
            .await
            .is(500)
            .message();
        assert!(
            message.contains(says) && message.contains(OTHER_LOGS),
            "{message}"
        );
    }
    world.other_logs.set_condition(FakeCondition::Reachable);
    world.other_logs.deny("Create");
    let message = desk
        .update(&at_servers(&[OTHER_LOGS]))
        .await
        .is(500)
        .message();
    assert!(
        message.contains("missing right: Create on Topic"),
        "{message}"
    );
    // The document in force is untouched, and so is what is known of its destination.
    let status = desk.status().await;
    assert_eq!(status["destination"]["state"], "ok");
    assert_eq!(
        status["resource_version"],
        before["metadata"]["resource_version"]
    );
    assert_eq!(desk.document().await, before);
    let pushed = format!("{:?}", world.payments.calls());
    assert!(!pushed.contains("Alter"), "{pushed}");
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_died_can_be_left() {
    let world = World::new();
    let desk = world.start().await;
    desk.update(&document(1000)).await.is(200);
    let altered = TopicDescription {
        partitions: 1,
        replication_factor: 1,
        retention_ms: Some(8),
    };
    world.logs.put_topic(TOPIC, altered);
    let last_seen = desk.document().await["metadata"]["resource_version"].clone();
    world.logs.set_condition(FakeCondition::Unreachable);
    desk.get("mds", "/audit/config").await.is(500);
    // The status shows the version to start from: that of the last retention seen.
    assert_eq!(desk.status().await["resource_version"], last_seen);
    let mut elsewhere = at_servers(&[OTHER_LOGS]);
    elsewhere["metadata"] = json!({"resource_version": "old"});
    let conflict = desk.put("mds", "/audit/config", &elsewhere).await.is(409);
    assert_eq!(conflict.json()["metadata"]["resource_version"], last_seen);
    elsewhere["metadata"] = json!({"resource_version": last_seen});
    desk.put("mds", "/audit/config", &elsewhere).await.is(200);
    desk.document().await;
    assert_eq!(desk.status().await["destination"]["state"], "ok");
}

#[tokio::test(start_paused = true)]
async fn a_lone_cluster_is_its_own_destination() {
    let mut world = World::new();
    world.unset("confluent.security.event.logger.destination.admin.bootstrap.servers");
    let desk = world.start().await;
    desk.update(&document(1000)).await.is(200);
    assert!(world.home.topic(TOPIC).is_some() && world.logs.topic(TOPIC).is_none());
    let shown = desk.until("home", "applied").await;
    assert_eq!(shown["cluster_id"], "home-id");
    // Its credentials are for itself: they go to no other cluster.
    let message = desk
        .update(&at_servers(&[OTHER_LOGS]))
        .await
        .is(500)
        .message();
    assert!(
        message.contains("the home cluster's credentials go nowhere else"),
        "{message}"
    );
    assert!(message.contains("confluent.security.event.logger.destination.admin."));
    assert_eq!(world.other_logs.calls(), []);
}
