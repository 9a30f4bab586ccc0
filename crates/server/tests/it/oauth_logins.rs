//! Guessing at the token endpoint, and certificates there.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_server::http::Peer;
use rcgen::DnType;
use serde_json::Value;

use crate::bearer::part;
use crate::desk::{Answer, Desk, basic};
use crate::identities::{certificate, with_certificates};
use crate::oauth::{encoded, granted, refused};
use crate::street::Authority;
use crate::world::World;

const FORM: &str = "application/x-www-form-urlencoded";
const CREDENTIALS: &str = "grant_type=client_credentials";

fn at(address: &str) -> Peer {
    Peer {
        address: address.parse().unwrap(),
        certificate: None,
        node: None,
    }
}

async fn ask(desk: &Desk, peer: &Peer, authorization: Option<&str>, form: &str) -> Answer {
    let mut request = Request::post("/oauth2/token")
        .header(header::CONTENT_TYPE, FORM)
        .extension(peer.clone());
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    desk.send(request.body(Body::from(form.to_string())).unwrap())
        .await
}

/// A login by HTTP Basic, or by parameters.
async fn log_in(desk: &Desk, user: &str, password: &str, address: &str, by_header: bool) -> Answer {
    let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    let (header, form) = if by_header {
        (Some(header.as_str()), CREDENTIALS.to_string())
    } else {
        let (user, password) = (encoded(user), encoded(password));
        (
            None,
            format!("{CREDENTIALS}&client_id={user}&client_secret={password}"),
        )
    };
    ask(desk, &at(address), header, &form).await
}

#[tokio::test(start_paused = true)]
async fn whoever_guesses_at_the_token_endpoint_waits_and_locks_nobody_else_out() {
    const HERE: &str = "192.0.2.1:5000";
    const THERE: &str = "192.0.2.2:5000";
    let mut world = World::new();
    world.set("openmds.login.failures.max", "3");
    let desk = world.start().await;
    // A password with two readings is one guess.
    for (password, by_header) in [("guess", true), ("guess", false), ("a%20guess", true)] {
        let answer = log_in(&desk, "alice", password, HERE, by_header).await;
        refused(&answer, 401, "invalid_client");
    }
    for by_header in [true, false] {
        for password in ["guess", "alice-secret"] {
            let answer = log_in(&desk, "alice", password, HERE, by_header).await;
            let said = refused(&answer, 429, "temporarily_unavailable");
            assert_eq!(answer.header("retry-after"), ["1"]);
            assert!(!said.contains("alice"), "{said}");
        }
    }
    // The other door counts the same failures.
    let request = Request::get("/security/1.0/authenticate")
        .header(header::AUTHORIZATION, basic("alice"))
        .extension(at(HERE));
    desk.send(request.body(Body::empty()).unwrap())
        .await
        .is(429);
    granted(&log_in(&desk, "alice", "alice-secret", THERE, true).await);
    granted(&log_in(&desk, "bob", "bob-secret", HERE, false).await);
    world.clock.advance(1);
    granted(&log_in(&desk, "alice", "alice-secret", HERE, true).await);
    refused(
        &log_in(&desk, "alice", "guess", HERE, true).await,
        401,
        "invalid_client",
    );
}

#[tokio::test(start_paused = true)]
async fn a_certificate_proves_a_client() {
    let world = with_certificates("RULE:^CN=(.*)$/$1/");
    let desk = world.start().await;
    let alice = certificate(&[(DnType::CommonName, "alice")]);
    for form in [
        CREDENTIALS.to_string(),
        format!("{CREDENTIALS}&client_id=alice"),
    ] {
        let token = granted(&ask(&desk, &alice, None, &form).await);
        assert_eq!(part(&token, 1)["sub"], "alice");
    }
    let other = format!("{CREDENTIALS}&client_id=bob");
    refused(
        &ask(&desk, &alice, None, &other).await,
        401,
        "invalid_client",
    );
    // What was sent on purpose counts before it, and a wrong one is not forgiven.
    let token = granted(&ask(&desk, &alice, Some(&basic("bob")), CREDENTIALS).await);
    assert_eq!(part(&token, 1)["sub"], "bob");
    let wrong = format!("{CREDENTIALS}&client_id=alice&client_secret=guess");
    refused(
        &ask(&desk, &alice, None, &wrong).await,
        401,
        "invalid_client",
    );
    // No rule, no name; and nobody gets the server's own.
    for name in ["x, OU=y", "_openmds"] {
        let stranger = certificate(&[(DnType::CommonName, name), (DnType::OrganizationName, "z")]);
        let answer = ask(&desk, &stranger, None, CREDENTIALS).await;
        refused(&answer, 401, "invalid_client");
    }
    let own = certificate(&[(DnType::CommonName, "_openmds")]);
    refused(
        &ask(&desk, &own, None, CREDENTIALS).await,
        401,
        "invalid_client",
    );
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_nobody_asked_for_proves_no_client() {
    let world = World::new();
    let desk = world.start().await;
    let alice = certificate(&[(DnType::CommonName, "alice")]);
    refused(
        &ask(&desk, &alice, None, CREDENTIALS).await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn a_certificate_proves_a_client_over_tls() {
    let authority = Authority::new("root");
    let mut world = World::new();
    world
        .https(&authority.server("mds").store())
        .ask_clients("REQUESTED", &authority.pem)
        .set(
            "confluent.metadata.server.auth.ssl.principal.mapping.rules",
            "RULE:^CN=(.*)$/$1/",
        );
    let street = world.open().await;
    let ask = async |identity: Option<String>| {
        let trusted = reqwest::Certificate::from_pem(authority.pem.as_bytes()).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([trusted]);
        let client = match identity {
            Some(pem) => client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()),
            None => client,
        };
        let request = client.build().unwrap().post(street.url("/oauth2/token"));
        let request = request.header("content-type", FORM).body(CREDENTIALS);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.unwrap())
    };
    let (status, said) = ask(Some(authority.client("alice").store())).await;
    assert_eq!(status, 200, "{said}");
    let token = said["access_token"].as_str().unwrap();
    assert_eq!(part(token, 1)["sub"], "alice");
    let stranger = Authority::new("other").client("alice").store();
    for identity in [None, Some(stranger)] {
        let (status, said) = ask(identity).await;
        assert_eq!(
            (status, &said["error"]),
            (401, &Value::from("invalid_client"))
        );
    }
}
