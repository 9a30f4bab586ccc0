//! The OAuth 2.0 token endpoint, as Kafka's Java client and librdkafka use it (`kafka-internals.md` 5).

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::bearer::{part, status};
use crate::desk::{Answer, Desk, basic};
use crate::world::World;

pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const JWT_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
pub(crate) const NOW: i64 = 1_767_323_045;

pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let one = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}

pub(crate) async fn ask(desk: &Desk, authorization: Option<&str>, form: &[(&str, &str)]) -> Answer {
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let mut request = Request::builder()
        .method("POST")
        .uri("/oauth2/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    let answer = desk
        .send(request.body(Body::from(pairs.join("&"))).unwrap())
        .await;
    assert_eq!(answer.header("cache-control"), ["no-store"]);
    assert_eq!(answer.header("pragma"), ["no-cache"]);
    assert_eq!(answer.header("content-type"), ["application/json"]);
    answer
}

/// The token, if that is what was answered.
pub(crate) fn granted(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let said = answer.json();
    let members: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["access_token", "expires_in", "scope", "token_type"]
    );
    assert_eq!(said["token_type"], "Bearer");
    assert_eq!(said["expires_in"], 3600);
    assert_eq!(said["scope"], "kafka");
    said["access_token"].as_str().unwrap().to_string()
}

pub(crate) fn refused(answer: &Answer, status: u16, error: &str) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let said = answer.json();
    assert_eq!(said["error"], error, "{said}");
    let members: Vec<&String> = said.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description"]);
    let challenged = answer.header("www-authenticate");
    assert_eq!(challenged.is_empty(), status != 401);
    said["error_description"].as_str().unwrap().to_string()
}

pub(crate) const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test(start_paused = true)]
async fn clients_log_in_as_users() {
    let world = World::new();
    let desk = world.start().await;
    let alice = basic("alice");
    let forms: [&[(&str, &str)]; 5] = [
        &[CREDENTIALS],
        &[CREDENTIALS, ("scope", "kafka other")],
        &[CREDENTIALS, ("scope", ""), ("unknown", "x")],
        &[CREDENTIALS, ("audience", "openmds")],
        &[CREDENTIALS, ("client_id", "alice")],
    ];
    for form in forms {
        let token = granted(&ask(&desk, Some(&alice), form).await);
        assert_eq!(part(&token, 1)["sub"], "alice");
        assert_eq!(part(&token, 1)["aud"], "openmds");
        assert_eq!(part(&token, 1).get("scope"), None);
        assert_eq!(status(&desk, &token).await, 200);
    }
    let body = [
        CREDENTIALS,
        ("client_id", "alice"),
        ("client_secret", "alice-secret"),
    ];
    granted(&ask(&desk, None, &body).await);
    // Revoked like any other user's.
    let token = granted(&ask(&desk, Some(&alice), forms[0]).await);
    let what = json!({"principal": "User:alice"});
    desk.post("mds", "/revocations", &what).await.is(200);
    assert_eq!(status(&desk, &token).await, 401);
}

#[tokio::test(start_paused = true)]
async fn names_and_passwords_may_come_encoded_or_not() {
    let world = World::new();
    let users = world.folder.path().join("users");
    std::fs::write(users, "mds:mds-secret\nCN=a b:p+ü%41%\nx:a+b\n").unwrap();
    let desk = world.start().await;
    let header = |name: &str, password: &str| {
        let pair = format!("{name}:{password}");
        format!("Basic {}", STANDARD.encode(pair))
    };
    for (header, name) in [
        (header("CN=a b", "p+ü%41%"), "CN=a b"),
        (header(&encoded("CN=a b"), &encoded("p+ü%41%")), "CN=a b"),
        (header("CN%3Da+b", "p%2B%C3%BC%2541%25"), "CN=a b"),
        (header("x", "a+b"), "x"),
        (header("x", "a%2Bb"), "x"),
    ] {
        let token = granted(&ask(&desk, Some(&header), &[CREDENTIALS]).await);
        assert_eq!(part(&token, 1)["sub"], name);
    }
    let wrong = header("x", "a%20b");
    let answer = ask(&desk, Some(&wrong), &[CREDENTIALS]).await;
    refused(&answer, 401, "invalid_client");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_refused_in_the_words_of_the_standard() {
    let world = World::new();
    let desk = world.start().await;
    let alice = basic("alice");
    let user = alice.as_str();
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], u16, &'a str);
    let secret = ("client_secret", "alice-secret");
    let cases: [Case<'_>; 17] = [
        (Some(user), &[], 400, "invalid_request"),
        (Some(user), &[("grant_type", "")], 400, "invalid_request"),
        (
            Some(user),
            &[CREDENTIALS, CREDENTIALS],
            400,
            "invalid_request",
        ),
        (
            Some(user),
            &[("grant_type", "password"), ("username", "a")],
            400,
            "unsupported_grant_type",
        ),
        (
            Some(user),
            &[("grant_type", "authorization_code")],
            400,
            "unsupported_grant_type",
        ),
        (None, &[CREDENTIALS], 401, "invalid_client"),
        (
            None,
            &[CREDENTIALS, ("client_id", "alice")],
            401,
            "invalid_client",
        ),
        (None, &[CREDENTIALS, secret], 400, "invalid_request"),
        (
            Some(user),
            &[CREDENTIALS, ("client_id", "alice"), secret],
            400,
            "invalid_request",
        ),
        (
            Some(user),
            &[CREDENTIALS, ("client_id", "bob")],
            401,
            "invalid_client",
        ),
        (
            None,
            &[CREDENTIALS, ("client_id", "bob"), secret],
            401,
            "invalid_client",
        ),
        (Some("Bearer x.y.z"), &[CREDENTIALS], 401, "invalid_client"),
        (Some("Basic !!"), &[CREDENTIALS], 401, "invalid_client"),
        // A token for a cluster is nothing that a user can have.
        (
            Some(user),
            &[CREDENTIALS, ("audience", "home-id")],
            400,
            "invalid_target",
        ),
        (
            Some(user),
            &[CREDENTIALS, ("resource", "home-id")],
            400,
            "invalid_target",
        ),
        (
            Some(user),
            &[("grant_type", JWT_BEARER)],
            400,
            "invalid_request",
        ),
        (
            None,
            &[("grant_type", JWT_BEARER), ("assertion", "x.y.z")],
            400,
            "invalid_grant",
        ),
    ];
    for (authorization, form, status, error) in cases {
        let answer = ask(&desk, authorization, form).await;
        refused(&answer, status, error);
    }
    let own = basic("_openmds");
    refused(
        &ask(&desk, Some(&own), &[CREDENTIALS]).await,
        401,
        "invalid_client",
    );
    // Not a form, or too much of one.
    for (kind, body, status) in [
        (
            "application/json",
            "{\"grant_type\":\"client_credentials\"}".to_string(),
            400,
        ),
        ("", "grant_type=client_credentials".to_string(), 400),
        (
            "application/x-www-form-urlencoded",
            "x".repeat(2 << 20),
            413,
        ),
    ] {
        let request = Request::builder()
            .method("POST")
            .uri("/oauth2/token")
            .header(header::AUTHORIZATION, user)
            .header(header::CONTENT_TYPE, kind);
        let answer = desk.send(request.body(Body::from(body)).unwrap()).await;
        refused(&answer, status, "invalid_request");
    }
}
