//! What the reference's command line sends, in its order, on the seed of `mds-api.md` 9: registry,
//! roles, bindings and lists. Its ACLs are in a file of their own.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::bindings::{kafka, member, pattern, patterns};
use crate::desk::{Answer, Desk, basic};
use crate::world::World;

pub(crate) const CID: &str = "CID";

/// As it builds scopes: both keys, one of them empty.
fn named(name: &str) -> Value {
    json!({"clusterName": name, "clusters": {}})
}

fn registered(name: &str, scope: Value, hosts: &[(&str, u16)], protocol: &str) -> Value {
    let hosts = hosts.iter();
    let hosts: Vec<Value> = hosts
        .map(|(host, port)| json!({"host": host, "port": port}))
        .collect();
    json!({"clusterName": name, "scope": {"clusters": scope}, "hosts": hosts, "protocol": protocol})
}

/// The four clusters, sorted as they are listed.
fn clusters() -> [Value; 4] {
    let with = |key: &str, id: &str| json!({"kafka-cluster": "kafka-GUID", key: id});
    [
        registered(
            "theMdsConnectCluster",
            with("connect-cluster", "connect-name"),
            &[("10.5.5.5", 9005)],
            "HTTPS",
        ),
        registered(
            "theMdsKSQLCluster",
            with("ksql-cluster", "ksql-name"),
            &[("10.4.4.4", 9004)],
            "HTTPS",
        ),
        registered(
            "theMdsKafkaCluster",
            json!({"kafka-cluster": "kafka-GUID"}),
            &[("10.10.10.10", 8090), ("mds.example.com", 8090)],
            "SASL_PLAINTEXT",
        ),
        registered(
            "theMdsSchemaRegistryCluster",
            with("schema-registry-cluster", "schema-registry-name"),
            &[("10.3.3.3", 9003)],
            "HTTPS",
        ),
    ]
}

pub(crate) async fn seeded(world: &World) -> Desk {
    let desk = world.start().await;
    for cluster in clusters() {
        desk.post("mds", "/registry/clusters", &json!([cluster]))
            .await
            .is(204);
    }
    let kafka_name = registered(
        "kafka",
        json!({"kafka-cluster": CID}),
        &[("127.0.0.1", 9999)],
        "SASL_PLAINTEXT",
    );
    desk.post("mds", "/registry/clusters", &json!([kafka_name]))
        .await
        .is(204);
    let scope = kafka(CID);
    desk.bind("User:frodo", "SecurityAdmin", &scope, &[]).await;
    desk.bind(
        "Group:hobbits",
        "DeveloperRead",
        &scope,
        &["Topic:drink", "Topic:food"],
    )
    .await;
    desk.bind(
        "Group:hobbits",
        "DeveloperWrite",
        &scope,
        &["Topic:shire-*"],
    )
    .await;
    desk.bind(
        "Group:ringBearers",
        "DeveloperWrite",
        &scope,
        &["Topic:ring-*"],
    )
    .await;
    desk
}

/// Sends a body as its Go client does: a line end behind it, `&`, `<` and `>` as escapes.
pub(crate) async fn sent(desk: &Desk, method: Method, path: &str, body: &Value) -> Answer {
    let text = body.to_string();
    let text = text
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    let request = Request::builder()
        .method(method)
        .uri(format!("/security/1.0{path}"))
        .header(header::AUTHORIZATION, basic("mds"))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/json")
        .header(
            header::USER_AGENT,
            "Confluent-CLI/v4.56.0 (https://confluent.io; support@confluent.io)",
        );
    desk.send(request.body(Body::from(text + "\n")).unwrap())
        .await
}

pub(crate) async fn look(desk: &Desk, path: &str, scope: &Value) -> Value {
    sent(desk, Method::POST, path, scope).await.is(200).json()
}

#[tokio::test(start_paused = true)]
async fn clusters_are_listed_by_kind_and_unregistered_by_name() {
    let world = World::new();
    let desk = seeded(&world).await;
    desk.delete("mds", "/registry/clusters/kafka", None)
        .await
        .is(204);
    let [connect, ksql, broker, schemas] = clusters();
    let list = |path: &'static str| {
        let desk = &desk;
        async move { desk.get("mds", path).await.is(200).json() }
    };
    let all = json!([connect, ksql, broker, schemas]);
    assert_eq!(list("/registry/clusters").await, all);
    for (kind, only) in [
        ("?clusterType=kafka-cluster", broker),
        ("?clusterType=connect-cluster", connect),
        ("?clusterType=ksql-cluster", ksql),
        ("?clusterType=schema-registry-cluster", schemas),
    ] {
        let answer = desk.get("mds", &format!("/registry/clusters{kind}")).await;
        assert_eq!(answer.is(200).json(), json!([only]));
    }
    desk.get("mds", "/registry/clusters?clusterType=cmf")
        .await
        .is(400);
    let gone = desk
        .delete("mds", "/registry/clusters/theMdsKafkaCluster", None)
        .await
        .is(204);
    assert!(gone.body.is_empty());
    assert_eq!(
        list("/registry/clusters").await.as_array().unwrap().len(),
        3
    );
}

#[tokio::test(start_paused = true)]
async fn a_role_is_described_before_it_is_bound() {
    let world = World::new();
    let desk = seeded(&world).await;
    let roles = desk.get("mds", "/roles").await.is(200).json();
    assert_eq!(roles.as_array().unwrap().len(), 10);
    let read = desk.get("mds", "/roles/DeveloperRead").await.is(200).json();
    assert_eq!(read["accessPolicy"]["scopeType"], "Resource");
    let all = |operation: &str| json!({"scopeType": "Cluster", "allowedOperations": [{"resourceType": "All", "operations": [operation]}]});
    let security = desk.get("mds", "/roles/SecurityAdmin").await.json();
    assert_eq!(security["accessPolicy"], all("DescribeAccess"));
    let system = desk.get("mds", "/roles/SystemAdmin").await.json();
    assert_eq!(system["accessPolicy"], all("All"));
    desk.get("mds", "/roles/NoSuchRole").await.is(404);
    // Whatever type a role lists can be bound, also if it allows no operation on it.
    for role in roles.as_array().unwrap() {
        if role["accessPolicy"]["scopeType"] == "Cluster" {
            continue;
        }
        for one in role["accessPolicy"]["allowedOperations"]
            .as_array()
            .unwrap()
        {
            let name = match one["resourceType"].as_str().unwrap() {
                "Cluster" => "Cluster:kafka-cluster".to_string(),
                "KsqlCluster" => "KsqlCluster:ksql-cluster".to_string(),
                kind => format!("{kind}:x"),
            };
            let path = format!(
                "/principals/User:bob/roles/{}/bindings",
                role["name"].as_str().unwrap()
            );
            let body = patterns(&kafka(CID), &[&name]);
            sent(&desk, Method::POST, &path, &body).await.is(204);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bindings_are_created_and_deleted_by_id_and_by_name() {
    let world = World::new();
    let desk = seeded(&world).await;
    let flink = json!({"clusters": {"cmf": "m"}});
    let environment = json!({"clusters": {"cmf": "m", "flink-environment": "e"}});
    let odd = "/principals/User:CN=k%2COU=a%20b%2Fc%3F%252F+x/roles/DeveloperRead/bindings";
    for (path, scope, resource) in [
        (
            "/principals/User:bob/roles/DeveloperRead/bindings",
            kafka(CID),
            "Topic:connect-configs",
        ),
        (
            "/principals/User:bob/roles/DeveloperRead/bindings",
            named("kafka"),
            "Topic:connect-configs",
        ),
        (
            "/principals/User:bob@Kafka/roles/DeveloperRead/bindings",
            kafka(CID),
            "Topic:a<b>&c",
        ),
        (
            "/principals/User%3Abob/roles/DeveloperWrite/bindings",
            kafka(CID),
            "Topic:t-*",
        ),
        (
            "/principals/Group:%C3%A9t%C3%A9%3Fx%3By/roles/DeveloperRead/bindings",
            kafka(CID),
            "Topic:t",
        ),
        (
            "/principals/User:bob/roles/ResourceOwner/bindings",
            flink.clone(),
            "FlinkEnvironment:e",
        ),
        (
            "/principals/User:bob/roles/ResourceOwner/bindings",
            environment,
            "FlinkApplication:a",
        ),
        (odd, kafka(CID), "Topic:t"),
    ] {
        let body = patterns(&scope, &[resource]);
        for method in [
            Method::POST,
            Method::POST,
            Method::DELETE,
            Method::DELETE,
            Method::POST,
        ] {
            let answer = sent(&desk, method, path, &body).await.is(204);
            assert!(answer.body.is_empty(), "{path}");
        }
    }
    let readers = look(&desk, "/lookup/role/DeveloperRead", &kafka(CID)).await;
    assert_eq!(
        readers,
        json!([
            "User:CN=k,OU=a b/c?%2F+x",
            "User:bob",
            "User:bob@Kafka",
            "Group:hobbits",
            "Group:été?x;y"
        ])
    );
    let owned = look(&desk, "/lookup/principal/User:bob/resources", &flink).await;
    assert_eq!(
        owned,
        json!({"User:bob": {"ResourceOwner": [pattern("FlinkEnvironment:e")]}})
    );
    // Both ways to name the cluster bound the same.
    for scope in [kafka(CID), named("kafka")] {
        let answer = look(
            &desk,
            "/principals/User:bob/roles/DeveloperRead/resources",
            &scope,
        )
        .await;
        assert_eq!(answer, json!([pattern("Topic:connect-configs")]));
    }
    // What it refuses itself is refused here as well.
    let path = "/principals/User:bob/roles/DeveloperRead/bindings";
    for scope in [
        json!({"clusterName": "kafka", "clusters": {"kafka-cluster": CID}}),
        json!({"clusters": {}}),
        json!({"clusters": {"connect-cluster": "c"}}),
        json!({"clusters": {"kafka-cluster": CID, "connect-cluster": "c", "ksql-cluster": "q"}}),
        json!({"clusters": {"flink-environment": "e"}}),
        named("nobody"),
    ] {
        sent(&desk, Method::POST, path, &patterns(&scope, &["Topic:t"]))
            .await
            .is(400);
        sent(&desk, Method::DELETE, path, &patterns(&scope, &["Topic:t"]))
            .await
            .is(400);
    }
    for resource in ["Topics:t", "All:x", "Topic:"] {
        sent(
            &desk,
            Method::POST,
            path,
            &patterns(&kafka(CID), &[resource]),
        )
        .await
        .is(400);
    }
    let unknown = "/principals/User:bob/roles/Reader/bindings";
    sent(
        &desk,
        Method::POST,
        unknown,
        &patterns(&kafka(CID), &["Topic:t"]),
    )
    .await
    .is(404);
    let nobody = "/principals/frodo/roles/DeveloperRead/bindings";
    sent(
        &desk,
        Method::POST,
        nobody,
        &patterns(&kafka(CID), &["Topic:t"]),
    )
    .await
    .is(400);
}

#[tokio::test(start_paused = true)]
async fn bindings_are_listed_by_principal() {
    let mut world = World::new();
    let groups = world.folder.path().join("groups");
    std::fs::write(&groups, "hobbits:frodo,sam\nringBearers:frodo\n").unwrap();
    let groups = groups.to_str().unwrap();
    world.set("openmds.user.store.file.groups.path", groups);
    let desk = seeded(&world).await;
    let frodo = member(&desk, "frodo", &["hobbits", "ringBearers"]);
    let hobbits = json!({
        "DeveloperRead": [pattern("Topic:drink"), pattern("Topic:food")],
        "DeveloperWrite": [pattern("Topic:shire-*")],
    });
    let expected = json!({
        "Group:hobbits": hobbits,
        "Group:ringBearers": {"DeveloperWrite": [pattern("Topic:ring-*")]},
        "User:frodo": {"SecurityAdmin": []},
    });
    for scope in [kafka(CID), named("kafka")] {
        let path = "/lookup/principal/User:frodo/resources";
        let answer = desk.ask(&frodo, Method::POST, path, &scope).await;
        assert_eq!(answer.is(200).json(), expected);
        let path = "/lookup/principals/User:frodo/roleNames";
        let answer = desk
            .ask(&frodo, Method::POST, path, &scope)
            .await
            .is(200)
            .json();
        assert_eq!(
            answer,
            json!(["DeveloperRead", "DeveloperWrite", "SecurityAdmin"])
        );
        let group = look(&desk, "/lookup/principal/Group:hobbits/resources", &scope).await;
        assert_eq!(group, json!({"Group:hobbits": hobbits}));
        let names = look(&desk, "/lookup/principals/Group:hobbits/roleNames", &scope).await;
        assert_eq!(names, json!(["DeveloperRead", "DeveloperWrite"]));
    }
    // An administrator hears of somebody's groups as well: from the directory.
    let path = "/lookup/principal/User:frodo/resources";
    assert_eq!(look(&desk, path, &kafka(CID)).await, expected);
    let names = look(
        &desk,
        "/lookup/principals/User:sam/roleNames",
        &named("kafka"),
    )
    .await;
    assert_eq!(names, json!(["DeveloperRead", "DeveloperWrite"]));
    let action = |name: &str| json!({"scope": kafka(CID), "operation": "Write", "resourceType": "Topic", "resourceName": name});
    for (user, expected) in [
        ("User:frodo", json!(["ALLOWED", "ALLOWED"])),
        ("User:sam", json!(["ALLOWED", "DENIED"])),
    ] {
        let body = json!({"userPrincipal": user, "actions": [action("shire-1"), action("ring-1")]});
        let decided = sent(&desk, Method::PUT, "/authorize", &body).await;
        assert_eq!(decided.is(200).json(), expected);
    }
    let known = look(&desk, "/rbac/principals?type=group", &kafka(CID)).await;
    assert_eq!(known, json!(["Group:hobbits", "Group:ringBearers"]));
    let nothing = look(
        &desk,
        "/lookup/principal/User:sauron/resources",
        &kafka(CID),
    )
    .await;
    assert_eq!(nothing, json!({}));
    sent(
        &desk,
        Method::POST,
        "/lookup/principal/frodo/resources",
        &kafka(CID),
    )
    .await
    .is(400);
}

#[tokio::test(start_paused = true)]
async fn bindings_are_listed_by_role() {
    let world = World::new();
    let desk = seeded(&world).await;
    for scope in [kafka(CID), named("kafka")] {
        for (path, expected) in [
            ("/lookup/role/DeveloperRead", json!(["Group:hobbits"])),
            (
                "/lookup/role/DeveloperWrite",
                json!(["Group:hobbits", "Group:ringBearers"]),
            ),
            ("/lookup/role/SecurityAdmin", json!(["User:frodo"])),
            ("/lookup/role/SystemAdmin", json!([])),
            (
                "/lookup/role/DeveloperRead/resource/Topic/name/food",
                json!(["Group:hobbits"]),
            ),
            (
                "/lookup/role/DeveloperRead/resource/Topic/name/shire-parties",
                json!([]),
            ),
            (
                "/lookup/role/DeveloperWrite/resource/Topic/name/shire-parties",
                json!(["Group:hobbits"]),
            ),
            (
                "/lookup/role/DeveloperWrite/resource/Topic/name/shire",
                json!([]),
            ),
        ] {
            assert_eq!(look(&desk, path, &scope).await, expected, "{path}");
        }
    }
    let unknown = sent(&desk, Method::POST, "/lookup/role/Nobody", &kafka(CID)).await;
    unknown.is(404);
}
