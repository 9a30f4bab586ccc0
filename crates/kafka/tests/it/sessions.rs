//! Logins, sessions and their ends, with a broker by script.

use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{
    Admin, Connection, Connector, KafkaError, Sasl, SecurityProtocol, TokenSource, WireConnector,
};
use secrecy::SecretString;

use crate::plaintext;
use crate::scripted::{Broker, Script};
use crate::wire::failure;

struct Token(Result<&'static str, &'static str>);

impl TokenSource for Token {
    fn token(&self) -> Result<SecretString, String> {
        self.0.map(SecretString::from).map_err(str::to_owned)
    }
}

fn connection(broker: &Broker, token: Result<&'static str, &'static str>) -> Connection {
    let mut connection = plaintext(std::slice::from_ref(&broker.at), Duration::from_secs(5));
    connection.protocol = SecurityProtocol::SaslPlaintext;
    connection.sasl = Some(Sasl::OAuthBearer(Arc::new(Token(token))));
    connection
}

async fn connect(broker: &Broker) -> Arc<dyn Admin> {
    WireConnector
        .connect(&connection(broker, Ok("a.b.c")))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_refusal_with_error_code_0_is_a_refusal() {
    for verdict in [&br#"{"status":"invalid_token"}"#[..], b"\x01"] {
        let broker = Broker::start(Script {
            verdict,
            ..Script::default()
        })
        .await;
        let error = failure(&connection(&broker, Ok("secret.jwt.here"))).await;
        assert!(
            matches!(error, KafkaError::Authentication { .. }),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("audience") && text.contains(&broker.at.to_string()),
            "{text}"
        );
        assert!(!text.contains("secret.jwt.here"), "{text}");
    }
}

#[tokio::test]
async fn a_missing_token_or_credential_is_said_before_anything_is_sent() {
    let broker = Broker::start(Script::default()).await;
    let error = failure(&connection(&broker, Err("the signing key is gone")))
        .await
        .to_string();
    assert!(error.contains("the signing key is gone"), "{error}");
    let mut without = connection(&broker, Ok(""));
    without.sasl = None;
    let error = failure(&without).await.to_string();
    assert!(error.contains("sasl.mechanism"), "{error}");
    assert_eq!(broker.logins(), 0);
}

/// A token whose owner trusts no way without TLS, not even this machine's own.
struct Guarded;

impl TokenSource for Guarded {
    fn token(&self) -> Result<SecretString, String> {
        Ok(SecretString::from("secret.jwt.here"))
    }

    fn may_cross_in_clear(&self, _: std::net::IpAddr) -> bool {
        false
    }
}

#[tokio::test]
async fn a_token_that_may_not_cross_in_clear_is_not_sent() {
    let broker = Broker::start(Script::default()).await;
    let mut guarded = connection(&broker, Ok(""));
    guarded.sasl = Some(Sasl::OAuthBearer(Arc::new(Guarded)));
    let error = failure(&guarded).await;
    assert!(matches!(error, KafkaError::Rejected { .. }), "{error}");
    assert!(error.to_string().contains("SASL_SSL"), "{error}");
    assert_eq!(broker.logins(), 0);
}

#[tokio::test]
async fn a_kept_connection_serves_many_calls() {
    let broker = Broker::start(Script::default()).await;
    let admin = connect(&broker).await;
    for _ in 0..3 {
        // The script offers no DescribeQuorum.
        let description = admin.describe_cluster().await.unwrap();
        assert_eq!(description.cluster_id, "c-1");
        assert!(description.controllers.is_empty());
    }
    assert_eq!(broker.logins(), 1);
}

#[tokio::test]
async fn a_lost_connection_is_replaced() {
    let broker = Broker::start(Script {
        closes_after: 1,
        ..Script::default()
    })
    .await;
    let admin = connect(&broker).await;
    admin.describe_cluster().await.unwrap();
    admin.describe_cluster().await.unwrap();
    assert_eq!(broker.logins(), 3);
}

#[tokio::test]
async fn a_session_at_its_end_is_replaced_before_the_broker_closes_it() {
    let broker = Broker::start(Script {
        session_lifetime_ms: 1,
        ..Script::default()
    })
    .await;
    let admin = connect(&broker).await;
    let replaced = async {
        while broker.logins() < 2 {
            admin.describe_cluster().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(5), replaced)
        .await
        .unwrap();
}

#[tokio::test]
async fn closing_is_not_the_end() {
    let broker = Broker::start(Script::default()).await;
    let admin = connect(&broker).await;
    admin.close().await;
    admin.describe_cluster().await.unwrap();
    assert_eq!(broker.logins(), 2);
}

#[tokio::test]
async fn a_call_given_up_half_way_does_not_answer_the_next_one() {
    let delay = Duration::from_millis(50);
    let broker = Broker::start(Script {
        delay,
        ..Script::default()
    })
    .await;
    let admin = connect(&broker).await;
    let given_up = tokio::time::timeout(delay / 5, admin.describe_cluster()).await;
    assert!(given_up.is_err());
    assert_eq!(admin.describe_cluster().await.unwrap().cluster_id, "c-1");
    assert_eq!(broker.logins(), 2);
}

#[tokio::test]
async fn a_frozen_node_costs_a_third_of_the_time_where_there_is_another() {
    let frozen = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = frozen.local_addr().unwrap().port();
    let broker = Broker::start(Script::default()).await;
    let mut both = connection(&broker, Ok("a.b.c"));
    both.timeout = Duration::from_millis(600);
    both.bootstrap.insert(
        0,
        openmds_kafka::HostPort {
            host: "127.0.0.1".into(),
            port,
        },
    );
    let admin = WireConnector.connect(&both).await.unwrap();
    admin.describe_cluster().await.unwrap();
}
