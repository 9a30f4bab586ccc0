//! Centralised ACLs (`mds-api.md` 5 and 9, `rbac-registry-tokens.md` 5).

use axum::http::Method;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::world::World;

fn scope(cluster: &str) -> Value {
    json!({"clusters": {"kafka-cluster": cluster}})
}

/// An ACL from `TYPE:NAME`, prefixed if the name ends in a star behind something.
fn acl(resource: &str, principal: &str, operation: &str) -> Value {
    let (kind, name) = resource.split_once(':').unwrap();
    let prefix = name.strip_suffix('*').filter(|prefix| !prefix.is_empty());
    let how = if prefix.is_some() {
        "PREFIXED"
    } else {
        "LITERAL"
    };
    json!({
        "pattern": {"resourceType": kind, "name": prefix.unwrap_or(name), "patternType": how},
        "entry": {"principal": principal, "host": "*", "operation": operation, "permissionType": "ALLOW"},
    })
}

fn filter(pattern: &Value, entry: &Value) -> Value {
    let mut whole = json!({
        "patternFilter": {"resourceType": "ANY", "patternType": "ANY"},
        "entryFilter": {"operation": "ANY", "permissionType": "ANY"},
    });
    for (part, given) in [("patternFilter", pattern), ("entryFilter", entry)] {
        for (key, value) in given.as_object().unwrap() {
            whole[part][key] = value.clone();
        }
    }
    json!({"scope": scope("k"), "aclBindingFilter": whole})
}

fn all() -> Value {
    filter(&json!({}), &json!({}))
}

async fn create(desk: &Desk, user: &str, acl: &Value) -> u16 {
    let body = json!({"scope": scope("k"), "aclBinding": acl});
    desk.post(user, "/acls", &body).await.status.as_u16()
}

async fn found(desk: &Desk, filter: &Value) -> Value {
    desk.post("mds", "/acls:search", filter)
        .await
        .is(200)
        .json()
}

#[tokio::test(start_paused = true)]
async fn acls_are_created_found_and_deleted() {
    let world = World::new();
    let desk = world.start().await;
    assert_eq!(found(&desk, &all()).await, json!([]));
    let mut allow = acl("TOPIC:orders", "User:alice", "READ");
    let group = acl("GROUP:readers-*", "Group:dev", "DESCRIBE_CONFIGS");
    let everybody = acl("CLUSTER:kafka-cluster", "User:*", "IDEMPOTENT_WRITE");
    for one in [&everybody, &group, &allow, &allow] {
        let body = json!({"scope": scope("k"), "aclBinding": one});
        assert!(
            desk.post("mds", "/acls", &body)
                .await
                .is(204)
                .body
                .is_empty()
        );
    }
    desk.knows_home().await;
    let written = desk.app.present().generation();
    assert_eq!(create(&desk, "mds", &allow).await, 204);
    assert_eq!(desk.app.present().generation(), written, "nothing to write");
    assert_eq!(found(&desk, &all()).await, json!([allow, group, everybody]));
    // An ACL that says anything else is another one.
    allow["entry"]["permissionType"] = json!("DENY");
    allow["entry"]["host"] = json!("testhost");
    assert_eq!(create(&desk, "mds", &allow).await, 204);
    assert_eq!(found(&desk, &all()).await.as_array().unwrap().len(), 4);
    // Another cluster has none of them.
    let mut elsewhere = all();
    elsewhere["scope"] = scope("other");
    assert_eq!(found(&desk, &elsewhere).await, json!([]));

    // They outlive the server.
    desk.kill().await;
    let desk = world.start().await;
    let topics = filter(&json!({"resourceType": "TOPIC"}), &json!({}));
    let both = found(&desk, &topics).await;
    assert_eq!(both.as_array().unwrap().len(), 2);
    let deleted = desk.delete("mds", "/acls", Some(&topics)).await.is(200);
    assert_eq!(deleted.json(), both);
    assert_eq!(found(&desk, &all()).await, json!([group, everybody]));
    let deleted = desk.delete("mds", "/acls", Some(&topics)).await.is(200);
    assert_eq!(deleted.json(), json!([]));
    desk.kill().await;
    let desk = world.start().await;
    assert_eq!(found(&desk, &all()).await, json!([group, everybody]));
}

#[tokio::test(start_paused = true)]
async fn filters_mean_what_kafka_means() {
    let world = World::new();
    let desk = world.start().await;
    let acls = [
        "TOPIC:orders",
        "TOPIC:orders-eu",
        "TOPIC:ord*",
        "TOPIC:*",
        "GROUP:orders",
        "TRANSACTIONAL_ID:orders",
        "CLUSTER:kafka-cluster",
    ];
    for (index, resource) in acls.iter().enumerate() {
        let principal = if index % 2 == 0 { "User:a" } else { "User:*" };
        assert_eq!(
            create(&desk, "mds", &acl(resource, principal, "ALL")).await,
            204
        );
    }
    let names = |found: &Value| -> Vec<String> {
        let acls = found.as_array().unwrap().iter();
        acls.map(|acl| {
            let pattern = &acl["pattern"];
            let star = if pattern["patternType"] == "PREFIXED" {
                "*"
            } else {
                ""
            };
            let text = |key: &str| pattern[key].as_str().unwrap().to_string();
            format!("{}:{}{star}", text("resourceType"), text("name"))
        })
        .collect()
    };
    let topics = json!({"resourceType": "TOPIC"});
    let with = |more: Value| {
        let mut pattern = topics.clone();
        for (key, value) in more.as_object().unwrap() {
            pattern[key] = value.clone();
        }
        pattern
    };
    let cases = [
        (
            with(json!({})),
            json!({}),
            vec!["TOPIC:*", "TOPIC:ord*", "TOPIC:orders", "TOPIC:orders-eu"],
        ),
        // A literal name does not find prefixed ACLs, nor the one for all.
        (
            with(json!({"name": "orders", "patternType": "LITERAL"})),
            json!({}),
            vec!["TOPIC:orders"],
        ),
        (
            with(json!({"name": "ord", "patternType": "LITERAL"})),
            json!({}),
            vec![],
        ),
        (
            with(json!({"name": "ord", "patternType": "PREFIXED"})),
            json!({}),
            vec!["TOPIC:ord*"],
        ),
        (
            with(json!({"patternType": "PREFIXED"})),
            json!({}),
            vec!["TOPIC:ord*"],
        ),
        (
            with(json!({"name": "ord", "patternType": "ANY"})),
            json!({}),
            vec!["TOPIC:ord*"],
        ),
        (
            with(json!({"name": "*", "patternType": "ANY"})),
            json!({}),
            vec!["TOPIC:*"],
        ),
        (
            with(json!({"name": "orders-eu", "patternType": "MATCH"})),
            json!({}),
            vec!["TOPIC:*", "TOPIC:ord*", "TOPIC:orders-eu"],
        ),
        (
            with(json!({"name": "x", "patternType": "MATCH"})),
            json!({}),
            vec!["TOPIC:*"],
        ),
        (
            json!({"name": "orders", "patternType": "LITERAL"}),
            json!({}),
            vec!["TOPIC:orders", "GROUP:orders", "TRANSACTIONAL_ID:orders"],
        ),
        (
            json!({"resourceType": "CLUSTER", "name": "kafka-cluster", "patternType": "LITERAL"}),
            json!({}),
            vec!["CLUSTER:kafka-cluster"],
        ),
        // Names that stand for all are no wildcards in a filter.
        (
            with(json!({})),
            json!({"principal": "User:*"}),
            vec!["TOPIC:*", "TOPIC:orders-eu"],
        ),
        (with(json!({})), json!({"principal": "User:b"}), vec![]),
        (
            with(json!({})),
            json!({"operation": "ALL", "permissionType": "ALLOW", "host": "*"}),
            vec!["TOPIC:*", "TOPIC:ord*", "TOPIC:orders", "TOPIC:orders-eu"],
        ),
        (with(json!({})), json!({"operation": "READ"}), vec![]),
        (with(json!({})), json!({"permissionType": "DENY"}), vec![]),
        (with(json!({})), json!({"host": "10.0.0.1"}), vec![]),
    ];
    for (pattern, entry, expected) in cases {
        let filter = filter(&pattern, &entry);
        assert_eq!(names(&found(&desk, &filter).await), expected, "{filter}");
    }
    // What a client of the field leaves out may also be null.
    let nulls = filter(
        &json!({"name": null}),
        &json!({"principal": null, "host": null}),
    );
    assert_eq!(found(&desk, &nulls).await.as_array().unwrap().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_path_with_a_colon_is_found_however_it_is_written() {
    let world = World::new();
    let desk = world.start().await;
    for path in [
        "/security/1.0/acls:search",
        "/security/1.0/acls%3Asearch",
        "/security/1.0/acls%3asearch",
        "//security/1.0//acls:search",
        "//security/1.0//acls%3Asearch",
    ] {
        let answer = desk.call("mds", Method::POST, path, Some(&all())).await;
        assert_eq!(answer.is(200).json(), json!([]), "{path}");
    }
    desk.get("mds", "/acls:search").await.is(405);
    desk.get("mds", "/acls%3Asearch").await.is(405);
    desk.post("mds", "/acls:find", &all()).await.is(404);
    desk.post("mds", "/acls:search/x", &all()).await.is(404);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_named_all_at_once() {
    let world = World::new();
    let desk = world.start().await;
    let wrong = json!({
        "pattern": {"resourceType": "ANY", "name": "", "patternType": "MATCH"},
        "entry": {"principal": "alice", "host": "", "operation": "ANY", "permissionType": "UNKNOWN"},
    });
    let body = json!({"scope": scope("k"), "aclBinding": wrong});
    let paths = |body: Value| -> Vec<String> {
        let errors = body["errors"].as_array().unwrap().iter();
        errors
            .map(|error| error["error_type"].as_str().unwrap().to_string())
            .collect()
    };
    let refused = desk.post("mds", "/acls", &body).await.is(400);
    assert_eq!(
        paths(refused.json()),
        [
            "aclBinding.pattern.resourceType",
            "aclBinding.pattern.patternType",
            "aclBinding.pattern.name",
            "aclBinding.entry.principal",
            "aclBinding.entry.host",
            "aclBinding.entry.operation",
            "aclBinding.entry.permissionType",
        ]
    );
    // Who may not create ACLs is not told what is wrong with one.
    desk.post("bob", "/acls", &body).await.is(403);
    let unknown = filter(
        &json!({"resourceType": "UNKNOWN", "patternType": "UNKNOWN"}),
        &json!({"principal": "alice", "operation": "UNKNOWN", "permissionType": "UNKNOWN"}),
    );
    for answer in [
        desk.post("mds", "/acls:search", &unknown).await,
        desk.delete("mds", "/acls", Some(&unknown)).await,
    ] {
        let paths = paths(answer.is(400).json());
        assert_eq!(paths.len(), 5);
        assert_eq!(paths[0], "aclBindingFilter.patternFilter.resourceType");
    }
    let mut scopeless = all();
    for (scope, says) in [
        (json!({"clusters": {}}), "names no cluster"),
        (json!({"clusterName": "payments"}), "names no cluster"),
        (json!({"clusters": {"kafka-cluster": ""}}), "is empty"),
        (
            json!({"clusters": {"kafka-cluster": "k", "connect-cluster": "c"}}),
            "ACLs live on Kafka clusters",
        ),
        (
            json!({"clusters": {"cmf": "m"}}),
            "ACLs live on Kafka clusters",
        ),
        (
            json!({"clusters": {"kafka": "k"}}),
            "is not a kind of cluster",
        ),
    ] {
        scopeless["scope"] = scope;
        let message = desk
            .post("mds", "/acls:search", &scopeless)
            .await
            .is(400)
            .message();
        assert!(message.contains(says), "{message}");
        desk.delete("mds", "/acls", Some(&scopeless)).await.is(400);
    }
    for body in [json!({}), json!([]), json!({"scope": scope("k")})] {
        desk.post("mds", "/acls", &body).await.is(400);
        desk.post("mds", "/acls:search", &body).await.is(400);
        desk.delete("mds", "/acls", Some(&body)).await.is(400);
    }
    assert_eq!(found(&desk, &all()).await, json!([]));
}

/// The statuses of creating, searching and deleting.
async fn statuses(desk: &Desk, user: &str) -> [u16; 3] {
    let none = filter(&json!({"name": "nothing"}), &json!({}));
    [
        create(desk, user, &acl("TOPIC:t", "User:x", "READ")).await,
        desk.post(user, "/acls:search", &none).await.status.as_u16(),
        desk.delete(user, "/acls", Some(&none))
            .await
            .status
            .as_u16(),
    ]
}

#[tokio::test(start_paused = true)]
async fn administrators_manage_acls_and_so_does_who_may_with_kafkas_own_tools() {
    let world = World::new();
    let desk = world.start().await;
    const ALL: [u16; 3] = [204, 200, 200];
    const NONE: [u16; 3] = [403, 403, 403];
    const SEARCH: [u16; 3] = [403, 200, 403];
    assert_eq!(statuses(&desk, "bob").await, NONE);
    for (role, expected) in [
        ("SystemAdmin", ALL),
        ("UserAdmin", ALL),
        ("ClusterAdmin", ALL),
        ("SecurityAdmin", SEARCH),
        ("Operator", SEARCH),
        ("AuditAdmin", NONE),
    ] {
        desk.grant("bob", role, "k").await;
        assert_eq!(statuses(&desk, "bob").await, expected, "{role}");
        let path = format!("/principals/User:bob/roles/{role}");
        desk.delete("mds", &path, Some(&scope("k"))).await.is(204);
        desk.grant("bob", role, "other").await;
        assert_eq!(statuses(&desk, "bob").await, NONE, "{role} elsewhere");
    }
    // Kafka's right can come from a role on the cluster, or from an ACL on it; a denial wins.
    let owner = "/principals/User:bob/roles/ResourceOwner/bindings";
    let cluster = json!({"scope": scope("k"), "resourcePatterns": [{"resourceType": "Cluster", "name": "kafka-cluster", "patternType": "LITERAL"}]});
    desk.post("mds", owner, &cluster).await.is(204);
    assert_eq!(statuses(&desk, "bob").await, ALL);
    let mut deny = acl("CLUSTER:kafka-cluster", "User:bob", "ALTER");
    deny["entry"]["permissionType"] = json!("DENY");
    assert_eq!(create(&desk, "mds", &deny).await, 204);
    assert_eq!(statuses(&desk, "bob").await, SEARCH);
    let allow = acl("CLUSTER:kafka-cluster", "User:*", "ALTER");
    assert_eq!(create(&desk, "mds", &allow).await, 204);
    assert_eq!(statuses(&desk, "bob").await, SEARCH);
    assert_eq!(statuses(&desk, "alice").await, ALL);
    // An administrator's right is not Kafka's, and no ACL speaks of it.
    desk.grant("bob", "UserAdmin", "k").await;
    assert_eq!(statuses(&desk, "bob").await, ALL);
}

#[tokio::test(start_paused = true)]
async fn the_refusal_names_the_command_that_fixes_it() {
    let world = World::new();
    let desk = world.start().await;
    let message = desk
        .post("bob", "/acls:search", &all())
        .await
        .is(403)
        .message();
    assert_eq!(
        message,
        "User:bob not permitted to DescribeAccess on SecurityMetadata:LITERAL:SecurityMetadata at kafka-cluster k. Fix it:\n\
         openmds iam rbac role-binding create --role SecurityAdmin --principal User:bob --kafka-cluster k"
    );
    let message = desk
        .delete("bob", "/acls", Some(&all()))
        .await
        .is(403)
        .message();
    assert_eq!(
        message,
        "User:bob not permitted to AlterAccess on SecurityMetadata:LITERAL:SecurityMetadata at kafka-cluster k. Fix it:\n\
         openmds iam rbac role-binding create --role UserAdmin --principal User:bob --kafka-cluster k"
    );
}
