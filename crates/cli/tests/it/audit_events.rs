//! `audit tail` and `audit search`

use insta::assert_snapshot;
use openmds_kafka::TopicDescription;
use openmds_kafka::fake::FakeCluster;

use crate::audit_verify::{self, line};
use crate::desk::Desk;

/// Six decisions of two principals, a second apart, and a line that is no event.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let cluster = FakeCluster::new("dest");
    let topic = TopicDescription {
        partitions: 1,
        replication_factor: 1,
        retention_ms: None,
    };
    cluster.put_topic("audit", topic);
    desk.kafka.add(&"k:9092".parse().unwrap(), &cluster);
    let mut lines = Vec::new();
    for second in 0..6 {
        let (principal, granted) = match second % 2 {
            0 => ("User:alice", true),
            _ => ("User:bob\\u001b[2J", false),
        };
        lines.push(line("audit", &format!(
            r#"{{"id":"{second}","source":"crn:///kafka=c1","type":"io.confluent.kafka.server/authorization","time":"2026-01-01T00:00:00.0{second}0Z","data":{{"methodName":"kafka.Produce","resourceName":"crn:///kafka=c1/topic=orders","authenticationInfo":{{"principal":"{principal}"}},"authorizationInfo":{{"granted":{granted},"operation":"Write","resourceType":"Topic","resourceName":"orders"}},"requestMetadata":{{"client_address":"/10.0.0.{second}"}}}}}}"#
        )));
    }
    lines.push(line("audit", "hello"));
    audit_verify::write(&desk, &lines).await;
    desk
}

#[tokio::test]
async fn tail_shows_the_newest() {
    let desk = desk().await;
    let at = "--bootstrap-server k:9092 --topic audit";
    assert_snapshot!(desk.run(&format!("audit tail {at} --lines 3")).await, @r"
    exit code: 0
    --- stdout ---
    2026-01-01T00:00:00.040Z  allow  User:alice  kafka.Produce  Write  Topic orders  from 10.0.0.4
    2026-01-01T00:00:00.050Z  deny   User:bob\u{1b}[2J  kafka.Produce  Write  Topic orders  from 10.0.0.5
    ");
    let outcome = desk
        .run(&format!(
            "audit tail {at} --lines 7 --decision allow -o json"
        ))
        .await;
    let ids: Vec<_> = outcome
        .lines()
        .filter_map(|line| line.get(..9))
        .filter(|line| line.starts_with("{\"id\""))
        .collect();
    assert_eq!(ids, ["{\"id\":\"0\"", "{\"id\":\"2\"", "{\"id\":\"4\""]);
}

#[tokio::test]
async fn search_finds_by_time_and_conditions() {
    let desk = desk().await;
    let at = "--bootstrap-server k:9092 --topic audit";
    let search = async |rest: &str| desk.run(&format!("audit search {at} {rest}")).await;
    assert_snapshot!(search("--where principal=User:bob* --where client!=10.0.0.3").await, @r"
    exit code: 0
    --- stdout ---
    2026-01-01T00:00:00.010Z  deny   User:bob\u{1b}[2J  kafka.Produce  Write  Topic orders  from 10.0.0.1
    2026-01-01T00:00:00.050Z  deny   User:bob\u{1b}[2J  kafka.Produce  Write  Topic orders  from 10.0.0.5
    --- stderr ---
    Found 2 in 7 records.
    Warning: 1 of the records are no events
    ");
    let outcome = search("--since 2026-01-01T00:00:00.020Z --until 2026-01-01T00:00:00.040Z").await;
    assert!(outcome.contains("Found 2 in "), "{outcome}");
    let outcome = search("--resource orders --principal User:alice --principal User:carol").await;
    assert!(outcome.contains("Found 3 in 7 records."), "{outcome}");
    let outcome = search("--where colour=red").await;
    assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
    let outcome = search("--since 2026-01-02 --until 2026-01-01").await;
    assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
}
