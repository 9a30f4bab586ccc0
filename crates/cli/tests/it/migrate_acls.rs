//! `migrate acls`

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::Reply;

const ACLS: &str = "GET /security/1.0/registry/clusters/pay/acls";
const ACCESS: &str = "POST /security/1.0/lookup/managed/clusters/principal/User:alice";
const BOUND: &str = "POST /security/1.0/lookup/managed/rolebindings/principal/User:alice";
const CENTRAL: &str = "POST /security/1.0/acls:search";
const CREATE: &str = "POST /security/1.0/acls";
const BIND: &str = "POST /security/1.0/principals/User:bob/roles/DeveloperRead/bindings";
const NOTHING: &str = r#"{"scope":{"clusters":{"kafka-cluster":"k"}},"cluster_role_bindings":{},"resource_role_bindings":{}}"#;

fn acl(
    principal: &str,
    kind: &str,
    name: &str,
    operation: &str,
    host: &str,
    permission: &str,
) -> String {
    format!(
        r#"{{"pattern":{{"resourceType":"{kind}","name":"{name}","patternType":"LITERAL"}},"entry":{{"principal":"{principal}","host":"{host}","operation":"{operation}","permissionType":"{permission}"}}}}"#
    )
}

fn listed(acls: &[String], unknown: usize) -> Reply {
    let acls = acls.join(",");
    Reply::json(
        200,
        format!(r#"{{"clusterName":"pay","clusterId":"k","acls":[{acls}],"unknown":{unknown}}}"#),
    )
}

async fn desk(acls: &[String], unknown: usize, bound: &str) -> Desk {
    let desk = Desk::logged_in().await;
    desk.server
        .on(ACLS, listed(acls, unknown))
        .on(
            ACCESS,
            Reply::json(
                200,
                r#"{"cluster":["AlterAccess","DescribeAccess"],"resources":{}}"#,
            ),
        )
        .on(BOUND, Reply::json(200, bound))
        .on(CENTRAL, Reply::json(200, "[]"))
        .on(CREATE, Reply::empty(204))
        .on(BIND, Reply::empty(204));
    desk
}

fn some() -> Vec<String> {
    vec![
        acl("User:bob", "TOPIC", "orders", "READ", "*", "ALLOW"),
        acl("User:bob", "TOPIC", "orders", "DESCRIBE", "*", "ALLOW"),
        acl(
            "User:carol",
            "TOPIC",
            "orders",
            "WRITE",
            "10.0.0.1",
            "ALLOW",
        ),
        acl("User:dave", "TOPIC", "orders", "ALL", "*", "DENY"),
        acl("Robot:r", "TOPIC", "orders", "READ", "*", "ALLOW"),
        acl("User:bob", "USER", "carol", "CREATE_TOKENS", "*", "ALLOW"),
    ]
}

#[tokio::test]
async fn the_plan_and_its_proof_change_nothing() {
    let desk = desk(&some(), 2, NOTHING).await;
    assert_snapshot!(desk.run("migrate acls --cluster pay").await, @r#"
    exit code: 0
    --- stdout ---
     Principal  | Becomes                                                 | Resource     | In Place Of
    ------------+---------------------------------------------------------+--------------+----------------------------
     User:bob   | role DeveloperRead                                      | Topic:orders | allow Read; allow Describe
     User:carol | central ACL                                             | Topic:orders | allow Write from 10.0.0.1
     User:dave  | central ACL                                             | Topic:orders | deny All
     Robot:r    | stays: the server keeps rules of User: and Group: only  | Topic:orders | allow Read
     User:bob   | stays: central ACLs are not about this type of resource | User:carol   | allow CreateTokens
    --- stderr ---
    Warning: 2 ACLs of a kind that this release does not know stay with the cluster and are not compared
    Compared 1848 decisions by the ACLs and by the proposal: all are equal.
    Nothing was changed; add --apply to do so.
    "#);
    let asked = desk.server.requests();
    assert!(
        !asked.contains(CREATE_ONLY) && !asked.contains("/bindings"),
        "{asked}"
    );
    let json = desk.run("migrate acls --cluster pay -o json").await;
    for part in [
        "\"becomes\": \"roles\"",
        "\"becomes\": \"stays\"",
        "\"differing\": 0",
        "\"applied\": false",
        "\"unknown\": 2",
    ] {
        assert!(json.contains(part), "{part}: {json}");
    }
}

/// A request to create an ACL, as the stand-in records it.
const CREATE_ONLY: &str = "POST /security/1.0/acls {";

#[tokio::test]
async fn applying_adds_denials_first_and_is_repeated_without_harm() {
    let desk = desk(&some(), 0, NOTHING).await;
    for _ in 0..2 {
        let outcome = desk.run("migrate acls --cluster pay --apply -o json").await;
        assert!(outcome.starts_with("exit code: 0"), "{outcome}");
        assert!(outcome.contains("\"applied\": true"), "{outcome}");
        let asked = desk.server.requests();
        let changes: Vec<&str> = asked
            .lines()
            .filter(|line| line.starts_with(CREATE_ONLY) || line.starts_with(BIND))
            .collect();
        assert_eq!(changes.len(), 3, "{asked}");
        assert!(
            changes[0].contains("User:dave") && changes[0].contains("DENY"),
            "{asked}"
        );
        assert!(
            changes[1].contains("User:carol") && changes[1].contains("10.0.0.1"),
            "{asked}"
        );
        assert!(changes[2].starts_with(BIND), "{asked}");
    }
}

#[tokio::test]
async fn what_the_server_already_holds_is_compared_too() {
    let bound = NOTHING.replace(
        r#""resource_role_bindings":{}"#,
        r#""resource_role_bindings":{"User:erin":{"DeveloperRead":[{"role":"DeveloperRead","resourceType":"Topic","resourceName":"orders","resourcePattern":"LITERAL","alterAccess":true}]}}"#,
    );
    let desk = desk(&some()[..1], 0, &bound).await;
    let outcome = desk.run("migrate acls --cluster pay").await;
    assert!(outcome.starts_with("exit code: 0"), "{outcome}");
    assert!(
        outcome.contains("User:erin Read on Topic:orders"),
        "{outcome}"
    );
    desk.server.requests();
    let outcome = desk.run("migrate acls --cluster pay --apply").await;
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
    assert!(
        outcome.contains("nothing was changed") && outcome.contains("--accept-differences"),
        "{outcome}"
    );
    assert!(!desk.server.requests().contains(BIND));
    let outcome = desk
        .run("migrate acls --cluster pay --apply --accept-differences")
        .await;
    assert!(outcome.starts_with("exit code: 0"), "{outcome}");
    assert!(desk.server.requests().contains(BIND));
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let desk = desk(&some(), 0, NOTHING).await;
    desk.server.forget(BIND).on(
        BIND,
        Reply::error(403, "User:alice not permitted to AlterAccess"),
    );
    let outcome = desk.run("migrate acls --cluster pay --apply").await;
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
    assert!(outcome.contains("2 of 3 changes are made"), "{outcome}");
    desk.server
        .forget(ACCESS)
        .on(ACCESS, Reply::json(200, r#"{"cluster":[],"resources":{}}"#));
    let outcome = desk.run("migrate acls --cluster pay").await;
    assert!(outcome.starts_with("exit code: 1"), "{outcome}");
    assert!(outcome.contains("SecurityAdmin"), "{outcome}");
    desk.server.forget(ACLS).on(
        ACLS,
        Reply::error(404, "no cluster named `pay` is registered"),
    );
    let outcome = desk.run("migrate acls --cluster pay").await;
    assert!(outcome.contains("no cluster named `pay`"), "{outcome}");
    assert!(desk.run("migrate acls").await.starts_with("exit code: 2"));
    assert!(
        desk.run("migrate acls --cluster pay --accept-differences")
            .await
            .starts_with("exit code: 2")
    );
}

#[tokio::test]
async fn a_cluster_without_acls_is_done() {
    let desk = desk(&[], 0, NOTHING).await;
    let outcome = desk.run("migrate acls --cluster pay --apply").await;
    assert!(outcome.starts_with("exit code: 0"), "{outcome}");
    assert!(outcome.contains("there is nothing to do"), "{outcome}");
}
