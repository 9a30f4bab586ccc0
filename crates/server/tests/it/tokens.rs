//! Tokens: what they say, how long they hold, and which ones are refused
//! (`rbac-registry-tokens.md` 3.2, `mds-api.md` 2.3, `rulings.md` 15).

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use openmds_kafka::TokenSource as _;
use openmds_policy::names::ClusterId;
use openmds_server::tokens::{
    Claims, ClusterTokens, OWN_PRINCIPAL, SigningAlgorithm, SigningKey, generate,
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};
use crate::world::{World, key_pem};

async fn with_token(desk: &Desk, path: &str, token: &str) -> Answer {
    let request = Request::builder()
        .uri(format!("/security/1.0{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    desk.send(request.body(Body::empty()).unwrap()).await
}

async fn token(desk: &Desk, user: &str) -> String {
    let answer = desk.get(user, "/authenticate").await.is(200).json();
    answer["auth_token"].as_str().unwrap().to_string()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) fn claims(token: &str) -> Claims {
    serde_json::from_value(part(token, 1)).unwrap()
}

/// Signs whatever is asked for with the server's own key.
fn signed(claims: &Value) -> String {
    let key = EncodingKey::from_rsa_pem(key_pem().as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::RS256);
    let own = SigningKey::from_pem(key_pem().as_bytes()).unwrap();
    header.kid = Some(own.id().to_string());
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_token_says_who_for_how_long_and_by_which_key() {
    let world = World::new();
    let desk = world.start().await;
    let answer = desk.get("alice", "/authenticate").await.is(200).json();
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["auth_token", "expires_in", "token_type"]);
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    let token = answer["auth_token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 3);
    let now = 1_767_323_045;
    let said = part(token, 1);
    let expected = json!({
        "jti": said["jti"], "iss": "openmds", "sub": "alice", "aud": "openmds", "azp": "alice",
        "iat": now, "nbf": now - 60, "exp": now + 3600, "auth_time": now,
    });
    assert_eq!(said, expected);
    // The key set that everybody may read verifies it.
    let set = desk.get("nobody", "/jwks.json").await.is(200).json();
    let key = &set["keys"][0];
    let header = part(token, 0);
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&json!("RS256"), &key["kid"])
    );
    assert_eq!(
        (&key["alg"], &key["use"], &key["kty"]),
        (&json!("RS256"), &json!("sig"), &json!("RSA"))
    );
    let (n, e) = (key["n"].as_str().unwrap(), key["e"].as_str().unwrap());
    let public = DecodingKey::from_rsa_components(n, e).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["openmds"]);
    validation.validate_exp = false;
    assert!(jsonwebtoken::decode::<Claims>(token, &public, &validation).is_ok());
    // Each is another one.
    assert_ne!(
        said["jti"],
        part(&self::token(&desk, "alice").await, 1)["jti"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_jwks_file_is_the_one_that_is_served() {
    let mut world = World::new();
    let path = world.folder.path().join("jwks.json");
    world.set("openmds.token.jwks.path", path.to_str().unwrap());
    let desk = world.start().await;
    let served = desk.get("nobody", "/jwks.json").await.is(200);
    assert_eq!(served.text(), std::fs::read_to_string(path).unwrap());
    assert!(
        !served.text().contains("\"d\""),
        "the private half stays at home"
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_serves_until_it_expires() {
    let mut world = World::new();
    world.set("confluent.metadata.server.token.max.lifetime.ms", "90000");
    let desk = world.start().await;
    let first = token(&desk, "alice").await;
    with_token(&desk, "/roles", &first).await.is(200);
    world.clock.advance(89);
    // A token may be exchanged for a fresh one as long as it holds.
    let fresh = with_token(&desk, "/authenticate", &first)
        .await
        .is(200)
        .json();
    let fresh = fresh["auth_token"].as_str().unwrap();
    assert_eq!(claims(fresh).sub, "alice");
    world.clock.advance(1);
    let message = with_token(&desk, "/roles", &first).await.is(401).message();
    assert_eq!(message, "the token has expired; log in again");
    with_token(&desk, "/roles", fresh).await.is(200);
    world.clock.advance(90);
    with_token(&desk, "/authenticate", fresh).await.is(401);
}

#[tokio::test(start_paused = true)]
async fn a_token_carries_the_users_own_rights() {
    let world = World::new();
    let desk = world.start().await;
    let alice = token(&desk, "alice").await;
    let message = with_token(&desk, "/audit/config", &alice)
        .await
        .is(403)
        .message();
    assert!(message.starts_with("User:alice not permitted"));
    let mds = token(&desk, "mds").await;
    with_token(&desk, "/audit/config", &mds).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_refused_unless_every_part_of_it_is_ours() {
    let world = World::new();
    let desk = world.start().await;
    let good = token(&desk, "mds").await;
    let said = part(&good, 1);
    with_token(&desk, "/roles", &signed(&said)).await.is(200);
    let with = |name: &str, value: Value| {
        let mut changed = said.clone();
        changed[name] = value;
        signed(&changed)
    };
    let without = |name: &str| {
        let mut changed = said.clone();
        changed.as_object_mut().unwrap().remove(name);
        signed(&changed)
    };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let pieces: Vec<&str> = good.split('.').collect();
    let (head, body, signature) = (pieces[0], pieces[1], pieces[2]);
    let mut other_subject = said.clone();
    other_subject["sub"] = json!("root");
    let none = encode(&json!({"alg": "none", "typ": "JWT"}));

    // The public key as if it were a shared secret.
    let jwks = desk.get("nobody", "/jwks.json").await.json();
    let secrets = [
        jwks["keys"][0]["n"].as_str().unwrap().to_string(),
        jwks["keys"][0].to_string(),
        desk.app.issuer.jwks(),
    ];
    let shared = secrets.map(|secret| {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &said, &key).unwrap()
    });

    // Somebody else's key, under our key's name.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.pem");
    generate(&path, SigningAlgorithm::Rs256).unwrap();
    let other = EncodingKey::from_rsa_pem(&std::fs::read(path).unwrap()).unwrap();
    let mut header = Header::new(Algorithm::RS256);
    header.kid = part(&good, 0)["kid"].as_str().map(ToString::to_string);
    let forged = jsonwebtoken::encode(&header, &said, &other).unwrap();

    let mut refused = vec![
        ("no token", "x".to_string()),
        (
            "other subject, old signature",
            format!("{head}.{}.{signature}", encode(&other_subject)),
        ),
        ("no signature", format!("{head}.{body}.")),
        ("cut signature", good[..good.len() - 4].to_string()),
        ("alg none", format!("{none}.{body}.")),
        ("alg none, signed", format!("{none}.{body}.{signature}")),
        ("another key", forged),
        ("another issuer", with("iss", json!("Confluent"))),
        ("for a cluster", with("aud", json!("home-id"))),
        ("for many", with("aud", json!(["openmds", "home-id"]))),
        ("for nobody", without("aud")),
        ("from nobody", without("iss")),
        ("about nobody", without("sub")),
        ("for ever", without("exp")),
        ("until a word", with("exp", json!("tomorrow"))),
        ("the server itself", with("sub", json!(OWN_PRINCIPAL))),
    ];
    refused.extend(shared.map(|token| ("the public key as a secret", token)));
    for (what, token) in refused {
        let answer = with_token(&desk, "/roles", &token).await;
        assert_eq!(answer.status, 401, "{what}");
        assert_eq!(
            answer.is(401).message(),
            "the token is not valid here; log in again",
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_servers_own_tokens_are_for_one_cluster_and_short() {
    let world = World::new();
    let desk = world.start().await;
    let tokens = ClusterTokens::new(Arc::clone(&desk.app.issuer), ClusterId::new("payments-id"));
    let own = tokens.token().unwrap();
    let said = claims(own.expose_secret());
    assert_eq!(
        (said.sub.as_str(), said.aud.as_str()),
        (OWN_PRINCIPAL, "payments-id")
    );
    assert_eq!(said.exp - said.iat, 120);
    let (here, far) = ([127, 0, 0, 1].into(), [10, 0, 0, 1].into());
    assert!(tokens.may_cross_in_clear(here) && !tokens.may_cross_in_clear(far));
    assert!(tokens.in_clear_if(true).may_cross_in_clear(far));
    // It opens nothing here, and nobody can log in under that name.
    with_token(&desk, "/roles", own.expose_secret())
        .await
        .is(401);
    desk.get(OWN_PRINCIPAL, "/roles").await.is(401);
}

#[tokio::test(start_paused = true)]
async fn the_reserved_name_cannot_be_a_user() {
    let world = World::new();
    let users = world.folder.path().join("users");
    std::fs::write(users, "mds:x\n_openmds:x\n").unwrap();
    let settings = openmds_server::config::Settings::load(&world.config()).unwrap();
    let log = Arc::new(openmds_server::store::MemoryLog::default());
    let fleet = Arc::new(world.fleet.clone());
    let refused = openmds_server::assemble(settings, fleet, world.clock.clone(), log).await;
    let error = refused.err().unwrap().to_string();
    assert!(
        error.ends_with("line 2: the name `_openmds` is reserved for this server"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_says_no_more_than_a_wrong_name() {
    let world = World::new();
    let desk = world.start().await;
    let credentials = |pair: &str| {
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        Request::builder()
            .uri("/security/1.0/roles")
            .header(header::AUTHORIZATION, format!("Basic {pair}"))
            .body(Body::empty())
            .unwrap()
    };
    let wrong = [
        "alice:x",
        "alice:",
        "nobody:x",
        ":",
        ":alice-secret",
        "alice :alice-secret",
        "User:alice-secret",
    ];
    for pair in wrong {
        let message = desk.send(credentials(pair)).await.is(401).message();
        assert_eq!(message, "the user name or the password is wrong", "{pair}");
    }
    desk.send(credentials("alice:alice-secret")).await.is(200);
}
