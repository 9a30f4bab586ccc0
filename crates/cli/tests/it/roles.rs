//! `iam rbac role ...`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

pub(crate) const DEVELOPER_READ: &str = r#"{"name":"DeveloperRead","accessPolicy":{"scopeType":"Resource","allowedOperations":[{"resourceType":"Topic","operations":["Read","Describe"]},{"resourceType":"Group","operations":["Read"]},{"resourceType":"Cluster"}]}}"#;
const AUDIT_ADMIN: &str = r#"{"name":"AuditAdmin","accessPolicy":{"scopeType":"Cluster","allowedOperations":[{"resourceType":"SecurityMetadata","operations":["AlterConfigs"]}]}}"#;

#[tokio::test]
async fn list() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/roles",
        Reply::json(200, format!("[{AUDIT_ADMIN},{DEVELOPER_READ}]")),
    );
    assert_snapshot!(desk.run("iam rbac role list").await, @r#"
    exit code: 0
    --- stdout ---
     Name          | Scope    | Resource Type    | Operations
    ---------------+----------+------------------+----------------
     AuditAdmin    | Cluster  | SecurityMetadata | AlterConfigs
     DeveloperRead | Resource | Topic            | Read, Describe
     DeveloperRead | Resource | Group            | Read
     DeveloperRead | Resource | Cluster          |
    "#);
    assert!(
        desk.run("iam rbac role list -o json")
            .await
            .contains("\"name\": \"AuditAdmin\"")
    );
}

#[tokio::test]
async fn describe() {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/roles/DeveloperRead",
        Reply::json(200, DEVELOPER_READ),
    );
    assert_snapshot!(desk.run("iam rbac role describe DeveloperRead").await, @r#"
    exit code: 0
    --- stdout ---
     Name          | Scope    | Resource Type | Operations
    ---------------+----------+---------------+----------------
     DeveloperRead | Resource | Topic         | Read, Describe
     DeveloperRead | Resource | Group         | Read
     DeveloperRead | Resource | Cluster       |
    "#);
    assert_snapshot!(desk.run("iam rbac role describe DeveloperRead -o json").await, @r#"
    exit code: 0
    --- stdout ---
    {
      "name": "DeveloperRead",
      "accessPolicy": {
        "scopeType": "Resource",
        "allowedOperations": [
          {
            "resourceType": "Topic",
            "operations": [
              "Read",
              "Describe"
            ]
          },
          {
            "resourceType": "Group",
            "operations": [
              "Read"
            ]
          },
          {
            "resourceType": "Cluster"
          }
        ]
      }
    }
    "#);
}

#[tokio::test]
async fn unknown() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(
            "GET /security/1.0/roles/Nobody",
            Reply::error(404, "unknown role"),
        )
        .on("GET /security/1.0/roles/None", Reply::empty(204));
    assert_snapshot!(desk.run("iam rbac role describe Nobody").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unknown role "Nobody"

    Suggestions:
        `openmds iam rbac role list` shows the roles
    "#);
    assert_snapshot!(desk.run("iam rbac role describe None").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unknown role "None"

    Suggestions:
        `openmds iam rbac role list` shows the roles
    "#);
    assert_snapshot!(desk.run("iam rbac role describe ..").await, @r#"
    exit code: 2
    --- stderr ---
    Error: ".." is not a name
    "#);
}
