//! What every answer bears, whatever was asked: ids, headers for browsers, methods.

use axum::body::Body;
use axum::http::{Method, Request};
use openmds_server::http::Encrypted;

use crate::desk::{Answer, Desk, basic};
use crate::world::World;

const ROLES: &str = "/security/1.0/roleNames";
const CORS: &str = "confluent.metadata.server.access.control.allow";

async fn send(desk: &Desk, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn every_request_has_an_id() {
    let world = World::new();
    let desk = world.start().await;
    let id = async |sent: &[(&str, &str)], path: &str| {
        let answer = send(&desk, Method::GET, path, sent).await;
        let ids = answer.header("x-request-id");
        assert_eq!(ids.len(), 1);
        ids[0].to_string()
    };
    for path in [ROLES, "/nothing", "/%zz"] {
        assert_eq!(
            id(&[("x-request-id", "abc-1.2/x")], path).await,
            "abc-1.2/x"
        );
        let made = id(&[], path).await;
        assert_eq!(made.len(), 36, "{made}");
        assert_ne!(made, id(&[], path).await);
        let long = "a".repeat(129);
        for insane in ["", "a b", "a\"b", "\u{e9}", long.as_str()] {
            assert_eq!(id(&[("x-request-id", insane)], path).await.len(), 36);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn answers_are_safe_to_show_to_a_browser() {
    let world = World::new();
    let desk = world.start().await;
    for path in [
        ROLES,
        "/security/1.0/authenticate",
        "/nothing",
        "/openapi.json",
    ] {
        let answer = desk.call("mds", Method::GET, path, None).await;
        assert_eq!(answer.header("x-content-type-options"), ["nosniff"]);
        assert_eq!(answer.header("cache-control"), ["no-store"]);
        assert_eq!(
            answer.header("content-security-policy"),
            ["default-src 'none'; frame-ancestors 'none'"]
        );
        assert!(answer.header("strict-transport-security").is_empty());
        assert!(answer.header("access-control-allow-origin").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn browsers_are_told_to_stay_encrypted_only_when_configured_and_only_over_tls() {
    const HSTS: &str = "strict-transport-security";
    let asked = |encrypted: bool| {
        let request = Request::builder().uri(ROLES);
        let request = if encrypted {
            request.extension(Encrypted)
        } else {
            request
        };
        request.body(Body::empty()).unwrap()
    };
    let mut world = World::new();
    let desk = world.start().await;
    assert!(desk.send(asked(true)).await.header(HSTS).is_empty());
    desk.kill().await;
    world.set("openmds.hsts.max.age.seconds", "31536000");
    let desk = world.start().await;
    assert_eq!(
        desk.send(asked(true)).await.header(HSTS),
        ["max-age=31536000"]
    );
    assert!(desk.send(asked(false)).await.header(HSTS).is_empty());
    desk.kill().await;
    world.set("openmds.hsts.max.age.seconds", "1y");
    let told = world.refuses_to_start().await;
    assert!(told.contains("`1y` is not a number of seconds"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn other_origins_are_let_in_only_when_named() {
    let preflight = [
        ("origin", "https://console.example"),
        ("access-control-request-method", "PUT"),
    ];
    let world = World::new();
    let desk = world.start().await;
    let answer = send(&desk, Method::OPTIONS, ROLES, &preflight).await;
    assert!(answer.header("access-control-allow-origin").is_empty());

    let mut world = World::new();
    world.set(&format!("{CORS}.origin"), "https://console.example");
    let desk = world.start().await;
    let answer = send(&desk, Method::OPTIONS, ROLES, &preflight).await;
    assert_eq!(answer.status, 204);
    let shown = |name: &str| answer.header(&format!("access-control-{name}")).concat();
    assert_eq!(shown("allow-origin"), "https://console.example");
    assert_eq!(shown("allow-methods"), "GET, POST, PUT, DELETE");
    assert_eq!(
        shown("allow-headers"),
        "Authorization, Content-Type, Accept"
    );
    assert!(answer.header("access-control-allow-credentials").is_empty());
    let authorization = basic("bob");
    for (origin, shown) in [
        ("https://console.example", vec!["https://console.example"]),
        ("https://console.example.evil.example", vec![]),
        ("null", vec![]),
    ] {
        let headers = [("origin", origin), ("authorization", &authorization)];
        let answer = send(&desk, Method::GET, ROLES, &headers).await.is(200);
        assert_eq!(answer.header("access-control-allow-origin"), shown);
        assert!(answer.header("vary").contains(&"origin"));
    }
}

#[tokio::test(start_paused = true)]
async fn options_and_head_are_answered() {
    let world = World::new();
    let desk = world.start().await;
    let answer = send(&desk, Method::OPTIONS, ROLES, &[]).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("allow"), ["GET,HEAD"]);
    send(&desk, Method::OPTIONS, "/nothing", &[]).await.is(404);
    let authorization = basic("bob");
    let answer = send(
        &desk,
        Method::HEAD,
        ROLES,
        &[("authorization", &authorization)],
    )
    .await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    let answer = send(&desk, Method::HEAD, ROLES, &[]).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(start_paused = true)]
async fn any_accept_header_will_do() {
    let world = World::new();
    let desk = world.start().await;
    let authorization = basic("bob");
    for accept in [
        "",
        "*/*",
        "application/json",
        "text/html",
        "x",
        "application/xml;q=0",
    ] {
        let headers = [("accept", accept), ("authorization", &authorization)];
        let answer = send(&desk, Method::GET, ROLES, &headers).await.is(200);
        assert_eq!(answer.header("content-type"), ["application/json"]);
    }
}
