//! `audit-log config describe`, `audit-log route ...`, `audit-log status`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

pub(crate) const DOCUMENT: &str = r#"{"destinations":{"bootstrap_servers":["logs1:9092"],"topics":{"confluent-audit-log-events":{"retention_ms":7776000000}}},"excluded_principals":[],"default_topics":{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"},"routes":{"crn:///kafka=*/topic=pay-*":{"consume":{"allowed":null,"denied":"confluent-audit-log-events"}}},"metadata":{"resource_version":"v7","updated_at":"2026-01-02T03:04:05Z"}}"#;

pub(crate) const FORBIDDEN: &str =
    "User:alice not permitted to DescribeConfigs on one or more clusters. Fix it:
openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K1
openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K2";

#[tokio::test]
async fn describe_keeps_the_servers_order() {
    let desk = Desk::logged_in().await;
    desk.server
        .on("GET /security/1.0/audit/config", Reply::json(200, DOCUMENT));
    assert_snapshot!(desk.run("audit-log config describe").await, @r#"
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
    assert_eq!(
        desk.run("al config describe").await,
        desk.run("audit-log config describe").await
    );
}

#[tokio::test]
async fn describe_without_the_right_prints_commands_to_paste() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/audit/config",
        Reply::error(403, FORBIDDEN),
    );
    assert_snapshot!(desk.run("audit-log config describe").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden
    User:alice not permitted to DescribeConfigs on one or more clusters. Fix it:
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K1
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K2
    "#);
}

#[tokio::test]
async fn describe_where_the_destination_is_away() {
    let desk = Desk::logged_in().await;
    let message = "the destination logs1:9092 cannot be reached: connection refused";
    desk.server
        .on("GET /security/1.0/audit/config", Reply::error(500, message));
    assert_snapshot!(desk.run("audit-log config describe").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 500 Internal Server Error
    the destination logs1:9092 cannot be reached: connection refused

    Suggestions:
        `openmds audit-log status` shows what each cluster and node has applied
    "#);
}

#[tokio::test]
async fn describe_where_there_are_no_audit_logs() {
    let desk = Desk::logged_in().await;
    assert_snapshot!(desk.run("audit-log config describe").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unable to access endpoint: 404 Not Found

    Suggestions:
        Check that the URL of the session is that of a metadata server with audit log management
    "#);
}

#[tokio::test]
async fn routes() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(
            "GET /security/1.0/audit/routes?q=crn%3A%2F%2F%2Fkafka%3DK%2Ftopic%3Dt",
            Reply::json(
                200,
                r#"{"default_topics":{"allowed":"a","denied":""},"routes":{}}"#,
            ),
        )
        .on(
            "GET /security/1.0/audit/lookup?crn=crn%3A%2F%2F%2Fkafka%3DK%2Ftopic%3Dt",
            Reply::json(
                200,
                r#"{"route":"default","categories":{"produce":{"allowed":"","denied":""}}}"#,
            ),
        )
        .on(
            "GET /security/1.0/audit/lookup?crn=nonsense",
            Reply::error(
                400,
                "\"nonsense\" is not a CRN: it does not begin with crn://",
            ),
        );
    assert_snapshot!(desk.run("audit-log route list --resource crn:///kafka=K/topic=t").await, @r#"
    exit code: 0
    --- stdout ---
    {
      "default_topics": {
        "allowed": "a",
        "denied": ""
      },
      "routes": {}
    }
    "#);
    assert_snapshot!(desk.run("audit-log route lookup crn:///kafka=K/topic=t").await, @r#"
    exit code: 0
    --- stdout ---
    {
      "route": "default",
      "categories": {
        "produce": {
          "allowed": "",
          "denied": ""
        }
      }
    }
    "#);
    assert_snapshot!(desk.run("audit-log route lookup nonsense").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 400 Bad Request
    "nonsense" is not a CRN: it does not begin with crn://
    "#);
    assert_snapshot!(desk.run("audit-log route list").await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      --resource <CRN>

    Usage: openmds audit-log route list --resource <CRN>

    For more information, try '--help'.
    "#);
}

const STATUS: &str = r#"{"resource_version":"0123456789abcdef0123456789abcdef","updated_at":"2026-01-02T03:04:05Z","state":"stored","clusters":[
{"cluster_name":"home","cluster_id":"K1","state":"applied","projected":false,"error":null,"next_attempt_in_ms":null,"size_bytes":512,"nodes":[{"id":1,"role":"broker","state":"applied","resource_version":"0123456789abcdef0123456789abcdef","checked_at":"2026-01-02T03:04:06Z","age_ms":850,"error":null}]},
{"cluster_name":"payments","cluster_id":"K2","state":"pending","projected":true,"error":"2 of 3 nodes have applied it","next_attempt_in_ms":900,"size_bytes":512,"nodes":[{"id":1,"role":"broker","state":"applied","resource_version":"0123456789abcdef0123456789abcdef","age_ms":125000,"error":null},{"id":100,"role":"controller","state":"unknown","resource_version":null,"checked_at":null,"age_ms":null,"error":"no answer from 127.0.0.1:9099"}]},
{"cluster_name":"","cluster_id":"K3","state":"unreachable","projected":false,"error":"connection refused","nodes":[]}],
"destination":{"bootstrap_servers":["logs1:9092"],"state":"failed","error":"the certificate is not trusted"},"warnings":["topic confluent-audit-log-events-old is declared but not used"]}"#;

#[tokio::test]
async fn status() {
    let desk = Desk::logged_in().await;
    desk.server
        .on("GET /security/1.0/audit/status", Reply::json(200, STATUS));
    assert_snapshot!(desk.run("audit-log status").await, @r#"
    exit code: 0
    --- stdout ---
    Configuration: version 0123456789abcdef0123456789abcdef of 2026-01-02T03:04:05Z
    Destination: logs1:9092 failed: the certificate is not trusted

     Cluster  | Node | Role       | State              | Version      | Age    | Error
    ----------+------+------------+--------------------+--------------+--------+-------------------------------
     home     | 1    | broker     | applied            | 0123456789ab | 850 ms |
     payments | all  |            | pending, projected |              |        | 2 of 3 nodes have applied it
     payments | 1    | broker     | applied            | 0123456789ab | 2 min  |
     payments | 100  | controller | unknown            | -            | -      | no answer from 127.0.0.1:9099
     K3       | all  |            | unreachable        |              |        | connection refused
    --- stderr ---
    Warning: topic confluent-audit-log-events-old is declared but not used
    "#);
    let json = desk.run("audit-log status -o json").await;
    assert!(json.contains("\"next_attempt_in_ms\": 900,\n"), "{json}");
}

#[tokio::test]
async fn status_before_the_first_update() {
    let desk = Desk::logged_in().await;
    let status = r#"{"resource_version":"v0","updated_at":null,"state":"default","clusters":[],"destination":{"bootstrap_servers":[],"state":"not used yet","error":null},"warnings":[]}"#;
    desk.server
        .on("GET /security/1.0/audit/status", Reply::json(200, status));
    assert_snapshot!(desk.run("audit-log status").await, @r#"
    exit code: 0
    --- stdout ---
    Configuration: built-in default (version v0); nothing is pushed before the first update
    Destination: not used yet

     Cluster | Node | Role | State | Version | Age | Error
    ---------+------+------+-------+---------+-----+-------
    "#);
}

#[tokio::test]
async fn status_without_the_right() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/audit/status",
        Reply::error(403, FORBIDDEN),
    );
    assert_snapshot!(desk.run("audit-log status --watch").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden
    User:alice not permitted to DescribeConfigs on one or more clusters. Fix it:
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K1
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K2
    "#);
}
