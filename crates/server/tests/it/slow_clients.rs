//! Clients that do not get on with it.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::street::Street;
use crate::world::World;

fn world(changes: &[(&str, &str)]) -> World {
    let mut world = World::new();
    for (name, value) in changes {
        world.set(name, value);
    }
    world
}

/// All that the server says to these bytes until it hangs up; fails if it never does.
async fn said_to(street: &Street, bytes: &[u8]) -> String {
    let mut tcp = TcpStream::connect(street.addresses[0]).await.unwrap();
    tcp.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    let reading = tcp.read_to_end(&mut said);
    // The server hangs up, or this fails.
    let _ended = timeout(Duration::from_secs(20), reading).await.unwrap();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn whoever_says_nothing_is_not_waited_for() {
    let world = world(&[("openmds.request.head.timeout.ms", "200")]);
    let street = world.open().await;
    for beginning in [
        &b""[..],
        b"G",
        b"PRI * HTTP/2.0",
        b"GET /v1/metadata/id HTTP/1.1\r\nHo",
    ] {
        let started = Instant::now();
        let said = said_to(&street, beginning).await;
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 408"),
            "{said}"
        );
        assert!(started.elapsed() >= Duration::from_millis(150));
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let world = world(&[("openmds.connections.max.idle.ms", "200")]);
    let street = world.open().await;
    let said = said_to(&street, b"GET /v1/metadata/id HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}

#[tokio::test]
async fn more_connections_than_allowed_are_closed_at_once() {
    let world = world(&[("openmds.connections.max", "1")]);
    let street = world.open().await;
    let mut first = TcpStream::connect(street.addresses[0]).await.unwrap();
    let request = b"GET /v1/metadata/id HTTP/1.1\r\nHost: a\r\n\r\n";
    first.write_all(request).await.unwrap();
    let mut one = [0; 12];
    first.read_exact(&mut one).await.unwrap();
    assert_eq!(&one, b"HTTP/1.1 200");
    let mut second = TcpStream::connect(street.addresses[0]).await.unwrap();
    let mut said = Vec::new();
    let _reset = second.read_to_end(&mut said).await;
    assert!(said.is_empty());
    drop(first);
    crate::desk::eventually("there is room again", || async {
        let mut next = TcpStream::connect(street.addresses[0]).await.ok()?;
        next.write_all(request).await.ok()?;
        next.read_exact(&mut [0; 12]).await.ok()
    })
    .await;
}

#[tokio::test]
async fn no_more_is_worked_on_than_allowed_and_health_comes_in_all_the_same() {
    let world = world(&[
        ("openmds.requests.max", "1"),
        ("openmds.request.body.timeout.ms", "1000"),
    ]);
    let street = world.open().await;
    let request = format!(
        "POST /security/1.0/lookup/role/SystemAdmin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Authorization: {}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{",
        crate::desk::basic("mds")
    );
    let first = said_to(&street, request.as_bytes());
    let get = async |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        said_to(&street, request.as_bytes()).await
    };
    let others = async {
        // The first request is under way: it waits for its body.
        let refused = crate::desk::eventually("there is no room", || async {
            let said = get("/v1/metadata/id").await;
            said.starts_with("HTTP/1.1 503").then_some(said)
        })
        .await;
        assert!(refused.contains("\r\nretry-after: 1\r\n"), "{refused}");
        assert!(refused.contains(r#""type":"UNAVAILABLE""#), "{refused}");
        let live = get("/health/live").await;
        assert!(live.starts_with("HTTP/1.1 200"), "{live}");
    };
    let (first, ()) = tokio::join!(first, others);
    assert!(first.starts_with("HTTP/1.1 408"), "{first}");
    assert!(first.contains("openmds.request.body.timeout.ms"), "{first}");
    let after = get("/v1/metadata/id").await;
    assert!(after.starts_with("HTTP/1.1 200"), "{after}");
}
