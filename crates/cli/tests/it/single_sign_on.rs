//! Log in by single sign-on: the device flow (mds-api 2.1 and 2.5).

use insta::assert_snapshot;

use crate::desk::Desk;
use crate::stand_in::{Reply, token};

const FEATURES: &str = "GET /security/1.0/features";
const BEGIN: &str = "POST /security/1.0/oidc/device/authenticate";
const CHECK: &str = "POST /security/1.0/oidc/device/check-auth";
const EXTEND: &str = "POST /security/1.0/oidc/device/extend-auth";
const PENDING: &str = r#"{"complete":false,"status":"authorization_pending"}"#;

/// Nobody is logged in; the server offers single sign-on and invites with these limits in seconds.
async fn desk(interval: u32, expires_in: u32) -> Desk {
    let desk = Desk::new().await;
    desk.server
        .on(
            FEATURES,
            Reply::json(200, r#"{"features":{"oidc.login.device.1.enabled":true},"legend":{}}"#),
        )
        .on(
            BEGIN,
            Reply::json(200, format!(r#"{{"user_code":"WXYZ-1234","verification_uri":"https://idp.example.com/device?user_code=WXYZ-1234","key":"k1","interval":{interval},"expires_in":{expires_in}}}"#)),
        );
    desk
}

fn agreed() -> Reply {
    let token = token("frodo", 3600);
    Reply::json(
        200,
        format!(
            r#"{{"complete":true,"status":"success","auth_token":"{token}","refresh_token":"v1.again","expires_in":3600}}"#
        ),
    )
}

#[tokio::test]
async fn a_browser_is_opened_and_the_user_is_the_tokens() {
    let desk = desk(1, 60).await;
    desk.server
        .on(CHECK, Reply::json(200, PENDING))
        .on(CHECK, Reply::error(500, "restarting"))
        .on(CHECK, agreed());
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 0
    --- stderr ---
    Log in with the browser that is being opened. If none comes up, open this link:
        https://idp.example.com/device?user_code=WXYZ-1234
    The page must show the code WXYZ-1234
    "#);
    let pages = desk.pages.as_ref().unwrap().lock().unwrap().clone();
    assert_eq!(
        pages,
        ["https://idp.example.com/device?user_code=WXYZ-1234"]
    );
    assert_snapshot!(desk.server.requests(), @r#"
    GET /security/1.0/features
    POST /security/1.0/oidc/device/authenticate
    POST /security/1.0/oidc/device/check-auth {"user_code":"WXYZ-1234","key":"k1"}
    POST /security/1.0/oidc/device/check-auth {"user_code":"WXYZ-1234","key":"k1"}
    POST /security/1.0/oidc/device/check-auth {"user_code":"WXYZ-1234","key":"k1"}
    "#);
    let kept = desk.contexts();
    assert_eq!(kept["current"], format!("login-frodo-{url}"));
    assert_eq!(
        kept["contexts"][format!("login-frodo-{url}")]["login"],
        "sso"
    );
}

#[tokio::test]
async fn the_first_calls_have_no_credentials_and_no_body() {
    let desk = desk(1, 60).await;
    desk.server.on(
        CHECK,
        Reply::json(
            200,
            r#"{"complete":true,"error":"access_denied","description":"not today"}"#,
        ),
    );
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("login --url {url} --no-browser")).await, @r#"
    exit code: 1
    --- stderr ---
    Open this link in a browser, on this or on any other machine, and log in there:
        https://idp.example.com/device?user_code=WXYZ-1234
    The page must show the code WXYZ-1234
    Error: http://[SERVER] did not log you in: access_denied: not today

    Suggestions:
        Run `openmds login` again; what the identity provider allows is set up there
    "#);
    assert!(desk.pages.as_ref().unwrap().lock().unwrap().is_empty());
    assert!(!desk.server.last_headers().contains("authorization"));
}

#[tokio::test]
async fn a_machine_without_a_browser_gets_the_link() {
    let mut desk = desk(1, 60).await;
    desk.pages = None;
    desk.server.on(CHECK, agreed());
    let url = desk.server.url.clone();
    assert_snapshot!(desk.run(&format!("login --url {url}")).await, @r#"
    exit code: 0
    --- stderr ---
    Open this link in a browser, on this or on any other machine, and log in there:
        https://idp.example.com/device?user_code=WXYZ-1234
    The page must show the code WXYZ-1234
    "#);
}

#[tokio::test]
async fn nobody_agrees() {
    let desk = desk(1, 2).await;
    desk.server.on(CHECK, Reply::json(200, PENDING));
    let url = desk.server.url.clone();
    let outcome = desk.run(&format!("login --url {url} --no-browser")).await;
    let error = outcome.split("Error:").nth(1).unwrap();
    assert_snapshot!(error, @r#"
     nobody agreed to the log in within 2 seconds

    Suggestions:
        Run `openmds login` again and follow the link in time
    "#);
    let requests = desk.server.requests();
    assert_eq!(requests.matches("check-auth").count(), 2, "{requests}");
}

#[tokio::test]
async fn a_password_in_the_environment_comes_first_unless_sso_is_wanted() {
    let mut desk = desk(1, 60).await;
    desk.know_alice();
    desk.server.on(CHECK, agreed());
    let url = desk.server.url.clone();
    assert_eq!(
        desk.run(&format!("login --url {url}")).await,
        "exit code: 0\n"
    );
    assert_eq!(desk.server.requests(), "", "not even asked for features");
    desk.variables
        .insert("CONFLUENT_PLATFORM_SSO", "true".to_owned());
    let outcome = desk.run(&format!("login --url {url}")).await;
    assert!(outcome.contains("idp.example.com"), "{outcome}");
    assert_eq!(desk.contexts()["current"], format!("login-frodo-{url}"));
}

#[tokio::test]
async fn an_expired_session_goes_on_without_a_browser() {
    let desk = desk(1, 60).await;
    desk.server.on(CHECK, agreed()).on(
        "GET /security/1.0/registry/clusters",
        Reply::json(200, "[]"),
    );
    let url = desk.server.url.clone();
    desk.run(&format!("login --url {url}")).await;
    desk.expire();
    drop(desk.server.requests());
    desk.server.on(
        EXTEND,
        Reply::json(
            200,
            format!(
                r#"{{"auth_token":"{}","expires_in":3600,"refresh_token":"v1.next"}}"#,
                token("frodo", 3600)
            ),
        ),
    );
    assert!(desk.run("cluster list").await.starts_with("exit code: 0\n"));
    assert_snapshot!(desk.server.requests(), @r#"
    POST /security/1.0/oidc/device/extend-auth {"access_token":"e30.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2ln","refresh_token":"v1.again"}
    GET /security/1.0/registry/clusters
    "#);
    // A provider that is away ends nothing, and the refresh token is the one of the last answer.
    desk.expire();
    let away = "the identity provider cannot be asked now";
    desk.server
        .forget(EXTEND)
        .on(EXTEND, Reply::error(503, away));
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 1
    --- stderr ---
    Error: 503 Service Unavailable: the identity provider cannot be asked now

    Suggestions:
        Try again in a moment
        The session is kept: no new log in is needed when the server can tell again
    "#);
    assert!(
        desk.server
            .requests()
            .contains(r#""refresh_token":"v1.next""#)
    );
    desk.server
        .forget(EXTEND)
        .on(EXTEND, Reply::error(403, "session is over"));
    assert_snapshot!(desk.run("cluster list").await, @r#"
    exit code: 1
    --- stderr ---
    Error: expired token

    Suggestions:
        Run `openmds login` to log in to http://[SERVER] again
        In scripts set OPENMDS_USERNAME and OPENMDS_PASSWORD: the session is then renewed by itself
    "#);
}
