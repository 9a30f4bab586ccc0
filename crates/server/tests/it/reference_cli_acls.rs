//! What the reference's command line sends about ACLs (`mds-api.md` 5 and 9).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::bindings::{kafka, pattern};
use crate::desk::basic;
use crate::reference_cli::{CID, look, seeded, sent};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn acls_are_created_listed_and_deleted() {
    let world = World::new();
    let desk = seeded(&world).await;
    let operations = [
        "READ",
        "WRITE",
        "CREATE",
        "DELETE",
        "ALTER",
        "DESCRIBE",
        "CLUSTER_ACTION",
        "DESCRIBE_CONFIGS",
        "ALTER_CONFIGS",
        "IDEMPOTENT_WRITE",
    ];
    let acl = |resource: &str, entry: Value| {
        let mut pattern = pattern(resource);
        let kind = pattern["resourceType"].as_str().unwrap().to_uppercase();
        pattern["resourceType"] = json!(kind);
        json!({"pattern": pattern, "entry": entry})
    };
    let entry = |operation: &str, permission: &str, host: &str| json!({"principal": "User:sauron", "host": host, "operation": operation, "permissionType": permission});
    let mut created = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        for permission in ["ALLOW", "DENY"] {
            let host = if index == 0 { "testhost" } else { "*" };
            created.push(acl(
                "Cluster:kafka-cluster",
                entry(operation, permission, host),
            ));
        }
    }
    for resource in [
        "Topic:t",
        "Topic:t*",
        "Group:g",
        "Group:g*",
        "Transactional_id:x",
        "Transactional_id:x*",
    ] {
        created.push(acl(resource, entry("READ", "ALLOW", "*")));
    }
    for one in &created {
        let body = json!({"scope": kafka(CID), "aclBinding": one});
        sent(&desk, Method::POST, "/acls", &body).await.is(204);
    }
    // It never sends a host, and a pattern type even where it sends no name.
    let filter = |kind: &str, name: Option<&str>, how: &str, principal: Option<&str>| {
        let mut filter = json!({
            "patternFilter": {"resourceType": kind, "patternType": how},
            "entryFilter": {"operation": "ANY", "permissionType": "ANY"},
        });
        if let Some(name) = name {
            filter["patternFilter"]["name"] = json!(name);
        }
        if let Some(principal) = principal {
            filter["entryFilter"]["principal"] = json!(principal);
        }
        json!({"scope": kafka(CID), "aclBindingFilter": filter})
    };
    let all = filter("ANY", None, "ANY", None);
    let count = |found: Value| found.as_array().unwrap().len();
    assert_eq!(count(look(&desk, "/acls:search", &all).await), 26);
    for principal in [None, Some("User:sauron")] {
        let cluster = filter("CLUSTER", Some("kafka-cluster"), "LITERAL", principal);
        assert_eq!(count(look(&desk, "/acls:search", &cluster).await), 20);
        for (kind, name) in [("TOPIC", "t"), ("GROUP", "g"), ("TRANSACTIONAL_ID", "x")] {
            for how in ["LITERAL", "PREFIXED"] {
                let one = filter(kind, Some(name), how, principal);
                let found = look(&desk, "/acls:search", &one).await;
                assert_eq!(count(found.clone()), 1);
                assert_eq!(found[0]["pattern"]["patternType"], how);
                if principal.is_some() {
                    let deleted = sent(&desk, Method::DELETE, "/acls", &one).await.is(200);
                    assert_eq!(deleted.json(), found);
                }
            }
        }
    }
    let deleted = sent(&desk, Method::DELETE, "/acls", &all)
        .await
        .is(200)
        .json();
    assert_eq!(count(deleted), 20);
    assert_eq!(look(&desk, "/acls:search", &all).await, json!([]));
    // Deleting without a right hears the command of its own program.
    let request = Request::builder()
        .method(Method::DELETE)
        .uri("/security/1.0/acls")
        .header(header::AUTHORIZATION, basic("bob"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Confluent-CLI/v4.56.0");
    let refused = desk
        .send(request.body(Body::from(all.to_string())).unwrap())
        .await
        .is(403);
    assert!(refused.message().ends_with(
        "\nconfluent iam rbac role-binding create --role UserAdmin --principal User:bob --kafka-cluster CID"
    ));
}
