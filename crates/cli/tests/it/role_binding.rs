//! `iam rbac role-binding create` and `delete`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::roles::DEVELOPER_READ;
use crate::stand_in::Reply;

/// alice, at a server that knows the role DeveloperRead.
pub(crate) async fn desk() -> Desk {
    let desk = Desk::logged_in().await;
    desk.server.on(
        "GET /security/1.0/roles/DeveloperRead",
        Reply::json(200, DEVELOPER_READ),
    );
    desk
}

#[tokio::test]
async fn create_as_the_fixing_command_says() {
    let desk = desk().await;
    desk.server.on(
        "POST /security/1.0/principals/User:alice/roles/AuditAdmin",
        Reply::empty(204),
    );
    let command = "iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster DBS26_qTQ-mT23p5opUK_g";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal | User:alice
     Role      | AuditAdmin
     Scope     | kafka-cluster=DBS26_qTQ-mT23p5opUK_g
    "#);
    assert_snapshot!(desk.server.requests(), @r#"POST /security/1.0/principals/User:alice/roles/AuditAdmin {"clusters":{"kafka-cluster":"DBS26_qTQ-mT23p5opUK_g"}}"#);
}

#[tokio::test]
async fn create_for_a_resource() {
    let desk = desk().await;
    desk.server.on(
        "POST /security/1.0/principals/User:bob@Kafka/roles/DeveloperRead/bindings",
        Reply::empty(204),
    );
    let command = "iam rbac role-binding create --role DeveloperRead --principal User:bob@Kafka --cluster-name logs --resource Topic:confluent:audit --prefix";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal     | User:bob@Kafka
     Role          | DeveloperRead
     Scope         | cluster-name=logs
     Resource Type | Topic
     Name          | confluent:audit
     Pattern Type  | PREFIXED
    "#);
    assert_snapshot!(desk.run(&format!("{command} -o json")).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "principal": "User:bob@Kafka",
      "role": "DeveloperRead",
      "resource_type": "Topic",
      "name": "confluent:audit",
      "pattern_type": "PREFIXED"
    }
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/roles/DeveloperRead
    POST /security/1.0/principals/User:bob@Kafka/roles/DeveloperRead/bindings {"scope":{"clusterName":"logs","clusters":{}},"resourcePatterns":[{"resourceType":"Topic","name":"confluent:audit","patternType":"PREFIXED"}]}
    GET /security/1.0/roles/DeveloperRead
    POST /security/1.0/principals/User:bob@Kafka/roles/DeveloperRead/bindings {"scope":{"clusterName":"logs","clusters":{}},"resourcePatterns":[{"resourceType":"Topic","name":"confluent:audit","patternType":"PREFIXED"}]}
    "#);
}

#[tokio::test]
async fn unknown_role_and_type() {
    let desk = desk().await;
    desk.server
        .on(
            "GET /security/1.0/roles/Nobody",
            Reply::error(404, "unknown role \"Nobody\""),
        )
        .on(
            "POST /security/1.0/principals/User:a/roles/Nobody",
            Reply::error(404, "unknown role \"Nobody\""),
        );
    assert_snapshot!(desk.run("iam rbac role-binding create --role Nobody --principal User:a --kafka-cluster K").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 404 Not Found: unknown role "Nobody"

    Suggestions:
        `openmds iam rbac role list` shows the roles
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding create --role Nobody --principal User:a --kafka-cluster K --resource Topic:t").await, @r#"
    exit code: 1
    --- stderr ---
    Error: failed to look up role "Nobody": there is no such role

    Suggestions:
        `openmds iam rbac role list` shows the roles
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding create --role DeveloperRead --principal User:a --kafka-cluster K --resource topic:t").await, @r#"
    exit code: 1
    --- stderr ---
    Error: invalid resource type "topic"

    Suggestions:
        The role DeveloperRead can be bound to: Cluster, Group, Topic (upper and lower case matter)
    "#);
}

#[tokio::test]
async fn what_makes_no_sense_is_not_sent() {
    let desk = desk().await;
    for (flags, expected) in [
        (
            "--cluster-name n --kafka-cluster K",
            "cannot specify both cluster name and cluster scope",
        ),
        (
            "",
            "must specify either cluster ID to indicate role binding scope or the cluster name",
        ),
        (
            "--connect-cluster c",
            "must specify `--kafka-cluster` to uniquely identify the scope",
        ),
        (
            "--kafka-cluster K --connect-cluster c --ksql-cluster k",
            "cannot specify more than one non-Kafka cluster ID for a scope",
        ),
        (
            "--flink-environment e",
            "must specify `--cmf` to uniquely identify the Flink environment scope",
        ),
        (
            "--kafka-cluster K --resource Topic",
            "incorrect resource format specified",
        ),
        (
            "--kafka-cluster K --resource Cluster:mine",
            "the only Cluster resource is LITERAL `kafka-cluster`, not Cluster:LITERAL:mine",
        ),
    ] {
        for verb in ["create", "delete --force"] {
            let outcome = desk
                .run(&format!(
                    "iam rbac role-binding {verb} --role DeveloperRead --principal User:a {flags}"
                ))
                .await;
            let expected = format!("exit code: 2\n--- stderr ---\nError: {expected}\n");
            assert!(outcome.starts_with(&expected), "{outcome}");
        }
    }
    assert_snapshot!(desk.run("iam rbac role-binding create --role DeveloperRead --principal alice --kafka-cluster K").await, @r#"
    exit code: 2
    --- stderr ---
    Error: the principal "alice" has no type

    Suggestions:
        Write User:alice or Group:alice
    "#);
    assert_snapshot!(desk.run("iam rbac role-binding create --role DeveloperRead --principal User:a --kafka-cluster K --prefix").await, @r#"
    exit code: 2
    --- stderr ---
    error: the following required arguments were not provided:
      --resource <TYPE:NAME>

    Usage: openmds iam rbac role-binding create --principal <PRINCIPAL> --role <ROLE> --resource <TYPE:NAME> --kafka-cluster <ID> --prefix

    For more information, try '--help'.
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn an_odd_success_is_a_failure() {
    let desk = desk().await;
    desk.server.on(
        "POST /security/1.0/principals/User:a/roles/AuditAdmin",
        Reply::empty(202),
    );
    assert_snapshot!(desk.run("iam rbac role-binding create --role AuditAdmin --principal User:a --kafka-cluster K").await, @r#"
    exit code: 1
    --- stderr ---
    Error: no error but received HTTP status code 202
    "#);
}

#[tokio::test]
async fn delete_asks() {
    let desk = desk().await;
    desk.server.on(
        "DELETE /security/1.0/principals/User:a/roles/AuditAdmin",
        Reply::empty(204),
    );
    let command =
        "iam rbac role-binding delete --role AuditAdmin --principal User:a --kafka-cluster K";
    assert_snapshot!(desk.run_with_input(command, "n\n").await, @r#"
    exit code: 0
    --- stderr ---
    Are you sure you want to delete this role binding? (y/n): 
    Nothing was deleted.
    "#);
    assert_snapshot!(desk.run_with_input(command, "").await, @r#"
    exit code: 1
    --- stderr ---
    Are you sure you want to delete this role binding? (y/n): 
    Error: nobody answered the question

    Suggestions:
        Add --force to delete without being asked
    "#);
    assert_eq!(desk.server.requests(), "");
    assert_snapshot!(desk.run_with_input(command, "what?\ny\n").await, @r#"
    exit code: 0
    --- stdout ---
     Principal | User:a
     Role      | AuditAdmin
     Scope     | kafka-cluster=K
    --- stderr ---
    Are you sure you want to delete this role binding? (y/n): 
    Answer y or n.
    Are you sure you want to delete this role binding? (y/n):
    "#);
    assert_snapshot!(desk.server.requests(), @r#"DELETE /security/1.0/principals/User:a/roles/AuditAdmin {"clusters":{"kafka-cluster":"K"}}"#);
    assert_snapshot!(desk.run(&format!("{command} --force -o json")).await, @r#"
    exit code: 0
    --- stdout ---
    {
      "principal": "User:a",
      "role": "AuditAdmin"
    }
    "#);
}

#[tokio::test]
async fn delete_for_a_resource() {
    let desk = desk().await;
    desk.server.on(
        "DELETE /security/1.0/principals/User:a/roles/DeveloperRead/bindings",
        Reply::empty(204),
    );
    let command = "iam rbac role-binding delete --force --role DeveloperRead --principal User:a --kafka-cluster K --connect-cluster c --resource Group:g";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal     | User:a
     Role          | DeveloperRead
     Scope         | kafka-cluster=K, connect-cluster=c
     Resource Type | Group
     Name          | g
     Pattern Type  | LITERAL
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/roles/DeveloperRead
    DELETE /security/1.0/principals/User:a/roles/DeveloperRead/bindings {"scope":{"clusters":{"connect-cluster":"c","kafka-cluster":"K"}},"resourcePatterns":[{"resourceType":"Group","name":"g","patternType":"LITERAL"}]}
    "#);
}
