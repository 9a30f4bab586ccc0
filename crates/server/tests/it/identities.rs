//! Who somebody is, by files and by certificates (`rbac-registry-tokens.md` 1.7, 3.4.2, 3.4.5).

use axum::body::Body;
use axum::http::{Method, Request, header};
use openmds_server::http::Peer;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, basic, eventually};
use crate::world::World;

/// A certificate, as the listener would hand it on.
pub(crate) fn certificate(names: &[(DnType, &str)]) -> Peer {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, value) in names {
        params.distinguished_name.push(kind.clone(), *value);
    }
    let key = KeyPair::generate().unwrap();
    Peer {
        address: "192.0.2.7:4711".parse().unwrap(),
        certificate: Some(params.self_signed(&key).unwrap().der().to_vec()),
        node: None,
    }
}

async fn from(desk: &Desk, peer: &Peer, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = Request::builder()
        .uri(format!("/security/1.0{path}"))
        .extension(peer.clone());
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    desk.send(request.body(Body::empty()).unwrap()).await
}

/// `sub` of the token in an answer.
fn subject(answer: &Value) -> String {
    crate::tokens::claims(answer["auth_token"].as_str().unwrap()).sub
}

pub(crate) fn with_certificates(rules: &str) -> World {
    let mut world = World::new();
    let server = "confluent.metadata.server";
    world
        .set(&format!("{server}.ssl.client.authentication"), "REQUESTED")
        .set(&format!("{server}.auth.ssl.principal.mapping.rules"), rules);
    world
}

#[tokio::test(start_paused = true)]
async fn a_certificate_proves_who_somebody_is() {
    let world =
        with_certificates("RULE:^CN=([a-z]+)\\\\,.*$/$1/, RULE:^CN=(.*?),OU=Services$/$1/L");
    let desk = world.start().await;
    let alice = certificate(&[
        (DnType::OrganizationalUnitName, "Services"),
        (DnType::CommonName, "ALICE"),
    ]);
    let answer = from(&desk, &alice, "/authenticate", None).await.is(200);
    assert_eq!(subject(&answer.json()), "alice");
    from(&desk, &alice, "/roles", None).await.is(200);
    // An explicit header counts before it, and a wrong one is not forgiven.
    let bob = basic("bob");
    let answer = from(&desk, &alice, "/authenticate", Some(&bob))
        .await
        .is(200);
    assert_eq!(subject(&answer.json()), "bob");
    for wrong in ["Basic !!!", "Bearer x", "Negotiate abc"] {
        from(&desk, &alice, "/roles", Some(wrong)).await.is(401);
    }
    // No rule, no name.
    let stranger = certificate(&[(DnType::CommonName, "x")]);
    let message = from(&desk, &stranger, "/roles", None)
        .await
        .is(401)
        .message();
    assert!(
        message.contains("auth.ssl.principal.mapping.rules") && message.contains("`CN=x`"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_certificate_proves_the_servers_own_name() {
    let world = with_certificates("RULE:^CN=(.*)$/$1/L");
    let desk = world.start().await;
    for name in ["_openmds", "_OpenMDS", ""] {
        let peer = certificate(&[(DnType::CommonName, name)]);
        from(&desk, &peer, "/authenticate", None).await.is(401);
    }
}

#[tokio::test(start_paused = true)]
async fn certificates_mean_nothing_unless_they_are_asked_for() {
    let world = World::new();
    let desk = world.start().await;
    let peer = certificate(&[(DnType::CommonName, "mds")]);
    from(&desk, &peer, "/roles", None).await.is(401);
}

#[tokio::test(start_paused = true)]
async fn certificates_alone_need_no_user_file() {
    let mut world = with_certificates("RULE:^CN=(.*)$/$1/");
    let server = "confluent.metadata.server";
    world
        .set(&format!("{server}.user.store"), "NONE")
        .unset(&format!("{server}.user.store.file.path"));
    let desk = world.start().await;
    let mds = certificate(&[(DnType::CommonName, "mds")]);
    from(&desk, &mds, "/audit/config", None).await.is(200);
    let message = desk.get("alice", "/roles").await.is(401).message();
    assert_eq!(
        message,
        "no passwords are taken here; use a client certificate or a Bearer token"
    );
    let features = desk.get("alice", "/features").await.is(200).json();
    assert_eq!(features["features"]["basic.auth.1.enabled"], false);
}

#[tokio::test(start_paused = true)]
async fn groups_of_a_file_hold_with_every_request_and_change_without_a_restart() {
    let mut world = World::new();
    let path = world.folder.path().join("groups");
    std::fs::write(&path, "audit:alice,bob\n").unwrap();
    world.set(
        "openmds.user.store.file.groups.path",
        path.to_str().unwrap(),
    );
    let desk = world.start().await;
    desk.get("alice", "/audit/config").await.is(403);
    let scope = json!({"clusters": {"kafka-cluster": "home-id"}});
    desk.post("mds", "/principals/Group:audit/roles/AuditAdmin", &scope)
        .await
        .is(204);
    desk.get("alice", "/audit/config").await.is(200);
    // A broken file changes nothing; a good one counts.
    std::fs::write(&path, "no colon\n").unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    desk.get("alice", "/audit/config").await.is(200);
    // In one step: half a file would be another good one.
    world.file("groups", "audit:bob\n");
    eventually("alice has left the group", || async {
        let answer = desk.get("alice", "/audit/config").await;
        (answer.status.as_u16() == 403).then_some(())
    })
    .await;
    desk.get("bob", "/audit/config").await.is(200);
    let known = desk.app.directory.users_and_groups();
    assert!(known.users.contains("bob") && known.groups.contains("audit"));
}

#[tokio::test(start_paused = true)]
async fn users_of_a_file_change_without_a_restart() {
    let world = World::new();
    let desk = world.start().await;
    desk.get("dora", "/roles").await.is(401);
    std::fs::write(world.folder.path().join("users"), "dora:dora-secret\n").unwrap();
    eventually("dora is known", || async {
        let answer = desk.get("dora", "/roles").await;
        (answer.status.as_u16() == 200).then_some(())
    })
    .await;
    desk.get("alice", "/roles").await.is(401);
}

#[tokio::test(start_paused = true)]
async fn a_group_may_be_a_super_user() {
    let mut world = World::new();
    let path = world.folder.path().join("groups");
    std::fs::write(&path, "admins:bob\n").unwrap();
    world
        .set(
            "openmds.user.store.file.groups.path",
            path.to_str().unwrap(),
        )
        .set("super.users", "User:mds;Group:admins");
    let desk = world.start().await;
    desk.call("bob", Method::GET, "/security/1.0/audit/config", None)
        .await
        .is(200);
}

#[tokio::test(start_paused = true)]
async fn broken_files_and_rules_stop_the_start() {
    let mut world = World::new();
    let path = world.folder.path().join("groups");
    std::fs::write(&path, "a:alice\n\n:bob\n").unwrap();
    world.set(
        "openmds.user.store.file.groups.path",
        path.to_str().unwrap(),
    );
    let message = world.refuses_to_start().await;
    assert!(message.contains("line 3: names no group"), "{message}");
    let mut world = with_certificates("RULE:(/x/");
    let message = world.refuses_to_start().await;
    assert!(message.contains("`RULE:(/x/` is no rule"), "{message}");
    world
        .set(
            "confluent.metadata.server.auth.ssl.principal.mapping.rules",
            "DEFAULT",
        )
        .set(
            "confluent.metadata.server.ssl.client.authentication",
            "WANTED",
        );
    let message = world.refuses_to_start().await;
    assert!(message.contains("`WANTED`"), "{message}");
}
