//! A directory that is away, slow, or refuses us.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::login::log_in;
use super::slapd::Slapd;
use crate::desk::eventually;
use crate::world::World;

#[tokio::test]
async fn groups_outlive_a_directory_that_is_away_and_logins_are_told_so() {
    let mut directory = Slapd::start();
    let world = World::with_ldap(&directory);
    let desk = world.start().await;
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    desk.post("mds", "/principals/Group:auditors/roles/AuditAdmin", &scope)
        .await
        .is(204);
    let answer = log_in(&desk, "alice", "alice-secret").await.is(200).json();
    let token = format!("Bearer {}", answer["auth_token"].as_str().unwrap());
    directory.stop();
    let answer = log_in(&desk, "alice", "alice-secret").await.is(503);
    assert_eq!(answer.json()["type"], "UNAVAILABLE");
    assert!(
        answer
            .message()
            .starts_with("passwords cannot be checked now: the LDAP directory")
    );
    // A token needs no directory, and its bearer is still in the group.
    let request = || {
        axum::http::Request::builder()
            .uri("/security/1.0/audit/config")
            .header("authorization", &token)
            .body(axum::body::Body::empty())
            .unwrap()
    };
    desk.send(request()).await.is(200);
    directory.resume();
    log_in(&desk, "alice", "alice-secret").await.is(200);
    desk.send(request()).await.is(200);
}

#[tokio::test]
async fn groups_do_not_outlive_it_for_ever() {
    let mut directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("ldap.retry.timeout.ms", "300");
    let desk = world.start().await;
    assert_eq!(desk.app.directory.groups_of("alice").len(), 1);
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    desk.post("mds", "/principals/Group:auditors/roles/AuditAdmin", &scope)
        .await
        .is(204);
    let stored = || -> Vec<String> { desk.app.present().memberships().keys().cloned().collect() };
    eventually("the group is stored for brokers", || async {
        (stored() == ["alice"]).then_some(())
    })
    .await;
    directory.stop();
    eventually("nobody is in any group", || async {
        desk.app
            .directory
            .groups_of("alice")
            .is_empty()
            .then_some(())
    })
    .await;
    // What brokers get stays as it was: no answer is no news.
    assert!(!desk.app.put_memberships_in_order().await.unwrap());
    assert_eq!(stored(), ["alice"]);
    directory.resume();
    eventually("alice is in the group again", || async {
        (desk.app.directory.groups_of("alice").len() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_starts_without_its_directory_and_finds_it_later() {
    let mut directory = Slapd::start();
    directory.stop();
    let world = World::with_ldap(&directory);
    let desk = world.start().await;
    log_in(&desk, "alice", "alice-secret").await.is(503);
    directory.resume();
    log_in(&desk, "alice", "alice-secret").await.is(200);
    eventually("the groups are read", || async {
        (desk.app.directory.groups_of("alice").len() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn another_server_of_the_list_answers() {
    let directory = Slapd::start();
    let mut away = Slapd::start();
    away.stop();
    let mut world = World::with_ldap(&directory);
    let urls = format!("{} {}", away.url(), directory.url());
    world.set("ldap.java.naming.provider.url", &urls);
    let desk = world.start().await;
    log_in(&desk, "alice", "alice-secret").await.is(200);
}

#[tokio::test]
async fn a_directory_that_never_answers_holds_nobody_up() {
    let directory = Slapd::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut world = World::with_ldap(&directory);
    let url = format!("ldap://{}", silent.local_addr().unwrap());
    world
        .set("ldap.java.naming.provider.url", &url)
        .set("ldap.com.sun.jndi.ldap.read.timeout", "100");
    let desk = world.start().await;
    let started = Instant::now();
    let message = log_in(&desk, "alice", "alice-secret")
        .await
        .is(503)
        .message();
    assert!(message.contains("did not answer in time"), "{message}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn an_account_that_is_refused_is_named() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world.set("ldap.java.naming.security.credentials", "wrong");
    let desk = world.start().await;
    let message = log_in(&desk, "alice", "alice-secret")
        .await
        .is(503)
        .message();
    assert!(
        message.contains("ldap.java.naming.security.principal"),
        "{message}"
    );
    // Without an account the search is anonymous.
    desk.kill().await;
    world.set("ldap.java.naming.security.authentication", "none");
    let desk = world.start().await;
    log_in(&desk, "alice", "alice-secret").await.is(200);
}

#[tokio::test]
async fn properties_that_mean_nothing_stop_the_start() {
    let directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    world
        .set("ldap.sasl.mechanism", "GSSAPI")
        .set("ldap.user.serch.base", "x")
        .set("ldap.user.search.scope", "3")
        .set("ldap.group.name.attribute.pattern", "(")
        .set("ldap.java.naming.security.credentials", "")
        .set("ldap.java.naming.provider.url", "http://x");
    let message = world.refuses_to_start().await;
    for property in [
        "ldap.sasl.mechanism: Kerberos",
        "ldap.user.serch.base: is not",
        "ldap.user.search.scope: `3`",
        "ldap.group.name.attribute.pattern: ",
        "ldap.java.naming.security.credentials: is required",
        "ldap.java.naming.provider.url: `http://x`",
    ] {
        assert!(message.contains(property), "{property}: {message}");
    }
}

#[tokio::test]
async fn nobody_is_impersonated_while_groups_are_unknown() {
    let mut directory = Slapd::start();
    let mut world = World::with_ldap(&directory);
    let server = "confluent.metadata.server.impersonation";
    world
        .set(&format!("{server}.super.users"), "User:alice")
        .set(&format!("{server}.protected.users"), "Group:auditors")
        .set("ldap.retry.timeout.ms", "300");
    let desk = world.start().await;
    let answer = log_in(&desk, "alice", "alice-secret").await.is(200).json();
    let token = format!("Bearer {}", answer["auth_token"].as_str().unwrap());
    let impersonate = async || {
        let target = json!({"targetPrincipalName": "bob", "targetPrincipalType": "USER"});
        let request = Request::post("/security/1.0/impersonate")
            .header("authorization", &token)
            .header("content-type", "application/json")
            .body(Body::from(target.to_string()));
        desk.send(request.unwrap()).await
    };
    impersonate().await.is(200);
    directory.stop();
    eventually("nobody knows the groups", || async {
        (!desk.app.directory.knows_groups()).then_some(())
    })
    .await;
    let answer = impersonate().await.is(503);
    assert_eq!(answer.json()["type"], "UNAVAILABLE");
    assert!(answer.message().contains("Repeat later"));
    directory.resume();
    eventually("groups are known again", || async {
        desk.app.directory.knows_groups().then_some(())
    })
    .await;
    impersonate().await.is(200);
}
