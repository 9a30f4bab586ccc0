//! Requests that are none, each with its exact answer.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::desk::basic;
use crate::street::Street;
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_named() {
    let world = World::new();
    let desk = world.start().await;
    let long = format!("/security/1.0/roles/{}", "a".repeat(17_000));
    let query = format!("/security/1.0/roles?{}", "a".repeat(17_000));
    let cases = [
        ("/security/1.0/roles/%", 400, "byte 20 begins with `%`"),
        ("/security/1.0/roles/%4", 400, "byte 20 begins with `%`"),
        ("/security/1.0/roles/%zz", 400, "byte 20 begins with `%`"),
        (
            "/security/1.0/roles/a%20%GG",
            400,
            "byte 24 begins with `%`",
        ),
        ("/security/1.0/roles/%FF", 400, "the path cannot be used"),
        ("/security/1.0/roles/%C3%28", 400, "the path cannot be used"),
        ("/security/1.0/roles/%00", 404, "no role is named"),
        ("/security/1.0/roles/..%2F..%2Fetc", 404, "no role is named"),
        ("/security/1.0/../../etc/passwd", 404, "there is nothing at"),
        ("/SECURITY/1.0/roles", 404, "there is nothing at"),
        (&long, 414, "path and query have"),
        (&query, 414, "at most 16384 are taken"),
    ];
    for (path, status, says) in cases {
        let answer = desk.call("mds", Method::GET, path, None).await.is(status);
        assert!(
            answer.message().contains(says),
            "{path}: {}",
            answer.message()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn headers_that_are_too_much_or_ambiguous_are_refused() {
    let world = World::new();
    let desk = world.start().await;
    let roles = || {
        Request::builder()
            .uri("/security/1.0/roleNames")
            .header(header::AUTHORIZATION, basic("bob"))
    };
    let huge = roles().header("x-huge", "a".repeat(33_000));
    let answer = desk.send(huge.body(Body::empty()).unwrap()).await.is(431);
    assert!(answer.message().contains("at most 32768 are taken"));
    let mut many = roles();
    for number in 0..4000 {
        many = many.header(format!("x-{number}"), "a");
    }
    desk.send(many.body(Body::empty()).unwrap()).await.is(431);
    let twice = roles().header(header::AUTHORIZATION, basic("mds"));
    let answer = desk.send(twice.body(Body::empty()).unwrap()).await.is(400);
    assert!(
        answer
            .message()
            .contains("authorization stands there twice")
    );
    for value in [&b"Basic \xff\xfe"[..], b"Basic", b" ", b"Bearer \t"] {
        let request = Request::builder().uri("/security/1.0/roleNames").header(
            header::AUTHORIZATION,
            HeaderValue::from_bytes(value).unwrap(),
        );
        desk.send(request.body(Body::empty()).unwrap())
            .await
            .is(401);
    }
}

#[tokio::test(start_paused = true)]
async fn strange_methods_are_refused_with_what_is_allowed() {
    let world = World::new();
    let desk = world.start().await;
    for method in ["TRACE", "CONNECT", "PATCH", "BREW", "get"] {
        let request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri("/security/1.0/roles");
        let answer = desk
            .send(request.body(Body::empty()).unwrap())
            .await
            .is(405);
        assert_eq!(answer.header("allow"), ["GET,HEAD"], "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_at_most_a_mebibyte() {
    let world = World::new();
    let desk = world.start().await;
    let send = |length: usize| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/security/1.0/lookup/role/SystemAdmin")
            .header(header::AUTHORIZATION, basic("mds"))
            .header(header::CONTENT_TYPE, "application/json");
        desk.send(request.body(Body::from(vec![b' '; length])).unwrap())
    };
    send(1024 * 1024).await.is(400);
    let answer = send(1024 * 1024 + 1).await.is(413);
    assert!(answer.message().contains("nothing was changed"));
}

/// What the server says to these bytes.
async fn said_to(street: &Street, bytes: &[u8]) -> String {
    let mut tcp = TcpStream::connect(street.addresses[0]).await.unwrap();
    tcp.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    let _reset = tcp.read_to_end(&mut said).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// What is no HTTP gets a status without a body: nobody knows what it would have accepted. What is
/// HTTP gets JSON.
#[tokio::test]
async fn on_the_wire_too() {
    let mut world = World::new();
    world
        .set("openmds.request.head.timeout.ms", "500")
        .set("openmds.request.body.timeout.ms", "500");
    let street = world.open().await;
    let authorization = basic("mds");
    let post = |more: &str, body: &str| {
        format!(
            "POST /security/1.0/lookup/role/SystemAdmin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Authorization: {authorization}\r\nContent-Type: application/json\r\n{more}\r\n\r\n{body}"
        )
    };
    let scope = r#"{"clusters":{"kafka-cluster":"k"}}"#;
    let chunked = format!(
        "11\r\n{}\r\n11\r\n{}\r\n0\r\n\r\n",
        &scope[..17],
        &scope[17..]
    );
    let cases = [
        ("not HTTP\r\n\r\n".to_string(), "HTTP/1.1 400"),
        ("GET / HTTP/9.9\r\n\r\n".to_string(), "HTTP/1.1 400"),
        ("GET /\0 HTTP/1.1\r\n\r\n".to_string(), "HTTP/1.1 400"),
        (
            "GET / HTTP/1.1\r\nA\0: b\r\n\r\n".to_string(),
            "HTTP/1.1 400",
        ),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)),
            "HTTP/1.1 414",
        ),
        (
            format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(140_000)),
            "HTTP/1.1 431",
        ),
        (
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_string(),
            "HTTP/1.1 404",
        ),
        (post("Transfer-Encoding: chunked", &chunked), "HTTP/1.1 200"),
        (post("Transfer-Encoding: chunked", "zz\r\n"), "HTTP/1.1 400"),
        (post("Content-Length: 35", scope), "HTTP/1.1 408"),
        (
            post("Content-Length: 1\r\nContent-Length: 2", "{}"),
            "HTTP/1.1 400",
        ),
        (post("Content-Length: -1", ""), "HTTP/1.1 400"),
    ];
    for (bytes, expected) in cases {
        let said = said_to(&street, bytes.as_bytes()).await;
        let shown: String = bytes.chars().take(300).collect();
        assert!(said.starts_with(expected), "{shown}\n{said}");
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        let json = head.contains("content-type: application/json");
        assert!(body.is_empty() || json, "{said}");
    }
}
