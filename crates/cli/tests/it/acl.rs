//! `iam acl ...`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const CREATE: &str = "POST /security/1.0/acls";
const SEARCH: &str = "POST /security/1.0/acls:search";
const DELETE: &str = "DELETE /security/1.0/acls";

fn acl(
    principal: &str,
    operation: &str,
    host: &str,
    kind: &str,
    name: &str,
    pattern: &str,
) -> String {
    format!(
        r#"{{"pattern":{{"resourceType":"{kind}","name":"{name}","patternType":"{pattern}"}},"entry":{{"principal":"{principal}","host":"{host}","operation":"{operation}","permissionType":"ALLOW"}}}}"#
    )
}

#[tokio::test]
async fn create_every_operation_on_the_cluster() {
    let desk = Desk::logged_in().await;
    desk.server.on(CREATE, Reply::empty(204));
    let operations = [
        "alter",
        "alter-configs",
        "cluster-action",
        "create",
        "delete",
        "describe",
        "describe-configs",
        "idempotent-write",
        "all",
        "read",
    ];
    for (permission, shown) in [("allow", "ALLOW"), ("deny", "DENY")] {
        for operation in operations {
            let host = match operation {
                "alter" => " --host testhost",
                "read" => " --host *",
                _ => "",
            };
            let outcome = desk
                .run(&format!("iam acl create --kafka-cluster K1 --{permission} --principal User:42 --operation {operation} --cluster-scope{host}"))
                .await;
            let (operation, host) = (
                operation.to_ascii_uppercase().replace('-', "_"),
                if operation == "alter" {
                    "testhost"
                } else {
                    "*"
                },
            );
            let cells: Vec<_> = outcome
                .lines()
                .nth(4)
                .unwrap()
                .split('|')
                .map(str::trim)
                .collect();
            assert_eq!(
                cells,
                [
                    "User:42",
                    shown,
                    operation.as_str(),
                    host,
                    "CLUSTER",
                    "kafka-cluster",
                    "LITERAL"
                ]
            );
            let request = desk.server.requests();
            let expected = format!(
                r#"{{"scope":{{"clusters":{{"kafka-cluster":"K1"}}}},"aclBinding":{{"pattern":{{"resourceType":"CLUSTER","name":"kafka-cluster","patternType":"LITERAL"}},"entry":{{"principal":"User:42","host":"{host}","operation":"{operation}","permissionType":"{shown}"}}}}}}"#
            );
            assert_eq!(request, format!("{CREATE} {expected}"));
        }
    }
}

#[tokio::test]
async fn create_several_at_once_for_a_group() {
    let desk = Desk::logged_in().await;
    desk.server.on(CREATE, Reply::empty(204));
    assert_snapshot!(desk.run("iam acl create --kafka-cluster K1 --allow --principal Group:dev --operation read --operation Describe_Configs --topic orders- --prefix").await, @r#"
    exit code: 0
    --- stdout ---
     Principal | Permission | Operation        | Host | Resource Type | Resource Name | Pattern Type
    -----------+------------+------------------+------+---------------+---------------+--------------
     Group:dev | ALLOW      | DESCRIBE_CONFIGS | *    | TOPIC         | orders-       | PREFIXED
     Group:dev | ALLOW      | READ             | *    | TOPIC         | orders-       | PREFIXED
    "#);
    assert_snapshot!(desk.run("iam acl create --kafka-cluster K1 --deny --principal User:a --operation read,write --consumer-group g -o json").await, @r#"
    exit code: 0
    --- stdout ---
    [
      {
        "principal": "User:a",
        "permission": "DENY",
        "operation": "READ",
        "host": "*",
        "resource_type": "GROUP",
        "resource_name": "g",
        "pattern_type": "LITERAL"
      },
      {
        "principal": "User:a",
        "permission": "DENY",
        "operation": "WRITE",
        "host": "*",
        "resource_type": "GROUP",
        "resource_name": "g",
        "pattern_type": "LITERAL"
      }
    ]
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/acls {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBinding":{"pattern":{"resourceType":"TOPIC","name":"orders-","patternType":"PREFIXED"},"entry":{"principal":"Group:dev","host":"*","operation":"READ","permissionType":"ALLOW"}}}
    POST /security/1.0/acls {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBinding":{"pattern":{"resourceType":"TOPIC","name":"orders-","patternType":"PREFIXED"},"entry":{"principal":"Group:dev","host":"*","operation":"DESCRIBE_CONFIGS","permissionType":"ALLOW"}}}
    POST /security/1.0/acls {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBinding":{"pattern":{"resourceType":"GROUP","name":"g","patternType":"LITERAL"},"entry":{"principal":"User:a","host":"*","operation":"READ","permissionType":"DENY"}}}
    POST /security/1.0/acls {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBinding":{"pattern":{"resourceType":"GROUP","name":"g","patternType":"LITERAL"},"entry":{"principal":"User:a","host":"*","operation":"WRITE","permissionType":"DENY"}}}
    "#);
}

#[tokio::test]
async fn create_stops_at_the_first_refusal_and_says_what_there_is() {
    let desk = Desk::logged_in().await;
    desk.server.on(CREATE, Reply::empty(204)).on(
        CREATE,
        Reply::error(403, "User:alice not permitted to Alter Cluster"),
    );
    assert_snapshot!(desk.run("iam acl create --kafka-cluster K1 --allow --principal User:a --operation write --operation read --transactional-id t").await, @r#"
    exit code: 1
    --- stdout ---
     Principal | Permission | Operation | Host | Resource Type    | Resource Name | Pattern Type
    -----------+------------+-----------+------+------------------+---------------+--------------
     User:a    | ALLOW      | WRITE     | *    | TRANSACTIONAL_ID | t             | LITERAL
    --- stderr ---
    Error: 403 Forbidden: User:alice not permitted to Alter Cluster

    Suggestions:
        Ask someone with the role SystemAdmin or UserAdmin in this scope, or log in as such a user
        Standard output has the ACLs that were created before that
    "#);
}

#[tokio::test]
async fn create_says_what_is_missing() {
    let desk = Desk::logged_in().await;
    let start = "iam acl create --kafka-cluster K1";
    assert_snapshot!(desk.run(&format!("{start} --allow --principal User:a --operation read --topic a --consumer-group b")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: exactly one of `--cluster-scope`, `--consumer-group`, `--topic`, `--transactional-id` must be set

    Suggestions:
        Run the command once for each resource
    "#);
    assert_snapshot!(desk.run(&format!("{start} --principal User:a --operation read --topic a")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: what the ACL does is missing

    Suggestions:
        Add --allow or --deny
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --principal User:a --operation read")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: exactly one of `--cluster-scope`, `--consumer-group`, `--topic`, `--transactional-id` must be set

    Suggestions:
        Add one of them, for example --topic orders
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --operation read --topic a")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: whom the ACL is about is missing

    Suggestions:
        Add --principal User:NAME or Group:NAME
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --principal a --operation read --topic a")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: the principal "a" has no type

    Suggestions:
        Write User:a or Group:a
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --principal User:a --topic a")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: the operation is missing

    Suggestions:
        Add --operation OPERATION, for example --operation read
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --principal User:a --operation reed --topic a")).await, @r#"
    exit code: 2
    --- stderr ---
    error: invalid value 'reed' for '--operation <OPERATION>': the operations are all, read, write, create, delete, alter, describe, cluster-action, describe-configs, alter-configs, idempotent-write

    For more information, try '--help'.
    "#);
    assert_snapshot!(desk.run(&format!("{start} --allow --principal User:a --operation read --cluster-scope --prefix")).await, @r#"
    exit code: 2
    --- stderr ---
    Error: --prefix needs the beginning of a name

    Suggestions:
        Add --topic, --consumer-group or --transactional-id with that beginning
    "#);
    assert_eq!(desk.server.requests(), "");
}

#[tokio::test]
async fn list_filters_by_every_flag() {
    let desk = Desk::logged_in().await;
    let found = format!(
        "[{},{}]",
        acl("User:b", "READ", "*", "TOPIC", "t", "LITERAL"),
        acl("User:a", "WRITE", "10.0.0.7", "TOPIC", "t", "LITERAL")
    );
    desk.server.on(SEARCH, Reply::json(200, found));
    assert_snapshot!(desk.run("iam acl list --kafka-cluster K1").await, @r#"
    exit code: 0
    --- stdout ---
     Principal | Permission | Operation | Host     | Resource Type | Resource Name | Pattern Type
    -----------+------------+-----------+----------+---------------+---------------+--------------
     User:a    | ALLOW      | WRITE     | 10.0.0.7 | TOPIC         | t             | LITERAL
     User:b    | ALLOW      | READ      | *        | TOPIC         | t             | LITERAL
    "#);
    assert_snapshot!(desk.run("iam acl list --kafka-cluster K1 --host 10.0.0.7 --principal User:a --topic t --allow -o yaml").await, @r#"
    exit code: 0
    --- stdout ---
    - principal: User:a
      permission: ALLOW
      operation: WRITE
      host: "10.0.0.7"
      resource_type: TOPIC
      resource_name: t
      pattern_type: LITERAL
    - principal: User:b
      permission: ALLOW
      operation: READ
      host: "*"
      resource_type: TOPIC
      resource_name: t
      pattern_type: LITERAL
    "#);
    for flags in [
        "--cluster-scope",
        "--topic t --prefix",
        "--consumer-group g",
        "--consumer-group g --prefix",
        "--transactional-id x",
        "--transactional-id x --prefix --principal User:a --operation read",
    ] {
        desk.run(&format!("iam acl list --kafka-cluster K1 {flags}"))
            .await;
    }
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"ANY","patternType":"ANY"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"LITERAL"},"entryFilter":{"principal":"User:a","host":"10.0.0.7","operation":"ANY","permissionType":"ALLOW"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"CLUSTER","name":"kafka-cluster","patternType":"LITERAL"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"PREFIXED"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"GROUP","name":"g","patternType":"LITERAL"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"GROUP","name":"g","patternType":"PREFIXED"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TRANSACTIONAL_ID","name":"x","patternType":"LITERAL"},"entryFilter":{"operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TRANSACTIONAL_ID","name":"x","patternType":"PREFIXED"},"entryFilter":{"principal":"User:a","operation":"READ","permissionType":"ANY"}}}
    "#);
}

#[tokio::test]
async fn delete_asks_and_prints_what_was_deleted() {
    let desk = Desk::logged_in().await;
    let one = format!("[{}]", acl("User:a", "READ", "*", "TOPIC", "t", "LITERAL"));
    desk.server
        .on(SEARCH, Reply::json(200, one.clone()))
        .on(DELETE, Reply::json(200, one));
    let command = "iam acl delete --kafka-cluster K1 --principal User:a --topic t";
    assert_snapshot!(desk.run_with_input(command, "n\n").await, @r#"
    exit code: 0
    --- stderr ---
    User:a  ALLOW  READ  *  TOPIC  t  LITERAL
    Are you sure you want to delete the ACL(s) corresponding to these parameters? (y/n): 
    Nothing was deleted.
    "#);
    assert_snapshot!(desk.run_with_input(command, "y\n").await, @r#"
    exit code: 0
    --- stdout ---
     Principal | Permission | Operation | Host | Resource Type | Resource Name | Pattern Type
    -----------+------------+-----------+------+---------------+---------------+--------------
     User:a    | ALLOW      | READ      | *    | TOPIC         | t             | LITERAL
    --- stderr ---
    User:a  ALLOW  READ  *  TOPIC  t  LITERAL
    Are you sure you want to delete the ACL(s) corresponding to these parameters? (y/n):
    "#);
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 1
    --- stderr ---
    User:a  ALLOW  READ  *  TOPIC  t  LITERAL
    Are you sure you want to delete the ACL(s) corresponding to these parameters? (y/n): 
    Error: nobody answered the question

    Suggestions:
        Add --force to delete without being asked
    "#);
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"LITERAL"},"entryFilter":{"principal":"User:a","operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"LITERAL"},"entryFilter":{"principal":"User:a","operation":"ANY","permissionType":"ANY"}}}
    DELETE /security/1.0/acls {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"LITERAL"},"entryFilter":{"principal":"User:a","operation":"ANY","permissionType":"ANY"}}}
    POST /security/1.0/acls:search {"scope":{"clusters":{"kafka-cluster":"K1"}},"aclBindingFilter":{"patternFilter":{"resourceType":"TOPIC","name":"t","patternType":"LITERAL"},"entryFilter":{"principal":"User:a","operation":"ANY","permissionType":"ANY"}}}
    "#);
}

#[tokio::test]
async fn delete_with_force() {
    let desk = Desk::logged_in().await;
    let several = format!(
        "[{},{}]",
        acl("User:a", "READ", "*", "TOPIC", "t", "LITERAL"),
        acl("User:a", "WRITE", "*", "TOPIC", "t", "LITERAL")
    );
    desk.server
        .on(SEARCH, Reply::json(200, several.clone()))
        .on(SEARCH, Reply::json(200, "[]"))
        .on(DELETE, Reply::json(200, several));
    let command = "iam acl delete --kafka-cluster K1 --force --topic t";
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal | Permission | Operation | Host | Resource Type | Resource Name | Pattern Type
    -----------+------------+-----------+------+---------------+---------------+--------------
     User:a    | ALLOW      | READ      | *    | TOPIC         | t             | LITERAL
     User:a    | ALLOW      | WRITE     | *    | TOPIC         | t             | LITERAL
    "#);
    assert_snapshot!(desk.run(command).await, @r#"
    exit code: 0
    --- stdout ---
     Principal | Permission | Operation | Host | Resource Type | Resource Name | Pattern Type
    -----------+------------+-----------+------+---------------+---------------+--------------
    --- stderr ---
    No ACL matches; nothing was deleted.
    "#);
    assert_snapshot!(desk.run("iam acl delete --kafka-cluster K1 --force").await, @r#"
    exit code: 2
    --- stderr ---
    Error: this would delete every ACL of the cluster

    Suggestions:
        Say which: add --principal, a resource, --operation, --host, --allow or --deny
        If every ACL is meant, give --allow and --deny in two commands
    "#);
}

#[tokio::test]
async fn refusals() {
    let desk = Desk::logged_in().await;
    desk.server
        .on(CREATE, Reply::error(404, "no"))
        .on(SEARCH, Reply::error(400, "unknown Kafka cluster K9"));
    assert_snapshot!(desk.run("iam acl create --kafka-cluster K1 --allow --principal User:a --operation read --topic t").await, @r#"
    exit code: 1
    --- stderr ---
    Error: unable to create ACLs: 404 Not Found

    Suggestions:
        Check that the URL of the session is that of a metadata server with centralized ACLs
    "#);
    assert_snapshot!(desk.run("iam acl list --kafka-cluster K9").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 400 Bad Request: unknown Kafka cluster K9

    Suggestions:
        `openmds cluster list` shows the ids of the Kafka clusters
    "#);
}
