//! Paths, bodies and encodings as real clients send them (`mds-api.md` 0 and 1).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::desk::{Desk, basic};
use crate::world::World;

fn scope() -> Value {
    json!({"clusters": {"kafka-cluster": "k"}})
}

/// Binds a role to the principal as it stands in the path, and answers who holds it then.
async fn holder_of(desk: &Desk, segment: &str) -> Value {
    let path = format!("/principals/{segment}/roles/SystemAdmin");
    desk.post("mds", &path, &scope()).await.is(204);
    let holders = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
    desk.delete("mds", &path, Some(&scope())).await.is(204);
    let none = desk.post("mds", "/lookup/role/SystemAdmin", &scope()).await;
    assert_eq!(none.json(), json!([]));
    holders.is(200).json()
}

#[tokio::test(start_paused = true)]
async fn segments_are_split_before_they_are_decoded() {
    let world = World::new();
    let desk = world.start().await;
    let cases = [
        ("User:bob", "User:bob"),
        ("User%3Abob", "User:bob"),
        ("User:bob@Kafka", "User:bob@Kafka"),
        ("User:CN=k%2COU=a%20b%2Fc", "User:CN=k,OU=a b/c"),
        ("User:a+b&c$d", "User:a+b&c$d"),
        ("User:a%252Fb", "User:a%2Fb"),
        ("Group:%C3%A9t%C3%A9%3Fx%3By", "Group:\u{e9}t\u{e9}?x;y"),
    ];
    for (segment, principal) in cases {
        assert_eq!(holder_of(&desk, segment).await, json!([principal]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_segment_that_is_no_text_is_refused() {
    let world = World::new();
    let desk = world.start().await;
    let answer = desk.get("mds", "/roles/%FF").await.is(400);
    assert!(answer.message().starts_with("the path cannot be used: "));
    desk.post("mds", "/principals/bob/roles/SystemAdmin", &scope())
        .await
        .is(400);
}

#[tokio::test(start_paused = true)]
async fn several_slashes_count_as_one() {
    let world = World::new();
    let desk = world.start().await;
    for path in [
        "//security/1.0/roleNames",
        "/security//1.0///roleNames",
        "//security/1.0//roleNames",
    ] {
        let names = desk.call("mds", Method::GET, path, None).await.is(200);
        assert_eq!(names.json().as_array().unwrap().len(), 10);
    }
    let path = "//security/1.0//audit/lookup?crn=crn:///kafka=a//b";
    let answer = desk.call("mds", Method::GET, path, None).await.is(400);
    assert!(answer.message().contains("crn"), "{}", answer.message());
}

#[tokio::test(start_paused = true)]
async fn a_parameter_given_twice_is_refused() {
    let world = World::new();
    let desk = world.start().await;
    let path = "/audit/lookup?crn=crn:///kafka=a&crn=crn:///kafka=b";
    let answer = desk.get("mds", path).await.is(400);
    assert!(answer.message().starts_with("the query cannot be used: "));
    let answer = desk
        .get("mds", "/registry/clusters?clusterType=kafka")
        .await;
    let message = answer.is(400).message();
    assert!(
        message.contains("kafka-cluster, connect-cluster"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn answers_are_compressed_for_those_who_ask() {
    let world = World::new();
    let desk = world.start().await;
    let request = Request::builder()
        .uri("/security/1.0/roles")
        .header(header::AUTHORIZATION, basic("bob"))
        .header(header::ACCEPT_ENCODING, "gzip");
    let answer = desk.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), ["gzip"]);
    assert_eq!(answer.header("content-type"), ["application/json"]);
    assert_eq!(answer.body[..2], [0x1f, 0x8b]);
}

#[tokio::test(start_paused = true)]
async fn bodies_must_be_json_of_the_right_shape() {
    let world = World::new();
    let desk = world.start().await;
    let send = |kind: &'static str, body: &'static [u8]| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/security/1.0/lookup/role/SystemAdmin")
            .header(header::AUTHORIZATION, basic("mds"));
        let request = if kind.is_empty() {
            request
        } else {
            request.header(header::CONTENT_TYPE, kind)
        };
        desk.send(request.body(Body::from(body)).unwrap())
    };
    let scope: &[u8] = br#"{"clusters":{"kafka-cluster":"k"},"more":1}"#;
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.api+json",
    ] {
        send(kind, scope).await.is(200);
    }
    for kind in ["", "text/plain", "application/x-www-form-urlencoded"] {
        let answer = send(kind, scope).await.is(415);
        assert_eq!(answer.json()["type"], "UNSUPPORTED MEDIA TYPE");
    }
    let wrong: [&[u8]; 6] = [
        b"",
        b"{",
        b"[]",
        br#"{"clusters":{"kafka-cluster":7}}"#,
        br#"{"clusters":{}}"#,
        b"\xff\xfe",
    ];
    for body in wrong {
        let answer = send("application/json", body).await.is(400);
        assert_eq!(answer.json()["type"], "INVALID REQUEST DATA");
    }
}

#[tokio::test(start_paused = true)]
async fn certain_answers_have_exactly_the_form_that_clients_know() {
    let world = World::new();
    let desk = world.start().await;
    let id = desk.get("bob", "/metadataClusterId").await.is(200);
    assert_eq!(id.text(), "home-id");
    let nodes = desk.get("bob", "/activenodes/http").await.is(200).json();
    assert_eq!(nodes, json!(["http://127.0.0.1:0"]));
    let none = desk.get("bob", "/activenodes/https").await.is(200).json();
    assert_eq!(none, nodes, "never an empty list");
    desk.get("bob", "/activenodes/ftp").await.is(404);
    let role = desk
        .get("bob", "/roles/DeveloperWrite")
        .await
        .is(200)
        .json();
    assert_eq!(role["accessPolicy"]["scopeType"], "Resource");
    let message = desk.get("bob", "/roles/Nobody").await.is(404).message();
    assert_eq!(
        message,
        "no role is named `Nobody`; see `openmds iam rbac role list`"
    );
    // Hints name the program that the caller has.
    let asked = |path: &str| {
        let request = Request::builder().uri(format!("/security/1.0{path}"));
        let request = request.header("authorization", basic("mds"));
        let request = request.header("user-agent", "Confluent-CLI/4 (https://confluent.io; )");
        request.body(Body::empty()).unwrap()
    };
    let role = desk.send(asked("/roles/Nobody")).await.is(404).message();
    assert_eq!(
        role,
        "no role is named `Nobody`; see `confluent iam rbac role list`"
    );
    let cluster = desk.send(asked("/registry/clusters/nowhere")).await;
    assert_eq!(
        cluster.is(404).message(),
        "no cluster named `nowhere` is registered; see `confluent cluster list`"
    );
}
