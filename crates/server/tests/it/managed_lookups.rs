//! The look-ups behind user interfaces (`rbac-registry-tokens.md` 9.6).

use axum::http::Method;
use serde_json::{Value, json};

use crate::bindings::{beside, kafka, member, pattern};
use crate::desk::{Answer, Desk};
use crate::world::World;

/// alice owns team-*, bob administers what others hold, a group reads, and all of it at `k`; a
/// group runs connectors beside it.
async fn seeded(world: &World) -> Desk {
    let desk = world.start().await;
    let k = kafka("k");
    desk.bind(
        "User:alice",
        "ResourceOwner",
        &k,
        &["Topic:team-*", "Topic:team-a", "Group:g"],
    )
    .await;
    desk.bind("User:alice", "Operator", &kafka("l"), &[]).await;
    desk.bind("User:bob", "UserAdmin", &k, &[]).await;
    desk.bind(
        "Group:dev",
        "DeveloperRead",
        &k,
        &["Topic:team-b", "Topic:z"],
    )
    .await;
    let connect = beside("k", "connect-cluster", "c");
    desk.bind("Group:dev", "DeveloperManage", &connect, &["Connector:*"])
        .await;
    desk
}

async fn denied(answer: Answer, user: &str) {
    let message = answer.is(403).message();
    let begin = format!("User:{user} not permitted to DescribeAccess on ");
    assert!(message.starts_with(&begin), "{message}");
    assert!(
        message.contains("iam rbac role-binding create --role SecurityAdmin"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn visibility_tells_where_somebody_has_roles() {
    let world = World::new();
    let desk = seeded(&world).await;
    desk.register("kafka", "k", crate::world::PAYMENTS).await;
    let path = "/lookup/principals/User:erin/visibility";
    let asked = json!({"kafka-cluster": "k", "connect-clusters": ["c", "d"], "ksql-clusters": ["q"], "schema-registry-clusters": null});
    let shown = |kafka: bool, connect: bool| {
        json!({
            "kafka-cluster": {"id": "k", "visible": kafka, "clusterName": "kafka"},
            "connect-clusters": [
                {"id": "c", "visible": connect, "clusterName": null},
                {"id": "d", "visible": false, "clusterName": null},
            ],
            "ksql-clusters": [{"id": "q", "visible": false, "clusterName": null}],
            "schema-registry-clusters": [],
        })
    };
    let (dev, stranger) = (member(&desk, "erin", &["dev"]), member(&desk, "erin", &[]));
    let one = json!([asked]);
    let answer = desk.ask(&dev, Method::POST, path, &one).await;
    assert_eq!(answer.is(200).json(), shown(true, true));
    let answer = desk.ask(&stranger, Method::POST, path, &one).await;
    assert_eq!(answer.is(200).json(), shown(false, false));
    // A role on a cluster beside a Kafka cluster leads through that one.
    let k = kafka("k");
    let role = "/principals/Group:dev/roles/DeveloperRead";
    desk.delete("mds", role, Some(&k)).await.is(204);
    let answer = desk.ask(&dev, Method::POST, path, &one).await;
    assert_eq!(answer.is(200).json(), shown(true, true));
    // Any other number of entries than one is answered with a list, in its order.
    let two = json!([{"kafka-cluster": "l"}, asked]);
    let answer = desk
        .ask(&dev, Method::POST, path, &two)
        .await
        .is(200)
        .json();
    assert_eq!(
        answer[0]["kafka-cluster"],
        json!({"id": "l", "visible": false, "clusterName": null})
    );
    assert_eq!(answer[1], shown(true, true));
    let answer = desk.ask(&dev, Method::POST, path, &json!([])).await;
    assert_eq!(answer.is(200).json(), json!([]));
    // A super user sees everything; about others, administrators of each Kafka cluster may ask.
    let own = "/lookup/principals/User:mds/visibility";
    let answer = desk.post("mds", own, &one).await.is(200).json();
    assert_eq!(answer["ksql-clusters"][0]["visible"], true);
    desk.post("bob", path, &one).await.is(200);
    denied(desk.post("bob", path, &two).await, "bob").await;
    denied(desk.post("alice", path, &one).await, "alice").await;
    for wrong in [
        json!({}),
        json!([{}]),
        json!([{"kafka-cluster": ""}]),
        json!([{"kafka-cluster": "k", "ksql-clusters": ["q", ""]}]),
    ] {
        desk.post("mds", path, &wrong).await.is(400);
    }
}

#[tokio::test(start_paused = true)]
async fn bindings_of_all_scopes_at_once() {
    let world = World::new();
    let desk = seeded(&world).await;
    let (k, l, connect) = (kafka("k"), kafka("l"), beside("k", "connect-cluster", "c"));
    let owned = json!({"User:alice": {"ResourceOwner": [pattern("Group:g"), pattern("Topic:team-*"), pattern("Topic:team-a")]}});
    let operated = json!({"User:alice": {"Operator": []}});
    let mapping =
        |scope: &Value, bindings: &Value| json!({"scope": scope, "rolebindings": bindings});
    let everywhere = json!([mapping(&k, &owned), mapping(&l, &operated)]);
    let (scopes, bindings) = (
        "/lookup/managed/clusters/principal/User:alice",
        "/lookup/rolebindings/principal/User:alice",
    );
    for user in ["alice", "mds"] {
        assert_eq!(desk.get(user, bindings).await.is(200).json(), everywhere);
        assert_eq!(desk.get(user, scopes).await.is(200).json(), json!([k, l]));
    }
    // An administrator of one scope hears of that one; who is none is refused.
    assert_eq!(
        desk.get("bob", bindings).await.is(200).json(),
        json!([mapping(&k, &owned)])
    );
    assert_eq!(desk.get("bob", scopes).await.is(200).json(), json!([k]));
    denied(
        desk.get("alice", "/lookup/rolebindings/principal/User:bob")
            .await,
        "alice",
    )
    .await;
    denied(
        desk.get("alice", "/lookup/managed/clusters/principal/User:bob")
            .await,
        "alice",
    )
    .await;
    // One's groups count, and a group's own are only its own.
    let dev = member(&desk, "alice", &["dev"]);
    let mut together = owned.clone();
    together["Group:dev"] = json!({"DeveloperRead": [pattern("Topic:team-b"), pattern("Topic:z")]});
    let running = json!({"Group:dev": {"DeveloperManage": [pattern("Connector:*")]}});
    let answer = desk
        .ask(&dev, Method::GET, bindings, &json!({}))
        .await
        .is(200)
        .json();
    assert_eq!(
        answer,
        json!([
            mapping(&k, &together),
            mapping(&connect, &running),
            mapping(&l, &operated)
        ])
    );
    let answer = desk
        .ask(&dev, Method::POST, bindings, &k)
        .await
        .is(200)
        .json();
    assert_eq!(answer, mapping(&k, &together));
    let group = "/lookup/rolebindings/principal/Group:dev";
    let answer = desk
        .ask(&dev, Method::GET, group, &json!({}))
        .await
        .is(200)
        .json();
    assert_eq!(answer.as_array().unwrap().len(), 2);
    let answer = desk
        .ask(
            &dev,
            Method::POST,
            "/lookup/principals/User:alice/roleNames",
            &k,
        )
        .await;
    assert_eq!(
        answer.is(200).json(),
        json!(["DeveloperRead", "ResourceOwner"])
    );
    let answer = desk
        .ask(
            &dev,
            Method::POST,
            "/lookup/principal/User:alice/resources",
            &k,
        )
        .await;
    assert_eq!(answer.is(200).json(), together);
    let answer = desk
        .ask(
            &dev,
            Method::POST,
            "/lookup/principal/Group:dev/resources",
            &connect,
        )
        .await;
    assert_eq!(answer.is(200).json(), running);
    // Only one kind of cluster.
    for (kind, expected) in [
        ("kafka-cluster", json!([k, l])),
        ("connect-cluster", json!([connect])),
        ("ksql-cluster", json!([])),
    ] {
        let path = format!("{scopes}?clusterType={kind}");
        let answer = desk.ask(&dev, Method::GET, &path, &json!({})).await;
        assert_eq!(answer.is(200).json(), expected);
    }
    desk.get("alice", &format!("{scopes}?clusterType=zookeeper"))
        .await
        .is(400);
    desk.get("alice", &format!("{bindings}?clusterType=zookeeper"))
        .await
        .is(400);
    // At a scope where there is nothing, the answer is empty, not an error.
    let answer = desk
        .post("alice", bindings, &kafka("x"))
        .await
        .is(200)
        .json();
    assert_eq!(answer, mapping(&kafka("x"), &json!({})));
    denied(
        desk.post("alice", "/lookup/rolebindings/principal/User:bob", &k)
            .await,
        "alice",
    )
    .await;
    // A super user sees every scope that has bindings.
    let own = desk
        .get("mds", "/lookup/managed/clusters/principal/User:mds")
        .await
        .is(200)
        .json();
    assert_eq!(own, json!([k, connect, l]));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_may_do_with_bindings() {
    let world = World::new();
    let desk = seeded(&world).await;
    let k = kafka("k");
    let access = |user: &'static str| {
        let path = format!("/lookup/managed/clusters/principal/User:{user}");
        let (desk, k) = (&desk, &k);
        async move { desk.post(user, &path, k).await }
    };
    let both = json!(["AlterAccess", "DescribeAccess"]);
    assert_eq!(
        access("alice").await.is(200).json(),
        json!({"cluster": [], "resources": {"Topic": {"ResourceOwner": both}, "Group": {"ResourceOwner": both}}})
    );
    let admin = access("bob").await.is(200).json();
    assert_eq!(admin["cluster"], both);
    assert_eq!(admin["resources"]["Subject"], json!({"UserAdmin": both}));
    let mds = access("mds").await.is(200).json();
    assert_eq!(mds["resources"]["Topic"], json!({"super.user": both}));
    // Who manages nothing is refused about oneself, and empty for those who may look.
    let carol = member(&desk, "carol", &["dev"]);
    let path = "/lookup/managed/clusters/principal/User:carol";
    denied(desk.ask(&carol, Method::POST, path, &k).await, "carol").await;
    assert_eq!(
        desk.post("bob", path, &k).await.is(200).json(),
        json!({"cluster": [], "resources": {}})
    );
    denied(desk.post("alice", path, &k).await, "alice").await;
}

#[tokio::test(start_paused = true)]
async fn the_bindings_that_somebody_manages() {
    let world = World::new();
    let desk = seeded(&world).await;
    let k = kafka("k");
    let path = |user: &str| format!("/lookup/managed/rolebindings/principal/User:{user}");
    let one = |role: &str, text: &str| {
        let pattern = pattern(text);
        json!({"role": role, "resourceType": pattern["resourceType"], "resourceName": pattern["name"],
            "resourcePattern": pattern["patternType"], "alterAccess": true})
    };
    // An owner sees what lies inside the own patterns.
    assert_eq!(
        desk.post("alice", &path("alice"), &k).await.is(200).json(),
        json!({"scope": k, "cluster_role_bindings": {}, "resource_role_bindings": {
            "Group:dev": {"DeveloperRead": [one("DeveloperRead", "Topic:team-b")]},
            "User:alice": {"ResourceOwner": [one("ResourceOwner", "Group:g"), one("ResourceOwner", "Topic:team-*"), one("ResourceOwner", "Topic:team-a")]},
        }})
    );
    let topics = format!("{}?resourceType=Group", path("alice"));
    let only = desk.post("alice", &topics, &k).await.is(200).json();
    assert_eq!(
        only["resource_role_bindings"],
        json!({"User:alice": {"ResourceOwner": [one("ResourceOwner", "Group:g")]}})
    );
    // An administrator sees all, a security administrator too, but may change nothing.
    let all = desk.post("bob", &path("bob"), &k).await.is(200).json();
    assert_eq!(
        all["cluster_role_bindings"],
        json!({"User:bob": {"UserAdmin": ["AlterAccess", "DescribeAccess"]}})
    );
    assert_eq!(
        all["resource_role_bindings"]["Group:dev"]["DeveloperRead"],
        json!([
            one("DeveloperRead", "Topic:team-b"),
            one("DeveloperRead", "Topic:z")
        ])
    );
    desk.bind("User:carol", "SecurityAdmin", &k, &[]).await;
    let carol = member(&desk, "carol", &[]);
    let all = desk
        .ask(&carol, Method::POST, &path("carol"), &k)
        .await
        .is(200)
        .json();
    assert_eq!(
        all["cluster_role_bindings"]["User:bob"],
        json!({"UserAdmin": ["DescribeAccess"]})
    );
    assert_eq!(
        all["resource_role_bindings"]["Group:dev"]["DeveloperRead"][0]["alterAccess"],
        false
    );
    let about = desk
        .ask(&carol, Method::POST, &path("alice"), &k)
        .await
        .is(200)
        .json();
    assert_eq!(
        about["resource_role_bindings"]["User:alice"]["ResourceOwner"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    denied(desk.post("alice", &path("bob"), &k).await, "alice").await;
    let nobody = member(&desk, "nobody", &["dev"]);
    denied(
        desk.ask(&nobody, Method::POST, &path("nobody"), &k).await,
        "nobody",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_may_create() {
    let world = World::new();
    let desk = seeded(&world).await;
    let guidelines =
        |user: &'static str, kind: &'static str, operation: &'static str, scope: Value| {
            let path =
                format!("/lookup/principal/User:{user}/resource/{kind}/operation/{operation}");
            let desk = &desk;
            async move { desk.post(user, &path, &scope).await }
        };
    let k = kafka("k");
    let some = |text: &str| json!({"result": "SOME", "resourcePatterns": [pattern(text)]});
    let any = json!({"result": "ANY", "resourcePatterns": []});
    let none = json!({"result": "NONE", "resourcePatterns": []});
    // What lies inside another pattern is left out.
    for operation in ["Create", "AlterAccess"] {
        assert_eq!(
            guidelines("alice", "Topic", operation, k.clone())
                .await
                .is(200)
                .json(),
            some("Topic:team-*")
        );
    }
    assert_eq!(
        guidelines("alice", "Group", "Create", k.clone())
            .await
            .is(200)
            .json(),
        none
    );
    assert_eq!(
        guidelines("alice", "Group", "AlterAccess", k.clone())
            .await
            .is(200)
            .json(),
        some("Group:g")
    );
    assert_eq!(
        guidelines("alice", "Topic", "Create", kafka("l"))
            .await
            .is(200)
            .json(),
        none
    );
    assert_eq!(
        guidelines("bob", "Topic", "AlterAccess", k.clone())
            .await
            .is(200)
            .json(),
        any
    );
    assert_eq!(
        guidelines("bob", "Topic", "Create", k.clone())
            .await
            .is(200)
            .json(),
        none
    );
    assert_eq!(
        guidelines("mds", "Subject", "Create", k.clone())
            .await
            .is(200)
            .json(),
        any
    );
    let dev = member(&desk, "erin", &["dev"]);
    let path = "/lookup/principal/User:erin/resource/Connector/operation/Create";
    let connect = beside("k", "connect-cluster", "c");
    let answer = desk.ask(&dev, Method::POST, path, &connect).await;
    assert_eq!(answer.is(200).json(), any);
    guidelines("alice", "Topic", "Delete", k.clone())
        .await
        .is(400);
    denied(desk.post("alice", path, &k).await, "alice").await;
}

#[tokio::test(start_paused = true)]
async fn principals_are_listed_for_those_who_grant() {
    let world = World::new();
    let desk = seeded(&world).await;
    desk.bind("User:only-bound", "Operator", &kafka("x"), &[])
        .await;
    let k = kafka("k");
    let all = desk
        .post("mds", "/rbac/principals", &k)
        .await
        .is(200)
        .json();
    let listed: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    assert!(listed.is_sorted());
    for known in [
        "Group:dev",
        "User:CN=carol, OU=x/y",
        "User:alice",
        "User:bob",
        "User:mds",
        "User:only-bound",
    ] {
        assert!(listed.contains(&known), "{known}: {listed:?}");
    }
    for user in ["alice", "bob"] {
        assert_eq!(
            desk.post(user, "/rbac/principals", &k).await.is(200).json(),
            all
        );
        denied(desk.post(user, "/rbac/principals", &kafka("y")).await, user).await;
    }
    let groups = desk
        .post("bob", "/rbac/principals?type=group", &k)
        .await
        .is(200)
        .json();
    assert_eq!(groups, json!(["Group:dev"]));
    let users = desk
        .post("bob", "/rbac/principals?type=user", &k)
        .await
        .is(200)
        .json();
    assert_eq!(users.as_array().unwrap().len(), listed.len() - 1);
    desk.post("bob", "/rbac/principals?type=robot", &k)
        .await
        .is(400);
    let dev = member(&desk, "erin", &["dev"]);
    denied(
        desk.ask(&dev, Method::POST, "/rbac/principals", &k).await,
        "erin",
    )
    .await;
}
