//! Acting in another user's name (`rbac-registry-tokens.md` 3.5).

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::desk::{Answer, Desk};
use crate::tokens::claims;
use crate::world::World;

const SUPER: &str = "confluent.metadata.server.impersonation.super.users";
const PROTECTED: &str = "confluent.metadata.server.impersonation.protected.users";

fn target(name: &str) -> Value {
    json!({"targetPrincipalName": name, "targetPrincipalType": "USER"})
}

async fn with(desk: &Desk, token: &str, path: &str, body: Option<&Value>) -> Answer {
    let request = match body {
        Some(_) => Request::post(format!("/security/1.0{path}")),
        None => Request::get(format!("/security/1.0{path}")),
    };
    let request = request
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
    desk.send(request.body(body).unwrap()).await
}

fn token(answer: &Answer) -> String {
    answer.json()["auth_token"].as_str().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_token_for_somebody_else_says_who_acts() {
    let mut world = World::new();
    world.set(SUPER, "User:bob");
    let desk = world.start().await;
    let answer = desk
        .post("bob", "/impersonate", &target("alice"))
        .await
        .is(200);
    let said = claims(&token(&answer));
    assert_eq!(
        (said.sub.as_str(), said.cp_proxy.as_deref()),
        ("alice", Some("bob"))
    );
    with(&desk, &token(&answer), "/roles", None).await.is(200);
    // An exchanged one says it too, and who acts for one may not go on to another.
    let exchanged = with(&desk, &token(&answer), "/authenticate", None)
        .await
        .is(200);
    assert_eq!(claims(&token(&exchanged)).cp_proxy.as_deref(), Some("bob"));
    let answer = desk
        .post("bob", "/impersonate", &target("CN=carol, OU=x/y"))
        .await
        .is(200);
    let again = target("alice");
    with(&desk, &token(&answer), "/impersonate", Some(&again))
        .await
        .is(403);
}

#[tokio::test(start_paused = true)]
async fn only_those_who_are_named_act_for_others() {
    let mut world = World::new();
    world.unset(SUPER);
    let desk = world.start().await;
    for user in ["alice", "mds"] {
        let message = desk
            .post(user, "/impersonate", &target("bob"))
            .await
            .is(403)
            .message();
        assert!(message.starts_with(&format!("User:{user} not permitted to Impersonate")));
        assert!(message.contains(SUPER));
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_acts_for_the_protected() {
    let mut world = World::new();
    let groups = world.folder.path().join("groups");
    std::fs::write(&groups, "board:alice\nproxies:bob\nadmins:dora\n").unwrap();
    world
        .set(
            "openmds.user.store.file.groups.path",
            groups.to_str().unwrap(),
        )
        .set("super.users", "User:mds;Group:admins")
        .set(SUPER, "Group:proxies")
        .set(PROTECTED, "User:eve;Group:board");
    let desk = world.start().await;
    // Named, by a group, a super user by default, one by a group, and the server itself.
    for name in ["eve", "alice", "mds", "dora", "_openmds"] {
        let message = desk
            .post("bob", "/impersonate", &target(name))
            .await
            .is(403)
            .message();
        assert!(message.contains("protected"), "{message}");
    }
    // Names differ in case, too.
    desk.post("bob", "/impersonate", &target("Eve"))
        .await
        .is(200);
    desk.post("bob", "/impersonate", &target("frank"))
        .await
        .is(200);
    desk.post("bob", "/impersonate", &target("")).await.is(400);
    let group = json!({"targetPrincipalName": "board", "targetPrincipalType": "GROUP"});
    desk.post("bob", "/impersonate", &group).await.is(400);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_read_stops_the_start() {
    for property in [SUPER, PROTECTED] {
        let mut world = World::new();
        world.set(property, "User:a;group:b");
        let message = world.refuses_to_start().await;
        assert!(
            message.contains(&format!("{property}: `group:b` is not a principal")),
            "{message}"
        );
    }
}
