//! `audit-log config update`

use insta::assert_snapshot;

use crate::audit_log::{DOCUMENT, FORBIDDEN};
use crate::desk::Desk;
use crate::stand_in::Reply;

const UPDATE: &str = "audit-log config update";
const CONFIG: &str = "/security/1.0/audit/config";

fn on_put(desk: &Desk, reply: Reply) {
    desk.server.on(&format!("PUT {CONFIG}"), reply);
}

#[tokio::test]
async fn the_users_text_reaches_the_server_unchanged() {
    let desk = Desk::logged_in().await;
    on_put(&desk, Reply::json(200, DOCUMENT));
    // Unknown and repeated keys, the spelling of numbers and white space are the server's to judge.
    let text = "{ \"rutes\": {}, \"a\": 1.50,\n \"a\": \"\\u003c\" }\n";
    let outcome = desk.run_with_input(UPDATE, text).await;
    assert_eq!(desk.server.requests(), format!("PUT {CONFIG} {text}"));
    assert!(
        desk.server
            .last_headers()
            .contains("content-type: application/json")
    );
    assert_snapshot!(outcome, @r#"
    exit code: 0
    --- stdout ---
    {
      "destinations": {
        "bootstrap_servers": [
          "logs1:9092"
        ],
        "topics": {
          "confluent-audit-log-events": {
            "retention_ms": 7776000000
          }
        }
      },
      "excluded_principals": [],
      "default_topics": {
        "allowed": "confluent-audit-log-events",
        "denied": "confluent-audit-log-events"
      },
      "routes": {
        "crn:///kafka=*/topic=pay-*": {
          "consume": {
            "allowed": null,
            "denied": "confluent-audit-log-events"
          }
        }
      },
      "metadata": {
        "resource_version": "v7",
        "updated_at": "2026-01-02T03:04:05Z"
      }
    }
    "#);
    let file = desk.write("config.json", text);
    assert_eq!(
        desk.run(&format!("audit-log config update --file {file}"))
            .await,
        outcome
    );
    assert_eq!(desk.server.requests(), format!("PUT {CONFIG} {text}"));
}

#[tokio::test]
async fn warnings_go_to_standard_error() {
    let desk = Desk::logged_in().await;
    let reply = Reply::json(200, r#"{"metadata":{"resource_version":"v8"}}"#)
        .header("openmds-warning", "topic a is declared but not used")
        .header("openmds-warning", "topic b is declared but not used")
        .header("openmds-pending-clusters", "2");
    on_put(&desk, reply);
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 0
    --- stdout ---
    {
      "metadata": {
        "resource_version": "v8"
      }
    }
    --- stderr ---
    Warning: topic a is declared but not used
    Warning: topic b is declared but not used
    Warning: 2 clusters cannot be reached and get the configuration later; see `openmds audit-log status`
    "#);
}

#[tokio::test]
async fn invalid_json_is_not_sent() {
    let desk = Desk::logged_in().await;
    let file = desk.write("config.json", "{\n  \"routes\": {},\n}\n");
    assert_snapshot!(desk.run(&format!("audit-log config update --file {file}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: [DESK]/config.json is not valid JSON: trailing comma at line 3 column 1

    Suggestions:
        Nothing was sent; correct the document and try again
    "#);
    assert_snapshot!(desk.run_with_input(UPDATE, "").await, @r#"
    exit code: 1
    --- stderr ---
    Error: standard input is empty

    Suggestions:
        Nothing was sent; correct the document and try again
    "#);
    assert_snapshot!(desk.run_with_input(UPDATE, "[]").await, @r#"
    exit code: 1
    --- stderr ---
    Error: standard input is not an audit log configuration: invalid type: sequence, expected a JSON object at line 1 column 0

    Suggestions:
        Nothing was sent; correct the document and try again
    "#);
    let file = desk.write("latin1.json", b"{\"a\":\"\xe9\"}");
    assert_snapshot!(desk.run(&format!("audit-log config update --file {file}")).await, @r#"
    exit code: 1
    --- stderr ---
    Error: cannot read [DESK]/latin1.json: stream did not contain valid UTF-8

    Suggestions:
        Nothing was sent; give the document with --file FILE or on standard input
    "#);
    assert_snapshot!(desk.run("audit-log config update --file /no/such/file").await, @r#"
    exit code: 1
    --- stderr ---
    Error: cannot read /no/such/file: No such file or directory (os error 2)

    Suggestions:
        Nothing was sent; give the document with --file FILE or on standard input
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn conflict_prints_the_current_document() {
    let desk = Desk::logged_in().await;
    on_put(
        &desk,
        Reply::json(
            409,
            r#"{"destinations":{"topics":{}},"metadata":{"resource_version":"v8"}}"#,
        ),
    );
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stdout ---
    {
      "destinations": {
        "topics": {}
      },
      "metadata": {
        "resource_version": "v8"
      }
    }
    --- stderr ---
    Error: 409 Conflict
    the configuration has changed since this document was made; nothing was replaced

    Suggestions:
        Standard output has the current document: make your change in it and update again
        Or repeat the command with --force to replace the current document by yours
    "#);
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let desk = Desk::logged_in().await;
    let body = r#"{"status_code":400,"error_code":400,"type":"INVALID REQUEST DATA","message":"the audit log configuration has 2 errors","errors":[{"error_type":"destinations.topics","message":"destinations.topics: is missing"},{"error_type":"rutes","message":"is not a field here"}]}"#;
    on_put(&desk, Reply::json(400, body));
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 400 Bad Request
    the audit log configuration has 2 errors
    destinations.topics: is missing
    rutes: is not a field here

    Suggestions:
        Nothing was stored; correct the document and try again
    "#);
}

#[tokio::test]
async fn no_bad_field_is_named_twice() {
    let desk = Desk::logged_in().await;
    let body = r#"{"message":"not valid:\nrutes: is no field","errors":[{"error_type":"rutes","message":"is no field"}]}"#;
    on_put(&desk, Reply::json(400, body));
    let outcome = desk.run_with_input(UPDATE, "{}").await;
    assert_eq!(outcome.matches("is no field").count(), 1, "{outcome}");
}

#[tokio::test]
async fn without_the_right() {
    let desk = Desk::logged_in().await;
    on_put(
        &desk,
        Reply::error(403, &FORBIDDEN.replace("DescribeConfigs", "AlterConfigs")),
    );
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden
    User:alice not permitted to AlterConfigs on one or more clusters. Fix it:
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K1
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K2
    "#);
}

#[tokio::test]
async fn stored_but_not_everywhere() {
    let desk = Desk::logged_in().await;
    let message = "stored as version v8, do not repeat the request\nhome: applied\npayments: no answer from k1:9094";
    on_put(
        &desk,
        Reply::error(500, message).header("openmds-warning", "topic a is declared but not used"),
    );
    assert_snapshot!(desk.run_with_input(UPDATE, "{}").await, @r#"
    exit code: 1
    --- stderr ---
    Warning: topic a is declared but not used
    Error: 500 Internal Server Error
    stored as version v8, do not repeat the request
    home: applied
    payments: no answer from k1:9094

    Suggestions:
        `openmds audit-log status` shows what each cluster and node has applied
    "#);
}
