//! How the service is, what it counts, which cluster it serves, and its pages.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use crate::desk::{Answer, Desk, document};
use crate::world::{NOBODY, World};

async fn open(desk: &Desk, path: &str) -> Answer {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    desk.send(request).await
}

#[tokio::test(start_paused = true)]
async fn a_server_without_its_home_cluster_is_alive_but_not_ready() {
    let mut world = World::new();
    world.unset("openmds.cluster.id");
    world.set("confluent.metadata.bootstrap.servers", NOBODY);
    let desk = world.start().await;
    let live = open(&desk, "/health/live").await.is(200);
    assert_eq!(live.json(), json!({"status": "live"}));
    let answer = open(&desk, "/health/ready").await.is(503);
    assert_eq!(answer.message(), "not ready: home-cluster");
    let missing = &answer.json()["errors"][0];
    assert_eq!(missing["error_type"], "home-cluster");
    let message = missing["message"].as_str().unwrap();
    assert!(
        message.contains("confluent.metadata.bootstrap.servers"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_knows_its_home_cluster_is_ready() {
    let mut world = World::new();
    world.unset("openmds.cluster.id");
    let desk = world.start().await;
    desk.knows_home().await;
    let ready = open(&desk, "/health/ready").await.is(200).json();
    assert_eq!(
        ready,
        json!({"status": "ready", "checks": {"store": "ok", "home-cluster": "ok", "user-store": "ok"}})
    );
}

#[tokio::test(start_paused = true)]
async fn figures_tell_what_happened() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    desk.grant("alice", "SystemAdmin", "payments-id").await;
    desk.update(&document(1)).await.is(200);
    desk.until("payments", "applied").await;
    desk.get("bob", "/roles/Nobody").await.is(404);
    open(&desk, "/no/such/path").await.is(404);
    let answer = desk
        .call("bob", Method::GET, "/metrics", None)
        .await
        .is(200);
    assert_eq!(
        answer.header("content-type"),
        ["text/plain; version=0.0.4; charset=utf-8"]
    );
    let text = answer.text();
    for line in [
        "kafka_server_confluent_auth_store_metrics_rbac_role_bindings_count 1",
        "kafka_server_confluent_auth_store_metrics_rbac_access_rules_count 1",
        r#"confluent_metadata_KafkaAuthStore_Value{name="active-writer-count"} 1"#,
        "kafka_server_confluent_auth_store_metrics_acl_access_rules_count 0",
        "openmds_registered_clusters 1",
        r#"openmds_clusters{state="applied"} 1"#,
        r#"openmds_clusters{state="failed"} 0"#,
        r#"openmds_ready{need="home-cluster"} 1"#,
        r#"openmds_companion_clusters{state="default"} 1"#,
        r#"openmds_pushes_total{document="config",outcome="accepted"} 1"#,
        r#"openmds_http_requests_total{method="GET",route="/security/1.0/roles/{role}",status="404"} 1"#,
        r#"openmds_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    for begins in [
        r#"openmds_http_request_seconds_bucket{method="PUT",route="/security/1.0/audit/config",le="30"}"#,
        r#"openmds_rounds_total{outcome="settled"}"#,
        r#"openmds_logins_total{outcome="succeeded"}"#,
        "# TYPE openmds_http_request_seconds histogram",
    ] {
        assert!(
            text.lines().any(|one| one.starts_with(begins)),
            "{begins}\n{text}"
        );
    }
    assert!(
        !text.contains("alice"),
        "names of users are nobody's figures"
    );
}

#[tokio::test(start_paused = true)]
async fn figures_are_for_users_unless_told_otherwise() {
    for (access, stranger, user) in [
        ("authenticated", 401, 200),
        ("open", 200, 200),
        ("off", 404, 404),
    ] {
        let mut world = World::new();
        world.set("openmds.metrics.access", access);
        let desk = world.start().await;
        open(&desk, "/metrics").await.is(stranger);
        desk.call("bob", Method::GET, "/metrics", None)
            .await
            .is(user);
    }
}

#[tokio::test(start_paused = true)]
async fn installers_find_the_cluster_id() {
    let world = World::new();
    let desk = world.start().await;
    let get = async |path: &str| desk.call("bob", Method::GET, path, None).await;
    let clusters = get("/kafka/v3/clusters").await.is(200).json();
    assert_eq!(clusters["kind"], "KafkaClusterList");
    assert_eq!(clusters["data"][0]["cluster_id"], "home-id");
    assert_eq!(
        clusters["metadata"],
        json!({"self": "http://127.0.0.1:0/kafka/v3/clusters", "next": null})
    );
    let one = get("/kafka/v3/clusters/home-id").await.is(200).json();
    assert_eq!(one, clusters["data"][0]);
    assert_eq!(one["metadata"]["resource_name"], "crn:///kafka=home-id");
    let answer = get("/kafka/v3/clusters/other").await.is(404);
    assert!(answer.message().contains("`home-id`"));
    open(&desk, "/kafka/v3/clusters").await.is(401);
}

#[tokio::test(start_paused = true)]
async fn a_listener_on_all_addresses_is_told_by_the_name_that_the_caller_used() {
    let mut world = World::new();
    let listeners = "confluent.metadata.server.listeners";
    world.set(listeners, "http://0.0.0.0:8090,http://[::]:8091");
    let desk = world.start().await;
    let request = Request::builder()
        .uri("/security/1.0/activenodes/http")
        .header("authorization", crate::desk::basic("bob"))
        .header("host", "mds.example:8090");
    let answer = desk
        .send(request.body(Body::empty()).unwrap())
        .await
        .is(200);
    assert_eq!(
        answer.json(),
        json!(["http://mds.example:8090", "http://mds.example:8091"])
    );
}

#[tokio::test(start_paused = true)]
async fn the_api_can_be_browsed_without_the_internet() {
    let world = World::new();
    let desk = world.start().await;
    let answer = open(&desk, "/docs").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (308, vec!["/docs/"])
    );
    let page = open(&desk, "/docs/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), ["text/html"]);
    let policy = page.header("content-security-policy")[0];
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("http") && policy.contains("frame-ancestors 'none'"));
    // Every part that the page names is there.
    let text = page.text();
    let mut parts = 0;
    for part in text
        .split(['"', '\''])
        .filter_map(|part| part.strip_prefix("./"))
    {
        assert_eq!(
            open(&desk, &format!("/docs/{part}")).await.status,
            200,
            "{part}"
        );
        parts += 1;
    }
    assert!(parts >= 4, "{text}");
    assert!(!text.contains("://"), "{text}");
    let script = open(&desk, "/docs/swagger-initializer.js").await;
    assert!(script.text().contains("/openapi.json"), "{}", script.text());
    for none in ["/docs/nothing.js", "/docs/..%2Fsecret"] {
        open(&desk, none).await.is(404);
    }
}
