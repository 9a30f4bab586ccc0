//! The real client against listeners that misbehave.

use std::time::{Duration, Instant};

use openmds_kafka::{
    Admin, Connection, Connector, HostPort, KafkaError, SecurityProtocol, Tls, WireConnector,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::plaintext;

async fn listener() -> (TcpListener, HostPort) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (
        listener,
        HostPort {
            host: "127.0.0.1".into(),
            port,
        },
    )
}

/// Answers each connection with these bytes after the first request, then closes it.
async fn answering(bytes: &'static [u8]) -> HostPort {
    let (listener, at) = listener().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 256];
            let _read = stream.read(&mut request).await;
            let _written = stream.write_all(bytes).await;
        }
    });
    at
}

async fn failure(connection: &Connection) -> KafkaError {
    match WireConnector.connect(connection).await {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
}

fn with_tls(at: &HostPort, tls: Tls) -> Connection {
    let mut connection = plaintext(std::slice::from_ref(at), Duration::from_secs(5));
    connection.protocol = SecurityProtocol::Ssl;
    connection.tls = tls;
    connection
}

fn authority() -> Vec<u8> {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    certified.cert.pem().into_bytes()
}

#[tokio::test]
async fn a_refused_connection_says_so_for_all_addresses() {
    let (first, a) = listener().await;
    let (second, b) = listener().await;
    drop((first, second));
    let error = failure(&plaintext(&[a.clone(), b.clone()], Duration::from_secs(5))).await;
    let text = error.to_string();
    assert!(matches!(error, KafkaError::Unreachable { .. }), "{text}");
    assert!(
        text.contains(&a.to_string()) && text.contains(&b.to_string()),
        "{text}"
    );
    assert!(text.contains("refused"), "{text}");
}

#[tokio::test]
async fn an_unknown_host_points_at_dns() {
    let at = "no-such-host.invalid:9092".parse().unwrap();
    let text = failure(&plaintext(&[at], Duration::from_secs(5)))
        .await
        .to_string();
    assert!(text.contains("DNS") || text.contains("no answer"), "{text}");
}

#[tokio::test]
async fn silence_ends_with_the_time_out() {
    let (_frozen, at) = listener().await;
    let begun = Instant::now();
    let error = failure(&plaintext(
        std::slice::from_ref(&at),
        Duration::from_millis(200),
    ))
    .await;
    assert!(matches!(error, KafkaError::Timeout { .. }), "{error}");
    assert!(error.to_string().contains(&at.to_string()), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn what_is_no_kafka_is_told_apart() {
    let timeout = Duration::from_secs(5);
    let at = answering(b"\x15\x03\x03\0\x02\x02\x50").await;
    let error = failure(&plaintext(&[at], timeout)).await.to_string();
    assert!(error.contains("speaks TLS"), "{error}");
    let at = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let error = failure(&plaintext(&[at], timeout)).await.to_string();
    assert!(error.contains("is this a Kafka listener"), "{error}");
    let at = answering(b"").await;
    let error = failure(&plaintext(&[at], timeout)).await.to_string();
    assert!(error.contains("security.protocol"), "{error}");
}

#[tokio::test]
async fn tls_without_trust_is_refused_before_connecting() {
    let at = "127.0.0.1:1".parse().unwrap();
    let error = failure(&with_tls(&at, Tls::default())).await;
    assert!(matches!(error, KafkaError::Tls { .. }), "{error}");
    assert!(
        error.to_string().contains("ssl.truststore.location"),
        "{error}"
    );
}

#[tokio::test]
async fn a_plaintext_listener_asked_for_tls_is_told_apart() {
    let tls = || Tls {
        trusted_ca_pem: Some(authority()),
        ..Tls::default()
    };
    for bytes in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
        let error = failure(&with_tls(&answering(bytes).await, tls())).await;
        assert!(matches!(error, KafkaError::Tls { .. }), "{error}");
        assert!(
            error.to_string().contains("is this a TLS listener?"),
            "{error}"
        );
    }
}

/// Compiles only while the trait stays usable behind a pointer.
#[test]
fn the_admin_is_object_safe() {
    fn takes(_: Option<&dyn Admin>) {}
    takes(None);
}
