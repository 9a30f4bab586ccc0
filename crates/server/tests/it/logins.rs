//! Guessing passwords.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_server::http::Peer;

use crate::desk::{Answer, Desk};
use crate::world::World;

const HERE: &str = "192.0.2.1:5000";
const THERE: &str = "192.0.2.2:5000";

async fn log_in(desk: &Desk, user: &str, password: &str, from: &str) -> Answer {
    let pair = STANDARD.encode(format!("{user}:{password}"));
    let request = Request::builder()
        .uri("/security/1.0/authenticate")
        .header(header::AUTHORIZATION, format!("Basic {pair}"))
        .extension(Peer {
            address: from.parse().unwrap(),
            certificate: None,
            node: None,
        });
    desk.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn whoever_guesses_waits_and_locks_nobody_else_out() {
    let mut world = World::new();
    world.set("openmds.login.failures.max", "3");
    let desk = world.start().await;
    for _ in 0..3 {
        log_in(&desk, "alice", "guess", HERE).await.is(401);
    }
    // Even the right password: otherwise the answer would tell which guess was right.
    for password in ["guess", "alice-secret"] {
        let refused = log_in(&desk, "alice", password, HERE).await.is(429);
        assert_eq!(refused.header("retry-after"), ["1"]);
        assert_eq!(refused.json()["type"], "TOO MANY REQUESTS");
        assert!(
            !refused.message().contains("alice"),
            "{}",
            refused.message()
        );
    }
    log_in(&desk, "alice", "alice-secret", THERE).await.is(200);
    log_in(&desk, "bob", "bob-secret", HERE).await.is(200);
    world.clock.advance(1);
    log_in(&desk, "alice", "guess", HERE).await.is(401);
    let refused = log_in(&desk, "alice", "guess", HERE).await.is(429);
    assert_eq!(refused.header("retry-after"), ["2"]);
    world.clock.advance(2);
    log_in(&desk, "alice", "alice-secret", HERE).await.is(200);
    log_in(&desk, "alice", "guess", HERE).await.is(401);
    let text = desk.app.measurements();
    for line in [
        r#"openmds_logins_total{outcome="failed"} 5"#,
        r#"openmds_logins_total{outcome="refused"} 3"#,
        r#"openmds_logins_total{outcome="succeeded"} 3"#,
        "openmds_login_failures_remembered 1",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn users_who_do_not_exist_wait_like_others() {
    let mut world = World::new();
    world.set("openmds.login.failures.max", "1");
    let desk = world.start().await;
    for user in ["alice", "nobody"] {
        let failed = log_in(&desk, user, "guess", HERE).await.is(401).message();
        assert_eq!(failed, "the user name or the password is wrong");
        log_in(&desk, user, "guess", HERE).await.is(429);
    }
}
