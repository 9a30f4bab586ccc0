//! The companion of the audit-log document: who may see and change it, what is refused, versions
//! (`rulings.md` 4, 6 and 25).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, basic, document};
use crate::own_events::{event, world_with_document};
use crate::world::World;

pub(crate) const PATH: &str = "/openmds/1.0/audit/companion";

/// A companion without metadata.
pub(crate) fn companion(default: &str) -> Value {
    json!({"fail_modes": {"default": default, "routes": {}}, "formats": {}})
}

impl Desk {
    pub(crate) async fn companion(&self) -> Value {
        let answer = self.call("mds", Method::GET, PATH, None).await;
        answer.is(200).json()
    }

    pub(crate) async fn put_companion(&self, user: &str, companion: &Value) -> Answer {
        self.call(user, Method::PUT, PATH, Some(companion)).await
    }

    /// Replaces the companion, whatever its version is now.
    pub(crate) async fn update_companion(&self, companion: &Value) -> Answer {
        let mut companion = companion.clone();
        companion["metadata"] = self.companion().await["metadata"].clone();
        self.put_companion("mds", &companion).await
    }
}

#[tokio::test(start_paused = true)]
async fn before_anybody_wrote_one_it_asks_for_nothing() {
    let world = World::new();
    let desk = world.start().await;
    let shown = desk.companion().await;
    assert_eq!(shown["fail_modes"], companion("best-effort")["fail_modes"]);
    assert_eq!(shown["formats"], json!({}));
    let metadata = shown["metadata"].as_object().unwrap();
    assert_eq!(metadata["resource_version"].as_str().unwrap().len(), 22);
    assert_eq!(metadata.len(), 1, "nobody changed it yet");
    assert_eq!(desk.status().await["companion"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn refusals_come_in_one_order() {
    let world = World::new();
    let desk = world.start().await;
    let send = |user: &'static str, kind: &'static str, body: String| {
        let request = Request::builder().method(Method::PUT).uri(PATH);
        let request = request.header(header::CONTENT_TYPE, kind);
        let request = match user {
            "" => request,
            user => request.header(header::AUTHORIZATION, basic(user)),
        };
        desk.send(request.body(Body::from(body)).unwrap())
    };
    let json = "application/json";
    let invalid = r#"{"fail_modes": {"default": "sure"}, "metadata": {"resource_version": "old"}}"#;
    let outdated = r#"{"metadata": {"resource_version": "old"}}"#;
    send("", "text/plain", invalid.into()).await.is(401);
    let refused = send("bob", "text/plain", invalid.into()).await.is(403);
    assert!(!refused.text().contains("fail_modes"), "no details");
    send("mds", "text/plain", invalid.into()).await.is(415);
    send("mds", json, String::new()).await.is(400);
    send("mds", json, invalid.into()).await.is(400);
    let conflict = send("mds", json, outdated.into()).await.is(409);
    assert_eq!(conflict.json(), desk.companion().await);
    assert!(desk.app.present().companion().is_none());
}

#[tokio::test(start_paused = true)]
async fn all_faults_are_told_at_once() {
    let world = World::new();
    let desk = world.start().await;
    let wrong = json!({
        "fail_modes": {"default": "sure", "routes": {"kafka": {"produce": "always"}}},
        "formats": {"confluent-audit-log-events": "leef"},
    });
    let message = desk.put_companion("mds", &wrong).await.is(400).message();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "the companion is not valid; nothing was changed:");
    for said in [
        "fail_modes.default: must be",
        "fail_modes.routes.kafka: ",
        "fail_modes.routes.kafka.produce: must be",
        "formats[\"confluent-audit-log-events\"]: must be",
        "metadata: is required",
    ] {
        let found = lines.iter().any(|line| line.starts_with(said));
        assert!(found, "{said}: {message}");
    }
    assert_eq!(lines.len(), 6, "{message}");
}

#[tokio::test(start_paused = true)]
async fn an_audit_administrator_needs_every_kafka_cluster() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let fix =
        "iam rbac role-binding create --role AuditAdmin --principal User:alice --kafka-cluster";
    for cluster in ["home-id", "payments-id"] {
        for method in [Method::GET, Method::PUT] {
            let answer = desk.call("alice", method, PATH, None).await.is(403);
            assert!(answer.message().contains(&format!("{fix} {cluster}")));
        }
        desk.grant("alice", "AuditAdmin", cluster).await;
    }
    let mut wanted = companion("durable");
    let answer = desk.call("alice", Method::GET, PATH, None).await.is(200);
    wanted["metadata"] = answer.json()["metadata"].clone();
    desk.put_companion("alice", &wanted).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn the_same_content_twice_is_two_versions_and_no_old_one_is_taken_again() {
    let world = World::new();
    let desk = world.start().await;
    let mut versions = vec![desk.companion().await["metadata"]["resource_version"].clone()];
    for mode in ["durable", "required", "durable", "durable", "best-effort"] {
        let stored = desk.update_companion(&companion(mode)).await.is(200).json();
        assert_eq!(stored["metadata"]["updated_at"], "2026-01-02T03:04:05Z");
        let version = stored["metadata"]["resource_version"].clone();
        assert!(!versions.contains(&version), "{versions:?}");
        for old in &versions {
            let mut again = companion("required");
            again["metadata"] = json!({"resource_version": old});
            let answer = desk.put_companion("mds", &again).await.is(409);
            assert_eq!(answer.json(), stored);
        }
        versions.push(version);
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_at_once_one_wins_and_the_others_hear_of_it() {
    let world = World::new();
    let desk = world.start().await;
    let metadata = desk.companion().await["metadata"].clone();
    let put = |index: usize| {
        let mut wanted = companion("durable");
        wanted["formats"] = json!({format!("confluent-audit-log-events-{index}"): "ocsf"});
        wanted["metadata"] = metadata.clone();
        let desk = &desk;
        async move { desk.put_companion("mds", &wanted).await }
    };
    let answers = tokio::join!(put(0), put(1), put(2), put(3));
    let answers = [answers.0, answers.1, answers.2, answers.3];
    let won: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    let stored = desk.companion().await;
    assert_eq!(won[0].json(), stored);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (409, stored.clone())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_cluster_could_hold_is_refused_before_its_version_is_looked_at() {
    let world = World::new();
    let desk = world.start().await;
    let mut large = companion("durable");
    for index in 0..600 {
        let pattern = format!("crn:///kafka=*/topic=a-rather-long-name-{index:05}");
        large["fail_modes"]["routes"][pattern] = json!({"produce": "required"});
    }
    large["metadata"] = json!({"resource_version": "old"});
    let message = desk.put_companion("mds", &large).await.is(400).message();
    assert!(message.contains("at most 32767 bytes"), "{message}");
    assert!(message.starts_with("the companion is too large; nothing was changed."));
}

#[tokio::test(start_paused = true)]
async fn what_the_document_does_not_have_is_a_warning() {
    let world = World::new();
    let desk = world.start().await;
    let mut config = document(1);
    config["routes"] =
        json!({"crn:///kafka=*/topic=pay*": {"produce": {"allowed": "", "denied": ""}}});
    desk.update(&config).await.is(200);
    let mut wanted = companion("best-effort");
    wanted["fail_modes"]["routes"] = json!({
        "crn:///kafka=*/topic=pay*": {"produce": "required"},
        "crn:///kafka=*/topic=pya*": {"produce": "required"},
    });
    wanted["formats"] = json!({crate::desk::TOPIC: "ocsf", "confluent-audit-log-events-x": "ocsf"});
    let answer = desk.update_companion(&wanted).await.is(200);
    let warnings = answer.header("openmds-warning");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let route = "fail_modes.routes[\"crn:///kafka=*/topic=pya*\"]: the audit log configuration has no route";
    assert!(warnings[0].starts_with(route), "{warnings:?}");
    assert!(
        warnings[1].starts_with("formats[\"confluent-audit-log-events-x\"]: "),
        "{warnings:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_that_leaves_the_companion_behind_is_warned_of() {
    let world = World::new();
    let desk = world.start().await;
    let pattern = "crn:///kafka=*/topic=pay*";
    let mut with_route = document(1);
    with_route["routes"] = json!({ pattern: {"produce": {"allowed": "", "denied": ""}}});
    desk.update(&with_route).await.is(200);
    let mut wanted = companion("best-effort");
    wanted["fail_modes"]["routes"] = json!({ pattern: {"produce": "required"} });
    let answer = desk.update_companion(&wanted).await.is(200);
    assert!(answer.header("openmds-warning").is_empty());
    let answer = desk.update(&with_route).await.is(200);
    assert!(answer.header("openmds-warning").is_empty());
    let answer = desk.update(&document(1)).await.is(200);
    let warnings = answer.header("openmds-warning");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let said = "the companion: fail_modes.routes[\"crn:///kafka=*/topic=pay*\"]: the audit log configuration has no route";
    assert!(warnings[0].starts_with(said), "{warnings:?}");
}

#[tokio::test(start_paused = true)]
async fn it_outlives_the_server_and_touches_no_destination() {
    let world = World::new();
    let desk = world.start().await;
    world.logs.forget_calls();
    let stored = desk
        .update_companion(&companion("required"))
        .await
        .is(200)
        .json();
    assert!(world.logs.calls().is_empty());
    desk.kill().await;
    let desk = world.start().await;
    assert_eq!(desk.companion().await, stored);
}

#[tokio::test(start_paused = true)]
async fn its_change_is_an_event_with_before_and_after() {
    let (world, desk) = world_with_document().await;
    desk.update_companion(&companion("durable")).await.is(200);
    let stored = desk
        .update_companion(&companion("required"))
        .await
        .is(200)
        .json();
    let changed = event(&world.logs, "mds.ChangeAuditLogCompanion", |event| {
        event["data"]["change"]["before"].is_object()
    });
    let data = changed.await["data"].clone();
    assert_eq!(data["authenticationInfo"]["principal"], "User:mds");
    let change = &data["change"];
    assert_eq!(change["kind"], "audit-log-companion");
    assert_eq!(change["before"]["document"], companion("durable"));
    assert_eq!(change["after"]["document"], companion("required"));
    assert_eq!(
        change["after"]["resourceVersion"],
        stored["metadata"]["resource_version"]
    );
}
