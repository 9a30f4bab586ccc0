//! Logging in with a command line.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::provider::{Browser, Provider};
use crate::desk::{Answer, Desk, eventually};
use crate::tokens::claims;
use crate::world::World;

async fn post(desk: &Desk, path: &str, body: Option<&Value>) -> Answer {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("/security/1.0/oidc/device/{path}"));
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
    desk.send(request.body(body).unwrap()).await
}

/// Logs somebody in: what `check-auth` answers in the end.
async fn log_in(desk: &Desk, user: &'static str) -> Value {
    let begun = post(desk, "authenticate", None).await.is(200).json();
    let uri = begun["verification_uri"].as_str().unwrap();
    assert!(
        uri.contains("user_code="),
        "a client may show nothing else: {uri}"
    );
    assert!(begun["interval"].as_u64().unwrap() > 0);
    assert!(begun["expires_in"].as_u64().unwrap() > 0);
    let question = json!({"user_code": begun["user_code"], "key": begun["key"]});
    let pending = post(desk, "check-auth", Some(&question))
        .await
        .is(200)
        .json();
    assert_eq!(pending["complete"], false);
    assert_eq!(pending["status"], "authorization_pending");
    assert_eq!(pending.get("auth_token"), None);
    Browser::of(user).log_in(uri).await;
    eventually("the login is complete", || async {
        let answer = post(desk, "check-auth", Some(&question))
            .await
            .is(200)
            .json();
        (answer["complete"] == true).then_some(answer)
    })
    .await
}

#[tokio::test]
async fn a_device_logs_in_and_extends_its_session() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let features = desk.get("alice", "/features").await.is(200).json();
    assert_eq!(features["features"]["oidc.login.device.1.enabled"], true);
    let done = log_in(&desk, "sam").await;
    assert_eq!(
        (&done["status"], &done["expires_in"]),
        (&json!("success"), &json!(900))
    );
    let token = done["auth_token"].as_str().unwrap();
    let said = claims(token);
    assert_eq!((said.sub.as_str(), said.groups.len()), ("sam", 2));
    let end = said.mex.unwrap();
    assert_eq!(end - said.iat, 21_600);

    // By the provider, as long as its new ID token says.
    let both = json!({"access_token": token, "refresh_token": done["refresh_token"]});
    let extended = post(&desk, "extend-auth", Some(&both)).await.is(200).json();
    let fresh = claims(extended["auth_token"].as_str().unwrap());
    assert_eq!((fresh.sub.as_str(), fresh.groups.len()), ("sam", 2));
    // By the token alone, until the session's end at the latest.
    let alone = json!({"access_token": token});
    let extended = post(&desk, "extend-auth", Some(&alone))
        .await
        .is(200)
        .json();
    assert_eq!(extended["expires_in"], 900);
    let mut last = extended["auth_token"].as_str().unwrap().to_string();
    for _ in 0..24 {
        world.clock.advance(890);
        let alone = json!({"access_token": last});
        let extended = post(&desk, "extend-auth", Some(&alone))
            .await
            .is(200)
            .json();
        last = extended["auth_token"].as_str().unwrap().to_string();
        assert!(claims(&last).exp <= end);
    }
    assert_eq!(claims(&last).exp, end);
    world.clock.advance(900);
    let alone = json!({"access_token": last});
    post(&desk, "extend-auth", Some(&alone)).await.is(401);
}

#[tokio::test]
async fn a_session_that_slept_goes_on_by_its_refresh_token_unless_it_is_over_or_revoked() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let tom = log_in(&desk, "tom").await;
    let done = log_in(&desk, "sam").await;
    let extend = async |access: &str, refresh: &Value| {
        let both = json!({"access_token": access, "refresh_token": refresh});
        post(&desk, "extend-auth", Some(&both)).await
    };
    let token = done["auth_token"].as_str().unwrap();
    let refresh = &done["refresh_token"];
    world.clock.advance(1_000);
    extend(token, &json!("")).await.is(401);
    extend(token, &json!("guessed")).await.is(401);
    let extended = extend(token, refresh).await.is(200).json();
    let fresh = extended["auth_token"].as_str().unwrap();
    let (before, after) = (claims(token), claims(fresh));
    assert_eq!((after.sub.as_str(), after.groups.len()), ("sam", 2));
    assert_eq!((after.auth_time, after.mex), (before.auth_time, before.mex));
    // What was revoked stays so until no token could go on.
    let refresh = extended.get("refresh_token").unwrap_or(refresh);
    desk.post("mds", "/revocations", &json!({"principal": "User:sam"}))
        .await
        .is(200);
    for at in [0, 2_000, 3_000] {
        world.clock.advance(at);
        for token in [token, fresh] {
            let message = extend(token, refresh).await.is(401).message();
            assert!(message.contains("revoked"), "{message}");
        }
    }
    let remembered = desk.get("mds", "/revocations").await.is(200).json();
    assert_eq!(remembered.as_array().unwrap().len(), 1);
    // Nobody else's session ended, but none goes on beyond its end.
    let token = tom["auth_token"].as_str().unwrap();
    for (seconds, says) in [(0, "invalid_token"), (15_600, "log in again")] {
        world.clock.advance(seconds);
        let answer = extend(token, &tom["refresh_token"]).await.is(401);
        // The provider's clock stood still: at first it is its ID token that is too old.
        assert!(answer.message().contains(says), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_code() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let one = post(&desk, "authenticate", None).await.is(200).json();
    let other = post(&desk, "authenticate", None).await.is(200).json();
    for question in [
        json!({"user_code": one["user_code"], "key": other["key"]}),
        json!({"user_code": one["user_code"], "key": "x"}),
        json!({"user_code": "", "key": one["key"]}),
        json!({}),
    ] {
        let answer = post(&desk, "check-auth", Some(&question)).await.is(403);
        assert_eq!(answer.message(), "Invalid key!");
    }
    world.clock.advance(one["expires_in"].as_i64().unwrap());
    let question = json!({"user_code": one["user_code"], "key": one["key"]});
    let answer = post(&desk, "check-auth", Some(&question))
        .await
        .is(200)
        .json();
    assert_eq!(
        (&answer["complete"], &answer["status"]),
        (&json!(false), &json!("expired_token"))
    );
}

#[tokio::test]
async fn a_password_logins_token_is_extended_too() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let answer = desk.get("alice", "/authenticate").await.is(200).json();
    let alone = json!({"access_token": answer["auth_token"]});
    let extended = post(&desk, "extend-auth", Some(&alone))
        .await
        .is(200)
        .json();
    assert_eq!(extended["expires_in"], 3600);
    assert_eq!(
        claims(extended["auth_token"].as_str().unwrap()).sub,
        "alice"
    );
    post(&desk, "extend-auth", Some(&json!({}))).await.is(401);
    // Somebody else's refresh token does not help.
    let sam = log_in(&desk, "sam").await;
    let mixed =
        json!({"access_token": answer["auth_token"], "refresh_token": sam["refresh_token"]});
    post(&desk, "extend-auth", Some(&mixed)).await.is(403);
}

#[tokio::test]
async fn a_provider_that_is_away_is_said_to_be() {
    let mut provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    provider.stop();
    post(&desk, "authenticate", None).await.is(503);
    desk.get("alice", "/roles").await.is(200);
}

#[tokio::test]
async fn without_a_provider_there_is_no_device_login() {
    let world = World::new();
    let desk = world.start().await;
    for path in ["authenticate", "check-auth", "extend-auth"] {
        post(&desk, path, Some(&json!({}))).await.is(404);
    }
}
