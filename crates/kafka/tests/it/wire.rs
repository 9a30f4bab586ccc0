//! The real client against listeners that misbehave.

use std::time::{Duration, Instant};

use openmds_kafka::{
    Admin, Connection, Connector, HostPort, KafkaError, ProbeStep, SecurityProtocol, WireConnector,
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
pub(crate) async fn answering(bytes: &'static [u8]) -> HostPort {
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

pub(crate) async fn failure(connection: &Connection) -> KafkaError {
    match WireConnector.connect(connection).await {
        Ok(_) => panic!("connected"),
        Err(error) => error,
    }
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

/// Compiles only while the trait stays usable behind a pointer.
#[test]
fn the_admin_is_object_safe() {
    fn takes(_: Option<&dyn Admin>) {}
    takes(None);
}

/// The step at which a probe of one address ends, and what is said of it.
async fn probed(at: HostPort, protocol: SecurityProtocol) -> (ProbeStep, String) {
    let connection = Connection {
        protocol,
        ..plaintext(&[at], Duration::from_secs(5))
    };
    let mut probes = WireConnector.probe(&connection).await;
    let (step, error) = probes.remove(0).failure.unwrap();
    (step, error.to_string())
}

#[tokio::test]
async fn a_probe_names_the_step_that_fails() {
    use SecurityProtocol::Plaintext;
    let (gone, nobody) = listener().await;
    drop(gone);
    let (step, text) = probed(nobody, Plaintext).await;
    assert_eq!(step, ProbeStep::Connect, "{text}");
    let http = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let (step, text) = probed(http, Plaintext).await;
    assert_eq!(step, ProbeStep::Protocol, "{text}");
    assert!(text.contains("speaks HTTP"), "{text}");
    let tls = answering(b"\x15\x03\x03\0\x02\x02\x50").await;
    let (step, text) = probed(tls, Plaintext).await;
    assert_eq!(step, ProbeStep::Protocol, "{text}");
    assert!(text.contains("speaks TLS"), "{text}");
}
