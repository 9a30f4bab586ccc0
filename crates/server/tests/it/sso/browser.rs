//! Logging in with a browser.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use super::provider::{Browser, Provider};
use super::{CALLBACK, CALLER};
use crate::desk::{Answer, Desk, basic};
use crate::tokens::claims;
use crate::world::World;

async fn get(desk: &Desk, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).unwrap()).await
}

/// Begins a login: where the browser is sent, and the cookie that it keeps.
async fn begin(desk: &Desk) -> (String, String) {
    let path = format!("/security/1.0/oidc/authenticate?caller={CALLER}");
    let answer = get(desk, &path, &[]).await.is(302);
    let cookie = answer.header("set-cookie");
    assert_eq!(cookie.len(), 1);
    let attributes = "; HttpOnly; Secure; Path=/; SameSite=Lax; Max-Age=600";
    let kept = cookie[0].strip_suffix(attributes).unwrap().to_string();
    (answer.header("location")[0].to_string(), kept)
}

/// The path and query of the callback that the provider sends the browser to.
async fn logged_in(user: &'static str, location: &str) -> String {
    let callback = Browser::of(user).log_in(location).await;
    format!(
        "/security/1.0/oidc/authorization-code/callback{}",
        callback.strip_prefix(CALLBACK).unwrap()
    )
}

#[tokio::test]
async fn a_browser_logs_in_and_speaks_by_its_cookie() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let (location, kept) = begin(&desk).await;
    assert!(location.starts_with(&provider.issuer()));
    for part in [
        "code_challenge_method=S256",
        "nonce=",
        "state=",
        "client_id=openmds",
    ] {
        assert!(location.contains(part), "{location}");
    }
    let callback = logged_in("sam", &location).await;
    let answer = get(&desk, &callback, &[("cookie", &kept)]).await.is(302);
    assert_eq!(answer.header("location"), [CALLER]);
    let cookies = answer.header("set-cookie");
    assert_eq!(
        cookies[1],
        "openmds_login=; HttpOnly; Secure; Path=/; SameSite=Lax; Max-Age=0"
    );
    let attributes = "; HttpOnly; Secure; Path=/; SameSite=Lax; Max-Age=900";
    let cookie = cookies[0].strip_suffix(attributes).unwrap();
    let said = claims(cookie.strip_prefix("auth_token=").unwrap());
    assert_eq!(said.sub, "sam");
    assert_eq!(said.groups, ["auditors", "staff"]);
    assert_eq!(said.mex.unwrap() - said.iat, 21_600);
    // The code serves once.
    get(&desk, &callback, &[("cookie", &kept)]).await.is(401);

    let roles = "/security/1.0/roles";
    let cookies = format!("a=b; {cookie}; c=d");
    get(&desk, roles, &[("cookie", &cookies)]).await.is(200);
    // An explicit header counts before the cookie (the reference's trap), even a wrong one.
    let authenticate = "/security/1.0/authenticate";
    let both = [
        ("cookie", cookies.as_str()),
        ("authorization", &basic("bob")),
    ];
    let answer = get(&desk, authenticate, &both).await.is(200).json();
    assert_eq!(claims(answer["auth_token"].as_str().unwrap()).sub, "bob");
    let wrong = [("cookie", cookies.as_str()), ("authorization", "Basic !!!")];
    get(&desk, roles, &wrong).await.is(401);

    // What changes something needs evidence of the same origin.
    let question = json!({"clusters": {"kafka-cluster": "home-id"}}).to_string();
    let lookup = "/security/1.0/lookup/principals/User:sam/roleNames";
    let cases: [(&[(&str, &str)], u16); 7] = [
        (&[], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (
            &[
                ("origin", "https://evil.example.org"),
                ("host", "mds.example.org:8090"),
            ],
            403,
        ),
        (&[("origin", "null"), ("host", "mds.example.org:8090")], 403),
        (&[("sec-fetch-site", "same-origin")], 200),
        (
            &[
                ("origin", "https://mds.example.org:8090"),
                ("host", "mds.example.org:8090"),
            ],
            200,
        ),
    ];
    for (headers, status) in cases {
        let mut request = Request::post(lookup)
            .header(header::COOKIE, &cookies)
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = desk
            .send(request.body(Body::from(question.clone())).unwrap())
            .await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{headers:?}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn nobody_is_sent_to_a_stranger() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    for caller in [
        "https://evil.example.org/ui",
        "https://c3.example.org:9021/other",
        "//c3.example.org:9021/ui",
        "https://c3.example.org:9021@evil.example.org/ui",
        "/ui",
        "",
    ] {
        let path = format!("/security/1.0/oidc/authenticate?caller={caller}");
        let answer = get(&desk, &path, &[]).await.is(400);
        assert!(answer.message().contains("openmds.sso.callers.allowed"));
    }
    get(&desk, "/security/1.0/oidc/authenticate", &[])
        .await
        .is(400);
}

#[tokio::test]
async fn a_login_ends_in_the_browser_that_began_it() {
    let provider = Provider::start();
    let world = World::with_sso(&provider);
    let desk = world.start().await;
    let (location, kept) = begin(&desk).await;
    let callback = logged_in("sam", &location).await;
    let (_, other) = begin(&desk).await;
    for headers in [vec![], vec![("cookie", other.as_str())]] {
        get(&desk, &callback, &headers).await.is(400);
    }
    let changed = callback.replace("state=", "state=A");
    get(&desk, &changed, &[("cookie", &kept)]).await.is(400);
    let refused = "/security/1.0/oidc/authorization-code/callback?error=access_denied&state=x";
    get(&desk, refused, &[("cookie", &kept)]).await.is(400);
    world.clock.advance(601);
    get(&desk, &callback, &[("cookie", &kept)]).await.is(400);
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_login() {
    let world = World::new();
    let desk = world.start().await;
    for path in [
        "authenticate?caller=x",
        "authorization-code/callback?code=x&state=y",
    ] {
        let answer = get(&desk, &format!("/security/1.0/oidc/{path}"), &[])
            .await
            .is(404);
        assert!(
            answer
                .message()
                .contains("confluent.metadata.server.sso.mode")
        );
    }
}
