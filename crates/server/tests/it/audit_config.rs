//! `GET audit/config`: the document in force, its version, and its stamp (`audit-logs.md` 2.3, 7.3).

use openmds_kafka::TopicDescription;
use openmds_kafka::fake::FakeCondition;
use serde_json::json;

use crate::desk::{TOPIC, document};
use crate::world::{LOGS, World};

fn retention(retention_ms: i64) -> TopicDescription {
    TopicDescription {
        partitions: 6,
        replication_factor: 1,
        retention_ms: Some(retention_ms),
    }
}

#[tokio::test(start_paused = true)]
async fn the_default_document_is_the_same_everywhere() {
    let world = World::new();
    let desk = world.start().await;
    let shown = desk.document().await;
    let version = shown["metadata"]["resource_version"].as_str().unwrap();
    assert_eq!(version.len(), 22);
    let expected = format!(
        r#"{{"destinations":{{"topics":{{"{TOPIC}":{{"retention_ms":7776000000}}}}}},"default_topics":{{"allowed":"{TOPIC}","denied":"{TOPIC}"}},"metadata":{{"resource_version":"{version}","modified_since":"2026-01-02T03:04:05Z"}}}}"#
    );
    let text = desk.get("mds", "/audit/config").await;
    assert_eq!(text.text(), expected);
    // Looking later changes nothing, not even the stamp.
    world.clock.advance(60);
    assert_eq!(desk.document().await, shown);
    let elsewhere = World::new().start().await.document().await;
    assert_eq!(elsewhere["metadata"]["resource_version"], version);
    // Nobody wrote it, so no topic was made for it.
    assert!(world.logs.topic(TOPIC).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_retention_altered_by_hand_is_a_version_of_its_own() {
    let world = World::new();
    let desk = world.start().await;
    let first = desk.update(&document(7_776_000_000)).await.is(200).json();
    assert_eq!(first["metadata"]["updated_at"], "2026-01-02T03:04:05Z");
    assert!(first["metadata"].get("modified_since").is_none());
    assert_eq!(desk.document().await, first);

    world.logs.put_topic(TOPIC, retention(7_776_000_002));
    world.clock.advance(30);
    let altered = desk.document().await;
    assert_eq!(
        altered["destinations"]["topics"][TOPIC]["retention_ms"],
        7_776_000_002_u64
    );
    let stamp = &altered["metadata"];
    assert_ne!(
        stamp["resource_version"],
        first["metadata"]["resource_version"]
    );
    assert_eq!(stamp["modified_since"], "2026-01-02T03:04:35Z");
    assert!(stamp.get("updated_at").is_none());

    // The old version is outdated, and the answer is the document with the present one.
    let mut again = document(7_776_000_001);
    again["metadata"] = json!({"resource_version": first["metadata"]["resource_version"]});
    let conflict = desk.put("mds", "/audit/config", &again).await.is(409);
    assert_eq!(conflict.json(), altered);
    assert_eq!(
        world.logs.topic(TOPIC).unwrap().retention_ms,
        Some(7_776_000_002)
    );

    // Back by hand: the version of the write is in force again.
    world.logs.put_topic(TOPIC, retention(7_776_000_000));
    assert_eq!(desk.document().await, first);

    again["metadata"] = json!({"resource_version": first["metadata"]["resource_version"]});
    desk.put("mds", "/audit/config", &again).await.is(200);
    assert_eq!(
        world.logs.topic(TOPIC).unwrap().retention_ms,
        Some(7_776_000_001)
    );
}

#[tokio::test(start_paused = true)]
async fn unlimited_retention_is_shown_as_the_largest_number() {
    let world = World::new();
    let desk = world.start().await;
    desk.update(&document(1)).await.is(200);
    world.logs.put_topic(TOPIC, retention(-1));
    let shown = desk.document().await;
    assert_eq!(
        shown["destinations"]["topics"][TOPIC]["retention_ms"],
        i64::MAX
    );
    assert!(shown["metadata"]["modified_since"].is_string());
    // What is shown can be sent back.
    desk.put("mds", "/audit/config", &shown).await.is(200);
    assert_eq!(
        world.logs.topic(TOPIC).unwrap().retention_ms,
        Some(i64::MAX)
    );
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_vanished_shows_what_was_written() {
    let mut world = World::new();
    let desk = world.start().await;
    desk.update(&document(1000)).await.is(200);
    let before = desk.document().await;
    desk.kill().await;
    world.logs = openmds_kafka::fake::FakeCluster::new("logs-id");
    world.fleet.add(&crate::world::at(LOGS), &world.logs);
    let desk = world.start().await;
    assert_eq!(desk.document().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_cannot_be_read_is_named_with_the_reason() {
    let world = World::new();
    let desk = world.start().await;
    desk.update(&document(1000)).await.is(200);
    let written = desk.document().await;
    for (condition, says) in [
        (
            FakeCondition::Unreachable,
            "cannot talk to 127.0.0.1:9301: connection refused",
        ),
        (FakeCondition::BadCredentials, "did not let us log in"),
        (
            FakeCondition::UntrustedCertificate,
            "its certificate is not trusted",
        ),
        (FakeCondition::Frozen, "no answer in time"),
    ] {
        world.logs.set_condition(condition);
        let started = tokio::time::Instant::now();
        let answer = desk.get("mds", "/audit/config").await.is(500);
        assert!(started.elapsed().as_millis() < 3_100);
        let message = answer.message();
        assert!(
            message.contains(says) && message.contains(LOGS),
            "{message}"
        );
        assert!(message.contains("confluent.security.event.logger.destination.admin"));
        let destination = desk.status().await["destination"].clone();
        assert_eq!(destination["state"], "failed");
        assert!(destination["error"].as_str().unwrap().contains(says));
    }
    world.logs.set_condition(FakeCondition::Reachable);
    world.logs.deny("DescribeConfigs");
    let message = desk.get("mds", "/audit/config").await.is(500).message();
    assert!(
        message.contains("missing right: DescribeConfigs on Topic confluent-audit-log-events"),
        "{message}"
    );
    // The others answer from memory all the while.
    let status = desk.status().await;
    assert_eq!(
        status["resource_version"],
        written["metadata"]["resource_version"]
    );
    desk.get("mds", "/audit/lookup").await.is(200);
    desk.get("mds", "/audit/routes").await.is(200);
    world.logs.allow("DescribeConfigs");
    assert_eq!(desk.document().await, written);
    assert_eq!(desk.status().await["destination"]["state"], "ok");
}
