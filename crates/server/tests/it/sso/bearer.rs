//! Access tokens of the provider as Bearer tokens.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use super::provider::Provider;
use crate::desk::{Answer, Desk};
use crate::tokens::claims;
use crate::world::World;

pub(super) async fn with(desk: &Desk, token: &str, path: &str) -> Answer {
    let request = Request::builder()
        .uri(format!("/security/1.0{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    desk.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_providers_token_proves_a_user_and_groups() {
    let provider = Provider::start();
    let world = World::with_bearer(&provider, "FILE_WITH_OAUTH");
    let desk = world.start().await;
    let token = provider.access_token("openmds-aud").await;
    with(&desk, &token, "/roles").await.is(200);
    with(&desk, &token, "/audit/config").await.is(403);
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    desk.post("mds", "/principals/Group:robots/roles/AuditAdmin", &scope)
        .await
        .is(204);
    with(&desk, &token, "/audit/config").await.is(200);
    // It may be exchanged for one of ours, which ends with it and is in the same groups.
    let ours = with(&desk, &token, "/authenticate").await.is(200).json();
    let ours = ours["auth_token"].as_str().unwrap();
    let said = claims(ours);
    assert_eq!(
        (said.sub.as_str(), said.groups),
        ("robot", vec!["robots".to_string()])
    );
    assert!(said.exp <= claims_of(&token)["exp"].as_i64().unwrap());
    with(&desk, ours, "/audit/config").await.is(200);
    world.clock.advance(400);
    let message = with(&desk, &token, "/roles").await.is(401).message();
    assert_eq!(message, "invalid_token: it has expired");
    with(&desk, ours, "/roles").await.is(401);
}

pub(super) fn claims_of(token: &str) -> serde_json::Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn nothing_else_is_taken() {
    let provider = Provider::start();
    let mut world = World::with_bearer(&provider, "OAUTH");
    let server = "confluent.metadata.server";
    let jwks = format!("{}/jwks", provider.issuer());
    world
        .unset(&format!("{server}.user.store.file.path"))
        .set(&format!("{server}.oauthbearer.jwks.endpoint.url"), &jwks);
    let desk = world.start().await;
    let token = provider.access_token("openmds-aud").await;
    with(&desk, &token, "/roles").await.is(200);
    desk.get("alice", "/roles").await.is(401);
    let features = desk.get("alice", "/features").await.is(200).json();
    assert_eq!(features["features"]["basic.auth.1.enabled"], false);
    let elsewhere = provider.access_token("elsewhere").await;
    let message = with(&desk, &elsewhere, "/roles").await.is(401).message();
    assert_eq!(message, "invalid_token: it is for another audience");
    let (message_part, signature) = token.rsplit_once('.').unwrap();
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"),
        token.split('.').nth(1).unwrap()
    );
    // Signed with what everybody knows, as if it were a shared secret.
    let keys = reqwest::get(&jwks).await.unwrap().text().await.unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k1".to_string());
    let public = EncodingKey::from_secret(keys.as_bytes());
    let confused = jsonwebtoken::encode(&header, &claims_of(&token), &public).unwrap();
    let mut other = signature.to_string().into_bytes();
    other[10] = if other[10] == b'A' { b'B' } else { b'A' };
    let changed = format!("{message_part}.{}", String::from_utf8(other).unwrap());
    for wrong in [
        unsigned,
        confused,
        changed,
        format!("{message_part}."),
        "x.y.z".to_string(),
    ] {
        with(&desk, &wrong, "/roles").await.is(401);
    }
    desk.kill().await;
    world.set(
        &format!("{server}.oauthbearer.expected.issuer"),
        "http://127.0.0.1:1",
    );
    let desk = world.start().await;
    let message = with(&desk, &token, "/roles").await.is(401).message();
    assert_eq!(message, "invalid_token: its issuer is not the expected one");
}

#[tokio::test]
async fn new_keys_are_found_and_not_sought_all_the_time() {
    let provider = Provider::start();
    let mut world = World::with_bearer(&provider, "FILE_WITH_OAUTH");
    world.set("openmds.idp.jwks.retry.interval.ms", "600000");
    let desk = world.start().await;
    let old = provider.access_token("openmds-aud").await;
    with(&desk, &old, "/roles").await.is(200);
    provider.rotate().await;
    let new = provider.access_token("openmds-aud").await;
    let message = with(&desk, &new, "/roles").await.is(401).message();
    assert_eq!(message, "invalid_token: no key of the provider signed it");
    desk.kill().await;
    world.set("openmds.idp.jwks.retry.interval.ms", "1");
    let desk = world.start().await;
    with(&desk, &new, "/roles").await.is(200);
    with(&desk, &old, "/roles").await.is(401);
    provider.rotate().await;
    let newest = provider.access_token("openmds-aud").await;
    with(&desk, &newest, "/roles").await.is(200);
}

#[tokio::test]
async fn a_provider_that_is_away_is_no_refusal() {
    let mut provider = Provider::start();
    let mut world = World::with_bearer(&provider, "FILE_WITH_OAUTH");
    world.set("openmds.idp.jwks.retry.interval.ms", "1");
    let token = provider.access_token("openmds-aud").await;
    let desk = world.start().await;
    with(&desk, &token, "/roles").await.is(200);
    provider.stop();
    // The keys are known.
    with(&desk, &token, "/roles").await.is(200);
    desk.kill().await;
    let desk = world.start().await;
    let answer = with(&desk, &token, "/roles").await.is(503);
    assert!(
        answer
            .message()
            .starts_with("the identity provider cannot be asked now")
    );
    desk.get("alice", "/roles").await.is(200);
    with(&desk, "x.y.z", "/roles").await.is(401);
}

#[tokio::test]
async fn what_is_missing_or_in_clear_stops_the_start() {
    let provider = Provider::start();
    let mut world = World::with_bearer(&provider, "OAUTH");
    let server = "confluent.metadata.server.oauthbearer";
    world.unset(&format!("{server}.expected.audience")).set(
        &format!("{server}.jwks.endpoint.url"),
        "http://idp.example.org/jwks",
    );
    let message = world.refuses_to_start().await;
    for says in [
        "oauthbearer.expected.audience: is required",
        "oauthbearer.jwks.endpoint.url: `http://idp.example.org/jwks` is not an https:// URL",
    ] {
        assert!(message.contains(says), "{message}");
    }
}
