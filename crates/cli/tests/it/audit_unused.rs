//! `audit unused`

use openmds_kafka::TopicDescription;
use openmds_kafka::fake::FakeCluster;

use crate::audit_verify::{self, line};
use crate::desk::Desk;
use crate::stand_in::Reply;

/// alice reads one topic of two; bob's group writes; carol is excluded; dave administers.
const BOUND: &str = r#"{"scope":{"clusters":{"kafka-cluster":"k"}},
"cluster_role_bindings":{"User:dave":{"SystemAdmin":[]}},
"resource_role_bindings":{
"User:alice":{"DeveloperRead":[{"role":"R","resourceType":"Topic","resourceName":"orders","resourcePattern":"LITERAL","alterAccess":true},{"role":"R","resourceType":"Topic","resourceName":"bills","resourcePattern":"LITERAL","alterAccess":true}]},
"Group:writers":{"DeveloperWrite":[{"role":"R","resourceType":"Topic","resourceName":"or","resourcePattern":"PREFIXED","alterAccess":true}]},
"User:erin":{"DeveloperWrite":[{"role":"R","resourceType":"Topic","resourceName":"orders","resourcePattern":"LITERAL","alterAccess":true}]},
"User:carol":{"DeveloperWrite":[{"role":"R","resourceType":"Topic","resourceName":"orders","resourcePattern":"LITERAL","alterAccess":true}]}}}"#;

/// Reading is not recorded, everything else is.
const CONFIG: &str = r#"{"destinations":{"topics":{"confluent-audit-log-events":{"retention_ms":86400000}}},
"default_topics":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"},"excluded_principals":["User:carol"],
"routes":{"crn:///kafka=*/topic=*":{"consume":{"allowed":"","denied":"confluent-audit-log-events"},"produce":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"},"describe":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"}}}}"#;

async fn desk(events: &[String]) -> Desk {
    let desk = Desk::logged_in().await;
    let access = r#"{"cluster":["DescribeAccess"],"resources":{}}"#;
    desk.server
        .on(
            "POST /security/1.0/lookup/managed/clusters/principal/User:alice",
            Reply::json(200, access),
        )
        .on(
            "POST /security/1.0/lookup/managed/rolebindings/principal/User:alice",
            Reply::json(200, BOUND),
        )
        .on("POST /security/1.0/acls:search", Reply::json(200, "[]"))
        .on("GET /security/1.0/audit/config", Reply::json(200, CONFIG));
    let cluster = FakeCluster::new("dest");
    let topic = TopicDescription {
        partitions: 1,
        replication_factor: 1,
        retention_ms: None,
    };
    cluster.put_topic("confluent-audit-log-events", topic);
    desk.kafka.add(&"k:9092".parse().unwrap(), &cluster);
    let lines: Vec<_> = events
        .iter()
        .map(|event| line("confluent-audit-log-events", event))
        .collect();
    audit_verify::write(&desk, &lines).await;
    desk
}

fn event(principal: &str, rbac: &str, granted: bool, cluster: &str, topic: &str) -> String {
    format!(
        r#"{{"id":"1","source":"crn:///kafka={cluster}","time":"2026-01-01T00:00:00Z","data":{{"authenticationInfo":{{"principal":"{principal}"}},"authorizationInfo":{{"granted":{granted},"operation":"Read","resourceType":"Topic","resourceName":"{topic}","rbacAuthorization":{{{rbac},"scope":{{"outerScope":[],"clusters":{{"kafka-cluster":"{cluster}"}}}}}}}}}}}}"#
    )
}

const COMMAND: &str = "audit unused --kafka-cluster k --bootstrap-server k:9092 --topic confluent-audit-log-events --since 2026-01-01";

#[tokio::test]
async fn bindings_that_no_event_needed() {
    let read = r#""role":"DeveloperRead""#;
    let write = r#""role":"DeveloperWrite","actingPrincipal":"Group:writers""#;
    let desk = desk(&[
        event("User:alice", read, true, "k", "orders"),
        event("User:bob", write, true, "k", "order-lines"),
        // These show no need: another cluster, another role, a denial.
        event("User:alice", read, true, "other", "bills"),
        event("User:erin", read, true, "k", "orders"),
        event("User:alice", read, false, "k", "bills"),
    ])
    .await;
    let outcome = desk.run(COMMAND).await;
    let row = |principal: &str| -> Vec<String> {
        let line = outcome
            .lines()
            .find(|line| line.starts_with(&format!(" {principal} ")));
        let cells = line
            .unwrap_or_default()
            .split('|')
            .map(|cell| cell.trim().to_owned());
        cells.collect()
    };
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert_eq!(
        row("User:alice"),
        ["User:alice", "DeveloperRead", "Topic bills", "consume"]
    );
    assert_eq!(
        row("User:erin"),
        ["User:erin", "DeveloperWrite", "Topic orders", ""]
    );
    assert_eq!(
        row("User:carol"),
        [
            "User:carol",
            "DeveloperWrite",
            "Topic orders",
            "excluded principal"
        ]
    );
    let dave = row("User:dave");
    assert_eq!(dave[..3], ["User:dave", "SystemAdmin", "Cluster"]);
    assert!(dave[3].contains("consume"), "{dave:?}");
    assert_eq!(row("Group:writers"), [""]);
    let told = "4 bindings were not needed by any of 5 events from 2026-01-01T00:00:00Z to ";
    assert!(outcome.contains(told), "{outcome}");
    assert!(
        outcome.contains("does not record all uses of 3 of them"),
        "{outcome}"
    );
    let outcome = desk.run(&format!("{COMMAND} -o json")).await;
    assert!(outcome.contains("\"needed\": 2,"), "{outcome}");
    assert!(outcome.contains("\"not_recorded\": []"), "{outcome}");
}

#[tokio::test]
async fn without_events_nothing_is_known() {
    let desk = desk(&[]).await;
    let outcome = desk.run(COMMAND).await;
    assert!(
        outcome.contains("no event was read, so nothing is known"),
        "{outcome}"
    );
}
