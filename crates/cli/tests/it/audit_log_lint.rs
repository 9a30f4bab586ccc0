//! `audit-log config lint`. Which finding there is when: `spec/cases/audit-lint`, run by policy.

use insta::assert_snapshot;
use serde_json::Value;

use crate::desk::Desk;
use crate::stand_in::Reply;

const DOCUMENT: &str = r#"{"destinations":{"topics":{"confluent-audit-log-events":{"retention_ms":1}}},"default_topics":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"},"excluded_principals":["User:alice"],"routes":{"crn:///kafka=K1/topic=*":{"consume":{"allowed":"confluent-audit-log-events","denied":""},"other":{"denied":""}}},"metadata":null}"#;
const REGISTRY: &str = r#"[{"clusterName":"k2","scope":{"clusters":{"kafka-cluster":"K2"}}},{"clusterName":"sr","scope":{"clusters":{"kafka-cluster":"K1","schema-registry-cluster":"s"}}}]"#;

#[tokio::test]
async fn a_file_is_checked_without_a_server() {
    let desk = Desk::new().await;
    let file = desk.write("config.json", DOCUMENT);
    let command = format!("audit-log config lint --file {file}");
    let outcome = desk.run(&command).await;
    assert_snapshot!(outcome, @r#"
    exit code: 0
    --- stdout ---
    warning: routes["crn:///kafka=K1/topic=*"]: records what consumers do with topics; what they do with their groups (join, commit, leave) is about the group, and no route is
        add a route `.../group=*` with consume
    warning: routes["crn:///kafka=K1/topic=*"].other: the deprecated category is read as management
        write management in its place
    note: metadata: the document says not which version it was made from
        put it with `openmds audit-log config update --force`, or paste the metadata of `openmds audit-log config describe`
    "#);
    assert_eq!(desk.run(&format!("{command} --offline")).await, outcome);
    assert_eq!(desk.server.requests(), "");
    assert_snapshot!(desk.run(&format!("{command} --strict --super-users User:alice,User:bob --authority m -o json")).await, @r#"
    exit code: 1
    --- stdout ---
    [
      {
        "severity": "warning",
        "rule": "excluded-super-user",
        "path": "excluded_principals[0]",
        "message": "nothing that `User:alice`, an administrator, does is recorded",
        "fix": "exclude the principals of services, not of administrators; discard single categories by routes"
      },
      {
        "severity": "warning",
        "rule": "no-group-route",
        "path": "routes[\"crn:///kafka=K1/topic=*\"]",
        "message": "records what consumers do with topics; what they do with their groups (join, commit, leave) is about the group, and no route is",
        "fix": "add a route `.../group=*` with consume"
      },
      {
        "severity": "warning",
        "rule": "deprecated-category",
        "path": "",
        "message": "routes[\"crn:///kafka=K1/topic=*\"].other: the deprecated category is read as management",
        "fix": "write management in its place"
      },
      {
        "severity": "note",
        "rule": "no-version",
        "path": "metadata",
        "message": "the document says not which version it was made from",
        "fix": "put it with `openmds audit-log config update --force`, or paste the metadata of `openmds audit-log config describe`"
      }
    ]
    --- stderr ---
    Error: 3 warnings found
    "#);
}

#[tokio::test]
async fn who_is_logged_in_sees_more() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, REGISTRY),
    );
    let in_force = DOCUMENT.replace("null}", "{\"resource_version\":\"v1\"}}");
    desk.server
        .on("GET /security/1.0/audit/config", Reply::json(200, in_force));
    assert_snapshot!(desk.run("audit-log config lint").await, @r#"
    exit code: 0
    --- stdout ---
    warning: excluded_principals[0]: nothing that `User:alice`, an administrator, does is recorded
        exclude the principals of services, not of administrators; discard single categories by routes
    warning: routes["crn:///kafka=K1/topic=*"]: records what consumers do with topics; what they do with their groups (join, commit, leave) is about the group, and no route is
        add a route `.../group=*` with consume
    warning: routes["crn:///kafka=K1/topic=*"]: no registered Kafka cluster matches this route
        see `openmds cluster list` for the ids, and register the cluster if it is to follow this configuration
    warning: routes["crn:///kafka=K1/topic=*"].other: the deprecated category is read as management
        write management in its place
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/registry/clusters
    GET /security/1.0/audit/config
    "#);
}

#[tokio::test]
async fn who_may_not_see_the_registry_gets_the_rest() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/registry/clusters",
        Reply::json(403, r#"{"message":"no"}"#),
    );
    let file = desk.write("config.json", DOCUMENT.replace("User:alice", "User:x"));
    assert_snapshot!(desk.run(&format!("audit-log config lint --file {file}")).await, @r#"
    exit code: 0
    --- stdout ---
    warning: routes["crn:///kafka=K1/topic=*"]: records what consumers do with topics; what they do with their groups (join, commit, leave) is about the group, and no route is
        add a route `.../group=*` with consume
    warning: routes["crn:///kafka=K1/topic=*"].other: the deprecated category is read as management
        write management in its place
    note: metadata: the document says not which version it was made from
        put it with `openmds audit-log config update --force`, or paste the metadata of `openmds audit-log config describe`
    --- stderr ---
    Routes are not compared with the registered clusters: 403 Forbidden
    no
    "#);
}

#[tokio::test]
async fn faults_are_errors_and_all_of_them_are_named() {
    let desk = Desk::new().await;
    let wrong = DOCUMENT.replace("\"denied\":\"\"", "\"denied\":\"x\"");
    let file = desk.write("config.json", wrong);
    assert_snapshot!(desk.run(&format!("audit-log config lint --file {file}")).await, @r#"
    exit code: 1
    --- stdout ---
    error: routes["crn:///kafka=K1/topic=*"].consume.denied: `x` is not declared in destinations.topics; declare it, or write "" to discard
        the server refuses the document as long as it says so
    error: routes["crn:///kafka=K1/topic=*"].other.denied: `x` is not declared in destinations.topics; declare it, or write "" to discard
        the server refuses the document as long as it says so
    error: metadata: is required; paste the metadata of the current configuration, or update with --force
        the server refuses the document as long as it says so
    --- stderr ---
    Error: 3 errors found
    "#);
    let file = desk.write("config.json", "{");
    let outcome = desk
        .run(&format!("audit-log config lint --file {file} -o json"))
        .await;
    assert!(outcome.starts_with("exit code: 1\n"), "{outcome}");
    let json = outcome.split("--- stdout ---\n").nth(1).unwrap();
    let json: Value = serde_json::from_str(json.split("--- stderr").next().unwrap()).unwrap();
    assert_eq!(json[0]["rule"], "invalid");
}

#[tokio::test]
async fn a_document_without_findings_prints_nothing() {
    let desk = Desk::new().await;
    let mut document: Value = serde_json::from_str(DOCUMENT).unwrap();
    document["routes"] = Value::Null;
    document["metadata"] = serde_json::json!({"resource_version": "v1"});
    let file = desk.write("config.json", document.to_string());
    let command = format!("audit-log config lint --strict --file {file}");
    assert_eq!(desk.run(&command).await, "exit code: 0\n");
    assert_eq!(
        desk.run(&format!("{command} -o json")).await,
        "exit code: 0\n--- stdout ---\n[]\n"
    );
}
