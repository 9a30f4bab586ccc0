//! `audit-log config update --force`

use insta::assert_snapshot;

use crate::audit_log::{DOCUMENT, FORBIDDEN};
use crate::desk::Desk;
use crate::stand_in::Reply;

const GET: &str = "GET /security/1.0/audit/config";
const PUT: &str = "PUT /security/1.0/audit/config";

#[tokio::test]
async fn force_replaces_only_the_metadata() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::json(200, DOCUMENT));
    desk.server.on(
        PUT,
        Reply::json(200, r#"{"metadata":{"resource_version":"v8"}}"#),
    );
    let text = r#"{"metadata":{"resource_version":"old"},"rutes":{"b":1.0,"a":2}}"#;
    assert_snapshot!(desk.run_with_input("al config update --force", text).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "metadata": {
        "resource_version": "v8"
      }
    }
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/audit/config
    PUT /security/1.0/audit/config {"rutes":{"b":1.0,"a":2},"metadata":{"resource_version":"v7"}}
    "#);
}

#[tokio::test]
async fn force_works_while_the_destination_is_away() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(GET, Reply::error(500, "the destination is away"))
        .on(
            "GET /security/1.0/audit/status",
            Reply::json(
                200,
                r#"{"resource_version":"v7","state":"stored","clusters":[]}"#,
            ),
        );
    desk.server.on(PUT, Reply::json(200, "{}"));
    assert_snapshot!(desk.run_with_input("al config update --force", "{}").await, @r#"
    exit code: 0
    --- stdout ---
    {}
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/audit/config
    GET /security/1.0/audit/status
    PUT /security/1.0/audit/config {"metadata":{"resource_version":"v7"}}
    "#);
}

#[tokio::test]
async fn force_without_the_right() {
    let desk = Desk::logged_in().await;
    desk.server.on(GET, Reply::error(403, FORBIDDEN));
    assert_snapshot!(desk.run_with_input("al config update --force", "{}").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 403 Forbidden
    User:alice not permitted to DescribeConfigs on one or more clusters. Fix it:
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K1
    openmds iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster K2
    "#);
}
