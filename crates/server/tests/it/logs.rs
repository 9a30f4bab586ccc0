//! What the log says of requests, and what it never says.

use std::io;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::basic;
use crate::world::{NOBODY, World, key_pem};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Captured {
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// With one listener only, a line that another test's thread comes to first, without a listener, is
/// taken for one that nobody ever hears. A second one, which hears everything, keeps that away.
static SECOND: std::sync::LazyLock<tracing::Dispatch> =
    std::sync::LazyLock::new(|| tracing::Dispatch::new(tracing_subscriber::registry()));

/// Everything down to the least word of our own crates.
fn capture() -> (Captured, tracing::subscriber::DefaultGuard) {
    std::sync::LazyLock::force(&SECOND);
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .finish();
    (captured, tracing::subscriber::set_default(subscriber))
}

#[tokio::test(start_paused = true)]
async fn each_request_has_a_line_with_its_id_and_user() {
    let (captured, _guard) = capture();
    let world = World::new();
    let desk = world.start().await;
    let request = Request::builder()
        .uri("/security/1.0/roles/Nobody?q=query-secret")
        .header(header::AUTHORIZATION, basic("bob"))
        .header("x-request-id", "id-1");
    desk.send(request.body(Body::empty()).unwrap())
        .await
        .is(404);
    let lines = captured.lines();
    let line = lines
        .iter()
        .find(|line| line["target"] == "openmds::access")
        .unwrap();
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/security/1.0/roles/Nobody");
    assert_eq!(line["status"], 404);
    assert_eq!(line["span"]["id"], "id-1");
    assert_eq!(line["span"]["user"], "bob");
    assert!(line["micros"].is_number());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_logged_with_the_id_of_its_request() {
    let (captured, _guard) = capture();
    let mut world = World::new();
    world.unset("openmds.cluster.id");
    world.set("confluent.metadata.bootstrap.servers", NOBODY);
    let desk = world.start().await;
    let request = Request::builder()
        .uri("/security/1.0/metadataClusterId")
        .header(header::AUTHORIZATION, basic("bob"))
        .header("x-request-id", "id-2");
    desk.send(request.body(Body::empty()).unwrap())
        .await
        .is(500);
    let lines = captured.lines();
    let failed = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert_eq!(failed["span"]["id"], "id-2");
}

#[tokio::test(start_paused = true)]
async fn no_secret_stands_in_the_log() {
    let (captured, _guard) = capture();
    let mut world = World::new();
    let destination = "confluent.security.event.logger.destination.admin";
    world
        .set(&format!("{destination}.security.protocol"), "SASL_PLAINTEXT")
        .set(&format!("{destination}.sasl.mechanism"), "SCRAM-SHA-256")
        .set(
            &format!("{destination}.sasl.jaas.config"),
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=a password=jaas-secret;",
        );
    let desk = world.start().await;
    desk.register_payments().await;
    let token = desk.get("alice", "/authenticate").await.is(200).json();
    let token = token["auth_token"].as_str().unwrap().to_string();
    let with = |authorization: String| {
        let request = Request::builder()
            .uri("/security/1.0/roles?token=query-secret")
            .header(header::AUTHORIZATION, authorization)
            .header(header::COOKIE, "auth_token=cookie-secret");
        desk.send(request.body(Body::empty()).unwrap())
    };
    with(format!("Bearer {token}")).await.is(200);
    with(format!("Bearer {token}x")).await.is(401);
    with(basic("alice").replace("Basic ", "Basic QQ"))
        .await
        .is(401);
    let scope = json!({"clusters": {"kafka-cluster": "k"}, "password": "body-secret"});
    desk.call(
        "alice",
        Method::POST,
        "/security/1.0/lookup/role/SystemAdmin",
        Some(&scope),
    )
    .await;
    let text = captured.text();
    assert!(text.contains("openmds::access"), "{text}");
    let signature = token.rsplit('.').next().unwrap();
    let key_line = key_pem().lines().nth(1).unwrap();
    for secret in [
        "alice-secret",
        "mds-secret",
        "jaas-secret",
        "query-secret",
        "cookie-secret",
        "body-secret",
        &basic("alice")["Basic ".len()..],
        token.as_str(),
        signature,
        key_line,
    ] {
        assert!(!text.contains(secret), "{secret} stands in the log");
    }
}
