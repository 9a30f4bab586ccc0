//! Every known trick with tokens, each by itself: replay, confusion of algorithms and keys, and texts
//! that two readers would read differently (RFC 8725; `goals.md` C.2, fault 91).

use axum::http::Method;
use jsonwebtoken::{Algorithm, EncodingKey};
use openmds_server::tokens::{SigningAlgorithm, SigningKey, generate};
use serde_json::{Value, json};

use crate::bearer::{part, signed, status, token, with_token};
use crate::world::{World, key_pem};

fn own() -> EncodingKey {
    EncodingKey::from_rsa_pem(key_pem().as_bytes()).unwrap()
}

fn kid() -> String {
    let key = SigningKey::from_pem(key_pem().as_bytes()).unwrap();
    key.id().to_string()
}

fn header(change: impl FnOnce(&mut Value)) -> String {
    let mut header = json!({"alg": "RS256", "typ": "JWT", "kid": kid()});
    change(&mut header);
    header.to_string()
}

#[tokio::test(start_paused = true)]
async fn no_header_talks_its_way_in() {
    let world = World::new();
    let desk = world.start().await;
    let good = token(&desk, "mds").await;
    let claims = part(&good, 1).to_string();
    let by_own = |header: String| signed(&header, &claims, &own(), Algorithm::RS256);
    assert_eq!(status(&desk, &by_own(header(|_| ()))).await, 200);
    let untyped = by_own(header(|header| header["typ"] = Value::Null));
    assert_eq!(status(&desk, &untyped).await, 200);

    // An attacker's key, under its own name or brought along.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.pem");
    let evil = generate(&path, SigningAlgorithm::Rs256).unwrap();
    let evil_pem = std::fs::read(&path).unwrap();
    let evil_key = EncodingKey::from_rsa_pem(&evil_pem).unwrap();
    let by_evil =
        |change: &dyn Fn(&mut Value)| signed(&header(change), &claims, &evil_key, Algorithm::RS256);
    let jwk = json!(evil.public().jwk());
    let mut own_name = jwk.clone();
    own_name["kid"] = json!(kid());
    let traversal = "../../../../evil";
    let secret = EncodingKey::from_secret(desk.app.issuer.jwks().as_bytes());
    let empty = EncodingKey::from_secret(b"");
    let hs = |key: &EncodingKey| {
        let header = header(|header| header["alg"] = json!("HS256"));
        signed(&header, &claims, key, Algorithm::HS256)
    };
    let pss = header(|header| header["alg"] = json!("PS256"));
    let tricks = [
        (
            "no kid",
            by_own(json!({"alg": "RS256", "typ": "JWT"}).to_string()),
        ),
        (
            "kid null",
            by_own(header(|header| header["kid"] = Value::Null)),
        ),
        (
            "kid a number",
            by_own(header(|header| header["kid"] = json!(1))),
        ),
        (
            "kid unknown",
            by_own(header(|header| header["kid"] = json!("x"))),
        ),
        (
            "kid a path",
            by_own(header(|header| header["kid"] = json!(traversal))),
        ),
        (
            "kid of the attacker",
            by_evil(&|header| header["kid"] = json!(evil.id())),
        ),
        ("another key under our name", by_evil(&|_| ())),
        (
            "jwk brought along",
            by_evil(&|header| header["jwk"] = jwk.clone()),
        ),
        (
            "jwk under our name",
            by_evil(&|header| header["jwk"] = own_name.clone()),
        ),
        (
            "jku",
            by_evil(&|header| header["jku"] = json!("https://evil.example/jwks")),
        ),
        (
            "x5u",
            by_evil(&|header| header["x5u"] = json!("https://evil.example/cert")),
        ),
        ("x5c", by_evil(&|header| header["x5c"] = json!(["MIIB"]))),
        ("the public keys as a secret", hs(&secret)),
        ("an empty secret", hs(&empty)),
        (
            "the right key by another algorithm",
            signed(&pss, &claims, &own(), Algorithm::PS256),
        ),
        (
            "an algorithm that is not meant",
            by_own(header(|header| header["alg"] = json!("RS512"))),
        ),
        (
            "alg in small letters",
            by_own(header(|header| header["alg"] = json!("rs256"))),
        ),
        (
            "alg none, signed",
            by_own(header(|header| header["alg"] = json!("none"))),
        ),
        (
            "no alg",
            by_own(json!({"typ": "JWT", "kid": kid()}).to_string()),
        ),
        (
            "crit",
            by_own(header(|header| {
                header["crit"] = json!(["exp"]);
            })),
        ),
        ("b64", by_own(header(|header| header["b64"] = json!(false)))),
        (
            "compressed",
            by_own(header(|header| header["zip"] = json!("DEF"))),
        ),
        (
            "encrypted",
            by_own(header(|header| header["enc"] = json!("A256GCM"))),
        ),
        (
            "of another type",
            by_own(header(|header| header["typ"] = json!("logout+jwt"))),
        ),
        (
            "alg twice",
            by_own(format!(
                r#"{{"alg":"none","alg":"RS256","kid":"{}"}}"#,
                kid()
            )),
        ),
        (
            "kid twice",
            by_own(format!(r#"{{"alg":"RS256","kid":"x","kid":"{}"}}"#, kid())),
        ),
        ("a header that is no object", by_own("[]".to_string())),
        (
            "a header with a tail",
            by_own(format!("{}x", header(|_| ()))),
        ),
        ("four parts", format!("{good}.x")),
        ("padded", format!("{good}=")),
        ("in another alphabet", good.replace(['-', '_'], "+")),
    ];
    for (trick, token) in tricks {
        let answer = with_token(&desk, Method::GET, "/roles", &token, None).await;
        let message = answer.is(401).message();
        assert_eq!(
            message, "the token is not valid here; log in again",
            "{trick}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_claims_talk_their_way_in() {
    let world = World::new();
    let desk = world.start().await;
    let good = token(&desk, "alice").await;
    let said = part(&good, 1);
    let now = 1_767_323_045;
    let by_own = |claims: String| signed(&header(|_| ()), &claims, &own(), Algorithm::RS256);
    let with = |name: &str, value: Value| {
        let mut changed = said.clone();
        changed[name] = value;
        by_own(changed.to_string())
    };
    let text = said.to_string();
    let twice = |name: &str, value: &str| {
        let open = text.strip_prefix('{').unwrap();
        by_own(format!(r#"{{"{name}":{value},{open}"#))
    };
    assert_eq!(status(&desk, &by_own(text.clone())).await, 200);
    assert_eq!(
        status(&desk, &with("other", json!({"a": [1]}))).await,
        200,
        "what is not known is not read"
    );
    let tricks = [
        ("sub twice", twice("sub", "\"mds\"")),
        ("exp twice", twice("exp", "9999999999")),
        ("aud twice", twice("aud", "\"openmds\"")),
        ("nobody", with("sub", json!(""))),
        ("several people", with("sub", json!(["alice", "mds"]))),
        ("not yet", with("nbf", json!(now + 1))),
        ("from the future", with("iat", json!(now + 61))),
        ("for ever", with("exp", Value::Null)),
        ("until infinity", with("exp", json!(1e300))),
        ("a fraction", with("exp", json!(9_999_999_999.5))),
        (
            "a number too large",
            by_own(text.replace("1767326645", &"9".repeat(30))),
        ),
        (
            "an issuer that begins alike",
            with("iss", json!("openmds.evil")),
        ),
        (
            "an audience that begins alike",
            with("aud", json!("openmds ")),
        ),
        ("claims with a tail", by_own(format!("{text}{text}"))),
        ("claims that are no object", by_own("\"alice\"".to_string())),
        (
            "nested without end",
            with(
                "groups",
                serde_json::from_str(&format!("{}{}", "[".repeat(120), "]".repeat(120))).unwrap(),
            ),
        ),
        ("huge", with("padding", json!("x".repeat(20_000)))),
    ];
    for (trick, token) in tricks {
        let answer = with_token(&desk, Method::GET, "/roles", &token, None).await;
        let message = answer.is(401).message();
        assert_eq!(
            message, "the token is not valid here; log in again",
            "{trick}"
        );
    }
    // Its time alone has another message, and only if all else is right.
    let expired = with("exp", json!(now));
    let answer = with_token(&desk, Method::GET, "/roles", &expired, None).await;
    assert_eq!(
        answer.is(401).message(),
        "the token has expired; log in again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_serves_only_its_own_algorithm_and_only_while_it_is_published() {
    let world = World::new();
    let desk = world.start().await;
    let made = desk
        .post("mds", "/keys/rotate", &json!({"algorithm": "ES256"}))
        .await;
    let id = made.is(200).json()["keyId"].as_str().unwrap().to_string();
    let good = token(&desk, "alice").await;
    let claims = part(&good, 1).to_string();
    // One key's name with the other's algorithm and signature.
    for algorithm in ["RS256", "ES256"] {
        let named = header(|header| {
            header["kid"] = json!(id);
            header["alg"] = json!(algorithm);
        });
        let confused = signed(&named, &claims, &own(), Algorithm::RS256);
        assert_eq!(status(&desk, &confused).await, 401, "{algorithm}");
    }
    // A key that waits is published: what it signs elsewhere (another server) is taken.
    let pem = world.folder.path().join(format!("token-key-{id}.pem"));
    let waiting = EncodingKey::from_ec_pem(&std::fs::read(pem).unwrap()).unwrap();
    let named = json!({"alg": "ES256", "kid": id}).to_string();
    let early = signed(&named, &claims, &waiting, Algorithm::ES256);
    assert_eq!(status(&desk, &early).await, 200);
    // Once the first key is retired, even what it signs for the future is worth nothing.
    world.clock.advance(7200 + 3600);
    let mut lasting = part(&good, 1);
    lasting["exp"] = json!(9_999_999_999_i64);
    let replayed = signed(
        &header(|_| ()),
        &lasting.to_string(),
        &own(),
        Algorithm::RS256,
    );
    assert_eq!(status(&desk, &replayed).await, 401);
    // Nothing that can sign is ever shown.
    let set = desk.get("nobody", "/jwks.json").await.is(200);
    assert!(!set.text().contains("\"d\""));
}
