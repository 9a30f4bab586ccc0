//! The first certificate.

use openmds_policy::names::ClusterId;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use super::{Fleet, JOIN, Key, asking, certificate};
use crate::street::Authority;
use crate::world::World;

#[tokio::test]
async fn a_node_joins_and_is_known_by_its_certificate() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let said = member.certificate();
    assert_eq!(
        (said.cluster, said.node),
        (ClusterId::new("payments-id"), 1)
    );
    assert_eq!(said.serial.as_str().len(), 32);
    // Thirty days after the held clock, and two thirds of them.
    assert_eq!(member.answer["expires_at"], "2026-02-01T03:04:05Z");
    assert_eq!(member.answer["renew_after"], "2026-01-22T03:04:05Z");
    assert_eq!(said.expires.to_string(), "2026-02-01T03:04:05Z");
    let server = member.answer["server"].as_str().unwrap();
    uuid::Uuid::parse_str(server).unwrap();
    assert_eq!(fleet.street.app.present().server(), Some(server));
    let chain = member.answer["certificate"].as_str().unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain.as_bytes())
        .collect::<Result<_, _>>()
        .unwrap();
    let ca = CertificateDer::from_pem_slice(member.answer["ca"].as_str().unwrap().as_bytes());
    assert_eq!(chain.len(), 2);
    assert_eq!(chain[1], ca.unwrap());
    let (_, parsed) = x509_parser::parse_x509_certificate(&chain[0]).unwrap();
    assert_eq!(parsed.subject().to_string(), "CN=node-1");
    assert!(!parsed.is_ca());
    fleet.visit(&member).await.is(200);
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again_and_by_nobody_else() {
    let fleet = Fleet::new().await;
    let member = fleet.joined(1).await;
    let again = asking(&member.token, 1, &member.key);
    let answer = fleet.join(&again).await.is(200).body;
    assert_ne!(answer["certificate"], member.answer["certificate"]);
    // The answer that was lost may have arrived after all.
    fleet.visit(&member).await.is(200);
    let client = fleet.client_with(&answer, &member.key);
    let serial = certificate(&answer).serial;
    fleet
        .renew(&client, serial.as_str(), &member.key)
        .await
        .is(200);
    let other = asking(&member.token, 1, &Key::new());
    fleet
        .join(&other)
        .await
        .refuses(403, "the token was used before");
    let other = asking(&member.token, 2, &member.key);
    fleet
        .join(&other)
        .await
        .refuses(403, "the token was used before");
    fleet.visit(&member).await.is(200);
}

#[tokio::test]
async fn of_two_keys_at_once_one_gets_in() {
    let fleet = Fleet::new().await;
    let token = fleet.token().await;
    let [one, other] = [Key::new(), Key::new()].map(|key| asking(&token, 1, &key));
    let (one, other) = tokio::join!(fleet.join(&one), fleet.join(&other));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test]
async fn a_token_expires() {
    let fleet = Fleet::new().await;
    let (token, key) = (fleet.token().await, Key::new());
    fleet.world.clock.advance(599);
    let member = fleet.joined(2).await;
    fleet.world.clock.advance(1);
    let late = asking(&token, 1, &key);
    fleet
        .join(&late)
        .await
        .refuses(403, "the token expired at 2026-01-02T03:14:05Z");
    // What was used in time may be asked again until its own end.
    let again = asking(&member.token, 2, &member.key);
    fleet.join(&again).await.is(200);
    fleet.world.clock.advance(600);
    fleet
        .join(&again)
        .await
        .refuses(403, "the token expired at");
    // The next tokens that are made make room for what is long over.
    fleet.world.clock.advance(25 * 3600);
    fleet.token().await;
    fleet
        .join(&late)
        .await
        .refuses(403, "not one of this service");
}

#[tokio::test]
async fn a_token_is_for_one_cluster() {
    let fleet = Fleet::new().await;
    let desk = &fleet.street.desk;
    desk.register("home", "home-id", crate::world::HOME).await;
    let (token, key) = (fleet.token().await, Key::new());
    let mut asked = asking(&token, 1, &key);
    for id in [
        "home-id",
        "Payments-id",
        "payments-id ",
        "",
        "payments-id\0",
    ] {
        asked["cluster_id"] = json!(id);
        fleet
            .join(&asked)
            .await
            .refuses(403, "for nodes of another cluster");
    }
    // That cost nothing: the token still lets the right node in.
    fleet.join(&asking(&token, 1, &key)).await.is(200);
}

#[tokio::test]
async fn the_key_must_be_at_hand() {
    let fleet = Fleet::new().await;
    let (token, key) = (fleet.token().await, Key::new());
    let proofs = [
        Key::new().sign(&token),
        key.sign(&token[1..]),
        key.sign("payments-id"),
        String::new(),
        "AAAA".to_string(),
    ];
    for proof in proofs {
        let mut asked = asking(&token, 1, &key);
        asked["proof"] = json!(proof);
        fleet
            .join(&asked)
            .await
            .refuses(403, "not a signature of the token");
    }
    fleet.join(&asking(&token, 1, &key)).await.is(200);
}

#[tokio::test]
async fn a_made_up_token_opens_nothing_and_guessing_takes_time() {
    let fleet = Fleet::with(|world, _| {
        world.set("openmds.login.failures.max", "3");
    })
    .await;
    let (token, key) = (fleet.token().await, Key::new());
    let guess = format!("{}x", &token[..token.len() - 1]);
    for _ in 0..3 {
        fleet
            .join(&asking(&guess, 1, &key))
            .await
            .refuses(403, "not one of this service");
    }
    // Even the right one has to wait now.
    let right = asking(&token, 1, &key);
    let refused = fleet.join(&right).await.refuses(429, "wait 1 s");
    assert_eq!(refused.retry_after.as_deref(), Some("1"));
    fleet.world.clock.advance(1);
    fleet.join(&right).await.is(200);
    fleet.join(&asking(&guess, 1, &key)).await.is(403);
}

#[tokio::test]
async fn nobody_joins_in_clear() {
    let world = World::new();
    let street = world.open().await;
    street.desk.register_payments().await;
    let body = asking("openmds-join-x", 1, &Key::new());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client
        .post(street.url(JOIN))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    let text = answer.text().await.unwrap();
    assert!(text.contains("nodes join over https only"), "{text}");
}

#[tokio::test]
async fn tokens_are_made_for_whoever_may_register_the_cluster() {
    let fleet = Fleet::new().await;
    let desk = &fleet.street.desk;
    let path = "/registry/clusters/payments/join-tokens";
    desk.post("bob", path, &json!({})).await.is(403);
    desk.grant("bob", "ClusterAdmin", "payments-id").await;
    let made = desk.post("bob", path, &json!({})).await.is(200).json();
    assert_eq!(made["cluster_id"], "payments-id");
    assert_eq!(made["cluster_name"], "payments");
    assert_eq!(made["expires_at"], "2026-01-02T04:04:05Z");
    assert_eq!(made["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(made["server"], fleet.street.app.present().server().unwrap());
    let all = fleet.tokens("payments", 100).await;
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), 100);
    for (body, words) in [
        (json!({"count": 0}), "count: 0"),
        (json!({"count": 101}), "count: 101"),
        (json!({"valid_seconds": 59}), "valid_seconds: 59"),
        (json!({"valid_seconds": 604_801}), "valid_seconds: 604801"),
        (json!({"count": -1}), "the body cannot be used"),
        (json!({"valid": 1}), "the body cannot be used"),
        (json!([1, 2]), "it must be an object"),
    ] {
        let refused = desk.post("mds", path, &body).await.is(400);
        assert!(refused.message().contains(words), "{}", refused.message());
    }
    for _ in 0..8 {
        fleet.tokens("payments", 100).await;
    }
    let full = desk.post("mds", path, &json!({"count": 100})).await.is(409);
    assert!(full.message().contains("1000 unused join tokens"));
    fleet.world.clock.advance(600);
    fleet.tokens("payments", 100).await;
    let nowhere = "/registry/clusters/nowhere/join-tokens";
    desk.post("mds", nowhere, &json!({})).await.is(404);
    let connect = json!([{"clusterName": "connect", "protocol": "HTTPS", "hosts": [{"host": "c", "port": 1}],
        "scope": {"clusters": {"kafka-cluster": "payments-id", "connect-cluster": "c"}}}]);
    desk.post("mds", "/registry/clusters", &connect)
        .await
        .is(204);
    let of_connect = "/registry/clusters/connect/join-tokens";
    let refused = desk.post("mds", of_connect, &json!({})).await.is(400);
    assert!(refused.message().contains("is no Kafka cluster"));
}

/// Brokers have to trust the listener; where its chain ends in an authority, that is told.
#[tokio::test]
async fn the_listeners_own_authority_is_told_where_the_key_store_holds_it() {
    let authority = Authority::new("root");
    let certified = authority.server("mds");
    let whole = format!(
        "{}{}{}",
        certified.certificate, authority.pem, certified.key
    );
    for (store, told) in [(whole, true), (certified.store(), false)] {
        let mut world = World::new();
        world.https(&store).set(
            "confluent.metadata.server.advertised.listeners",
            "https://mds.example:8090,http://mds.example:8091",
        );
        let desk = world.start().await;
        desk.register_payments().await;
        let path = "/registry/clusters/payments/join-tokens";
        let made = desk.post("mds", path, &json!({})).await.is(200).json();
        assert_eq!(made["urls"], json!(["https://mds.example:8090"]));
        let pem = made["ca_pem"].as_str().map(|pem| pem.replace('\n', ""));
        let expected = told.then(|| authority.pem.replace(['\r', '\n'], ""));
        assert_eq!(pem, expected);
    }
}
