//! `PUT audit/config`: the order of refusals, and versions (`rulings.md` 3, 4 and 6).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, TOPIC, basic, document};
use crate::world::{PAYMENTS, World};

async fn send(desk: &Desk, user: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let mut request = Request::builder()
        .method(Method::PUT)
        .uri("/security/1.0/audit/config");
    if !user.is_empty() {
        request = request.header(header::AUTHORIZATION, basic(user));
    }
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    desk.send(request.body(body.into()).unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn refusals_come_in_one_order() {
    let world = World::new();
    let desk = world.start().await;
    let invalid = "{\"metadata\":{\"resource_version\":\"old\"}}";
    let mut outdated = document(1);
    outdated["metadata"] = json!({"resource_version": "old"});
    let outdated = outdated.to_string();
    // Everything is wrong, then all but the first, and so on.
    send(&desk, "", "text/plain", invalid).await.is(401);
    let refused = send(&desk, "bob", "text/plain", invalid).await.is(403);
    assert!(
        !refused.text().contains("destinations"),
        "no details for strangers"
    );
    send(&desk, "bob", "application/json", vec![0xff])
        .await
        .is(403);
    send(&desk, "mds", "text/plain", invalid).await.is(415);
    send(&desk, "mds", "", invalid).await.is(415);
    send(&desk, "mds", "application/json", invalid)
        .await
        .is(400);
    send(&desk, "mds", "application/json", outdated)
        .await
        .is(409);
    let version = desk.document().await["metadata"].clone();
    let mut good = document(1);
    good["metadata"] = version;
    let good = good.to_string();
    send(&desk, "mds", "application/json; charset=utf-8", good)
        .await
        .is(200);
}

#[tokio::test(start_paused = true)]
async fn bodies_that_are_no_document_are_refused() {
    let world = World::new();
    let desk = world.start().await;
    let text = document(1).to_string();
    let (head, tail) = text.split_once("retention_ms").unwrap();
    let not_text = [head.as_bytes(), b"\xc3\x28", tail.as_bytes()].concat();
    let answer = send(&desk, "mds", "application/json", not_text)
        .await
        .is(400);
    let expected = format!("the body is not UTF-8: byte {} fits nowhere", head.len());
    assert!(answer.message().starts_with(&expected));

    let nested = "[".repeat(100_000);
    let answer = send(&desk, "mds", "application/json", nested).await.is(400);
    assert!(answer.message().contains("recursion limit"));

    let twice = text.replacen('{', "{\"routes\":{},\"routes\":null,", 1);
    let answer = send(&desk, "mds", "application/json", twice).await.is(400);
    let message = answer.message();
    assert!(message.contains("routes: appears twice"), "{message}");
    assert!(message.contains("metadata: is required"), "{message}");

    let limit = 1024 * 1024;
    let padded = |bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
    send(&desk, "mds", "application/json", padded(limit))
        .await
        .is(400);
    let answer = send(&desk, "mds", "application/json", padded(limit + 1))
        .await
        .is(413);
    assert_eq!(answer.json()["type"], "TOO LARGE");
    // Strangers hear nothing of it.
    send(&desk, "bob", "application/json", padded(limit + 1))
        .await
        .is(403);
    assert_eq!(desk.status().await["state"], "default");
}

#[tokio::test(start_paused = true)]
async fn the_same_content_twice_is_two_versions() {
    let world = World::new();
    let desk = world.start().await;
    let mut versions = Vec::new();
    for retention in [1, 2, 1, 1] {
        let stored = desk.update(&document(retention)).await.is(200).json();
        versions.push(stored["metadata"]["resource_version"].clone());
    }
    for (index, version) in versions.iter().enumerate() {
        assert_eq!(version.as_str().unwrap().len(), 22);
        assert!(!versions[..index].contains(version), "{versions:?}");
        // An old one never becomes valid again.
        let mut again = document(9);
        again["metadata"] = json!({"resource_version": version});
        let current = index + 1 == versions.len();
        let answer = desk.put("mds", "/audit/config", &again).await;
        answer.is(if current { 200 } else { 409 });
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_request_is_answered_with_what_is_stored() {
    let world = World::new();
    let desk = world.start().await;
    let mut request = document(5);
    request["metadata"] = desk.document().await["metadata"].clone();
    let stored = desk.put("mds", "/audit/config", &request).await.is(200);
    let repeated = desk.put("mds", "/audit/config", &request).await.is(409);
    assert_eq!(repeated.json(), stored.json());
}

#[tokio::test(start_paused = true)]
async fn what_is_probably_not_meant_is_a_warning() {
    let world = World::new();
    let desk = world.start().await;
    let mut with_unused = document(1);
    for index in 0..20 {
        with_unused["destinations"]["topics"][format!("{TOPIC}-{index:02}")] =
            json!({"retention_ms": 1});
    }
    let answer = desk.update(&with_unused).await.is(200);
    let warnings = answer.header("openmds-warning");
    assert_eq!(warnings.len(), 11);
    let first = "destinations.topics[\"confluent-audit-log-events-00\"]: no route";
    assert!(warnings[0].starts_with(first), "{warnings:?}");
    assert_eq!(
        warnings[10],
        "and 10 more; the server's log has all of them"
    );

    let mut with_other = document(1);
    let other = json!({"other": {"allowed": TOPIC, "denied": TOPIC}});
    with_other["routes"]["crn:///kafka=*/topic=f\u{e9}e-*"] = other;
    let answer = desk.update(&with_other).await.is(200);
    let warnings = answer.header("openmds-warning").join("\n");
    assert!(
        warnings.contains("f?e-*") && warnings.contains("deprecated"),
        "{warnings}"
    );
}

/// Routes for so many topics of a cluster.
fn routes(document: &mut Value, cluster: &str, count: usize) {
    for index in 0..count {
        let pattern = format!("crn:///kafka={cluster}/topic=a-rather-long-name-{index:05}");
        document["routes"][pattern] = json!({"produce": {"allowed": TOPIC, "denied": TOPIC}});
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_too_large_for_a_cluster_is_refused_before_its_version_is_looked_at() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let mut large = document(1);
    routes(&mut large, "payments-id", 300);
    large["metadata"] = json!({"resource_version": "old"});
    let message = desk
        .put("mds", "/audit/config", &large)
        .await
        .is(400)
        .message();
    assert!(
        message.contains("the part that concerns cluster payments-id has "),
        "{message}"
    );
    assert!(message.contains("at most 32767 bytes"), "{message}");
    assert!(world.logs.topic(TOPIC).is_none());
    assert_eq!(desk.status().await["state"], "default");
}

#[tokio::test(start_paused = true)]
async fn each_cluster_gets_its_part_of_a_document_that_is_too_large_as_a_whole() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    desk.register("home", "home-id", crate::world::HOME).await;
    let mut large = document(1);
    routes(&mut large, "payments-id", 150);
    routes(&mut large, "home-id", 150);
    routes(&mut large, "third-id", 150);
    let stored = desk.update(&large).await.is(200).json();
    assert_eq!(stored["routes"].as_object().unwrap().len(), 450);
    assert_eq!(desk.document().await, stored);
    for (name, id, cluster) in [
        ("payments", "payments-id", &world.payments),
        ("home", "home-id", &world.home),
    ] {
        let shown = desk.until(name, "applied").await;
        assert_eq!(shown["projected"], true, "{PAYMENTS}");
        let value = cluster.default_value(openmds_policy::audit::ROUTER_CONFIG_KEY);
        let value = value.unwrap();
        assert_eq!(shown["size_bytes"], value.len());
        let pushed: Value = serde_json::from_str(&value).unwrap();
        let patterns = pushed["routes"].as_object().unwrap();
        assert_eq!(patterns.len(), 150);
        assert!(patterns.keys().all(|pattern| pattern.contains(id)));
        assert_eq!(pushed["metadata"], stored["metadata"]);
    }
}
