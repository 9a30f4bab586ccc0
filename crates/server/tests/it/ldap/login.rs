//! Logging in with the directory's passwords.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::slapd::Slapd;
use crate::desk::{Answer, Desk};
use crate::tokens::claims;
use crate::world::World;

pub(super) async fn log_in(desk: &Desk, name: &str, password: &str) -> Answer {
    let pair = STANDARD.encode(format!("{name}:{password}"));
    let request = Request::builder()
        .uri("/security/1.0/authenticate")
        .header(header::AUTHORIZATION, format!("Basic {pair}"));
    desk.send(request.body(Body::empty()).unwrap()).await
}

fn subject(answer: &Answer) -> String {
    claims(answer.json()["auth_token"].as_str().unwrap()).sub
}

#[tokio::test]
async fn a_token_carries_the_directorys_spelling() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    let desk = world.start().await;
    for typed in ["alice", "ALICE", "Alice"] {
        let answer = log_in(&desk, typed, "alice-secret").await.is(200);
        assert_eq!(subject(&answer), "alice");
    }
    let weird = "we(i)rd*\\x";
    let answer = log_in(&desk, weird, &format!("{weird}-secret"))
        .await
        .is(200);
    assert_eq!(subject(&answer), weird);
    desk.kill().await;
    world.set("ldap.principal.mapping", "default");
    let desk = world.start().await;
    let answer = log_in(&desk, "ALICE", "alice-secret").await.is(200);
    assert_eq!(subject(&answer), "ALICE");
}

#[tokio::test]
async fn nobody_logs_in_without_the_right_password() {
    let directory = Slapd::start();
    let world = World::with_ldap(&directory);
    let desk = world.start().await;
    let wrong = [
        ("alice", "bob-secret"),
        ("alice", "Alice-secret"),
        // A bind with an empty password succeeds at the directory.
        ("alice", ""),
        ("nobody", "nobody-secret"),
        ("", "alice-secret"),
        // None of these may become part of the filter.
        ("*", "alice-secret"),
        ("al*", "alice-secret"),
        ("alice)(uid=*", "alice-secret"),
        ("*)(objectClass=*", "alice-secret"),
        ("alice))(|(uid=*", "alice-secret"),
        ("alice\\2a", "alice-secret"),
        ("ali\\63e", "alice-secret"),
        ("alice\0", "alice-secret"),
        // Known to the directory, but not as one of the users.
        ("reader", "reader-secret"),
        ("cn=reader,dc=example,dc=org", "reader-secret"),
        // One level only.
        ("dora", "dora-secret"),
        // Nobody becomes the server itself.
        ("_openmds", "_openmds-secret"),
    ];
    for (name, password) in wrong {
        let answer = log_in(&desk, name, password).await;
        assert_eq!(answer.status.as_u16(), 401, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_filter_and_a_scope_say_who_are_users() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world
        .set("ldap.user.search.filter", "(!(employeeType=leaver))")
        .set("ldap.user.search.scope", "2");
    let desk = world.start().await;
    log_in(&desk, "bob", "bob-secret").await.is(401);
    log_in(&desk, "dora", "dora-secret").await.is(200);
    desk.kill().await;
    world.set("ldap.user.search.filter", "(employeeType=");
    let message = world.refuses_to_start().await;
    assert!(
        message.contains("ldap.user.search.filter: `(employeeType=` is no LDAP filter"),
        "{message}"
    );
}

#[tokio::test]
async fn a_name_inside_of_a_value_is_taken_out() {
    let directory = Slapd::start();
    let dn = "uid=alice,ou=users,dc=example,dc=org";
    directory.change(dn, "mail", &["alice@example.org"]).await;
    let mut world = World::with_ldap(&directory);
    world
        .set("ldap.user.name.attribute", "mail")
        .set("ldap.user.name.attribute.pattern", "(.*)@example.org");
    let desk = world.start().await;
    let answer = log_in(&desk, "alice@example.org", "alice-secret")
        .await
        .is(200);
    assert_eq!(subject(&answer), "alice");
    directory.change(dn, "mail", &["alice@example.com"]).await;
    log_in(&desk, "alice@example.com", "alice-secret")
        .await
        .is(401);
}

#[tokio::test]
async fn a_password_verified_a_moment_ago_is_not_verified_again() {
    let mut directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("openmds.ldap.verified.life.ms", "600000");
    let desk = world.start().await;
    let answer = log_in(&desk, "ALICE", "alice-secret").await.is(200);
    assert_eq!(subject(&answer), "alice");
    directory.stop();
    let answer = log_in(&desk, "ALICE", "alice-secret").await.is(200);
    assert_eq!(subject(&answer), "alice");
    log_in(&desk, "ALICE", "other").await.is(503);
    log_in(&desk, "bob", "bob-secret").await.is(503);
}
