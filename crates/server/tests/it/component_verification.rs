//! Verifying registered components (Schema Registry, Connect, ksqlDB), each a small listener on
//! loopback: what it is asked, and what is said of its answers.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::desk::Desk;
use crate::street::{Authority, Certified};
use crate::world::World;

const ASKED: &str = "GET /v1/metadata/id HTTP/1.1\r\n";

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

/// What a component says of itself (`rbac-registry-tokens.md` 2.4).
fn says(schema_registry: &str) -> String {
    let scope = json!({"path": [], "clusters": {"kafka-cluster": "payments-id", "schema-registry-cluster": schema_registry}});
    answer("200 OK", &json!({"id": "", "scope": scope}).to_string())
}

async fn speak(mut stream: impl AsyncRead + AsyncWrite + Unpin, said: &str) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            // Somebody who only looks whether anything listens.
            _ => return,
        }
        // No HTTP, as web servers find out at the first byte of a TLS handshake.
        if head.first() == Some(&0x16) {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let said = if head.starts_with(ASKED) && !head.to_lowercase().contains("authorization:") {
        said.to_string()
    } else {
        answer("400 Bad Request", "{}")
    };
    drop(stream.write_all(said.as_bytes()).await);
    drop(stream.shutdown().await);
}

/// A component that gives every request this answer.
async fn component(said: String, certified: Option<&Certified>) -> SocketAddr {
    let acceptor = certified.map(|certified| {
        let chain = vec![CertificateDer::from_pem_slice(certified.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(certified.key.as_bytes()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (said, acceptor) = (said.clone(), acceptor.clone());
            tokio::spawn(async move {
                match acceptor {
                    None => speak(stream, &said).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            speak(stream, &said).await;
                        }
                    }
                }
            });
        }
    });
    address
}

/// An address at which nothing listens any more.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

async fn register(desk: &Desk, key: &str, id: &str, protocol: &str, hosts: &[(&str, u16)]) {
    let hosts: Vec<Value> = hosts
        .iter()
        .map(|(host, port)| json!({"host": host, "port": port}))
        .collect();
    let entry = json!({
        "clusterName": "beside",
        "scope": {"clusters": {"kafka-cluster": "payments-id", key: id}},
        "hosts": hosts,
        "protocol": protocol,
    });
    desk.post("mds", "/registry/clusters", &json!([entry]))
        .await
        .is(204);
}

/// Each check as `name ok|failed: detail`, and the fixes.
async fn verified(desk: &Desk) -> (Vec<String>, String) {
    let path = "/registry/clusters/beside/verify";
    let answer = desk.post("mds", path, &json!({})).await.is(200).json();
    let checks = answer["checks"].as_array().unwrap();
    let all_ok = checks.iter().all(|check| check["ok"] == true);
    assert_eq!(answer["ok"], all_ok, "{answer:#}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let lines = checks.iter().map(|check| {
        let result = if check["ok"] == true { "ok" } else { "failed" };
        format!(
            "{} {result}: {}",
            text(&check["check"]),
            text(&check["detail"])
        )
    });
    let fixes: Vec<String> = checks.iter().map(|check| text(&check["fix"])).collect();
    (lines.collect(), fixes.concat())
}

async fn said_of(said: String) -> (String, SocketAddr, String) {
    let world = World::new();
    let desk = world.start().await;
    let at = component(said, None).await;
    let hosts = [("127.0.0.1", at.port())];
    register(&desk, "schema-registry-cluster", "sr", "HTTP", &hosts).await;
    let (checks, fixes) = verified(&desk).await;
    assert_eq!(checks.len(), 2, "{checks:?}");
    assert_eq!(checks[0], format!("connect ok: {at} can be reached"));
    (checks[1].clone(), at, fixes)
}

#[tokio::test]
async fn a_component_with_the_registered_ids_passes() {
    let (said, at, fixes) = said_of(says("sr")).await;
    let url = format!("http://{at}/v1/metadata/id");
    let expected = format!(
        "cluster-id ok: {url} tells kafka-cluster payments-id, schema-registry-cluster sr, as registered"
    );
    assert_eq!((said, fixes.as_str()), (expected, ""));
}

#[tokio::test]
async fn another_component_at_the_address_is_named() {
    let (said, at, fixes) = said_of(says("other\u{1b}")).await;
    let expected = format!(
        "cluster-id failed: http://{at}/v1/metadata/id says that its schema-registry-cluster is other\\u001b, not sr"
    );
    assert_eq!(said, expected);
    assert!(fixes.contains("register the address of the right component"));
}

/// Connect and ksqlDB have no such page, and a page of something else says nothing either.
#[tokio::test]
async fn a_component_that_tells_no_id_passes() {
    let elsewhere =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    for (answered, says) in [
        (answer("404 Not Found", "{}"), "404 Not Found"),
        (answer("401 Unauthorized", "{}"), "401 Unauthorized"),
        (elsewhere.to_string(), "302 Found"),
        (
            answer("200 OK", "<html>"),
            "something without scope.clusters",
        ),
        (
            answer("200 OK", &" ".repeat(70_000)),
            "more than 65536 bytes",
        ),
    ] {
        let (said, at, fixes) = said_of(answered).await;
        let expected = format!(
            "http ok: http://{at}/v1/metadata/id answers {says}: the component does not tell its id"
        );
        assert_eq!((said, fixes.as_str()), (expected, ""));
    }
    let scope = json!({"scope": {"clusters": {"connect-cluster": "c"}}});
    let (said, at, _) = said_of(answer("200 OK", &scope.to_string())).await;
    let expected = format!("http ok: http://{at}/v1/metadata/id tells none of the registered ids");
    assert_eq!(said, expected);
}

#[tokio::test]
async fn every_address_is_looked_at() {
    let world = World::new();
    let desk = world.start().await;
    let (there, gone) = (
        component(answer("404 Not Found", ""), None).await,
        nobody().await,
    );
    let hosts = [
        ("127.0.0.1", gone.port()),
        ("localhost", 0),
        ("127.0.0.1", there.port()),
    ];
    for (key, id) in [("connect-cluster", "c"), ("ksql-cluster", "k")] {
        register(&desk, key, id, "HTTP", &hosts).await;
        let (checks, fixes) = verified(&desk).await;
        let refused = format!("connect failed: cannot reach {gone}: Connection refused");
        assert!(checks[0].starts_with(&refused), "{checks:?}");
        assert_eq!(
            checks[1],
            "connect failed: localhost is registered without a port"
        );
        assert_eq!(checks[2], format!("connect ok: {there} can be reached"));
        assert!(checks[3].starts_with("http ok: "), "{checks:?}");
        assert_eq!(checks.len(), 4);
        assert!(fixes.contains("check that the component runs"), "{fixes}");
        assert!(fixes.contains("again with host:port"), "{fixes}");
        let path = "/registry/clusters/beside";
        desk.delete("mds", path, None).await.is(204);
    }
}

#[tokio::test]
async fn https_must_be_spoken_and_trusted() {
    let authority = Authority::new("components");
    let certified = authority.server("connect");
    let tls = component(answer("404 Not Found", ""), Some(&certified)).await;
    let plain = component(answer("404 Not Found", ""), None).await;
    for (protocol, trusted, at, cause) in [
        ("HTTPS", true, tls, None),
        ("HTTPS", false, tls, Some("invalid peer certificate")),
        ("HTTPS", true, plain, Some("InvalidContentType")),
        ("HTTP", true, tls, Some("error sending request: ")),
    ] {
        let mut world = World::new();
        if trusted {
            let path = world.file("trusted.pem", &authority.pem);
            world.set(
                "confluent.metadata.ssl.truststore.location",
                path.to_str().unwrap(),
            );
        }
        let desk = world.start().await;
        let hosts = [("localhost", at.port())];
        register(&desk, "connect-cluster", "c", protocol, &hosts).await;
        let (checks, fixes) = verified(&desk).await;
        let scheme = protocol.to_lowercase();
        let url = format!("{scheme}://localhost:{}/v1/metadata/id", at.port());
        let Some(cause) = cause else {
            assert!(checks[1].starts_with("http ok: "), "{checks:?}");
            continue;
        };
        let start = format!("http failed: {url}: ");
        assert!(checks[1].starts_with(&start), "{checks:?}");
        assert!(checks[1].contains(cause), "{checks:?}");
        assert!(fixes.contains("HTTP or HTTPS"), "{fixes}");
        assert!(fixes.contains("truststore.location"), "{fixes}");
    }
}
