//! Revoked tokens are refused at once, by every way they can be meant, across restarts, and only as
//! long as it matters.

use axum::http::Method;
use openmds_server::tokens::OWN_PRINCIPAL;
use serde_json::{Value, json};

use crate::bearer::{exchanged, part, status, token, with_token};
use crate::desk::{Desk, eventually};
use crate::world::World;

async fn revoke(desk: &Desk, user: &str, what: &Value) -> Value {
    let answer = desk.post(user, "/revocations", what).await;
    answer.is(200).json()
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_is_refused_with_all_that_it_was_exchanged_for() {
    let world = World::new();
    let desk = world.start().await;
    let stolen = token(&desk, "alice").await;
    let other = token(&desk, "alice").await;
    world.clock.advance(3500);
    let second = exchanged(&desk, &stolen).await;
    let third = exchanged(&desk, &second).await;
    assert_eq!(part(&third, 1)["sid"], part(&stolen, 1)["jti"]);
    assert_eq!(part(&third, 1)["auth_time"], part(&stolen, 1)["auth_time"]);
    // A user needs no right to end what is his.
    let said = revoke(&desk, "alice", &json!({"token": second})).await;
    let expected = json!({
        "tokenId": part(&stolen, 1)["jti"], "revokedBy": "User:alice",
        "revokedAt": "2026-01-02T04:02:25Z", "forgottenAt": "2026-01-02T05:03:25Z",
    });
    assert_eq!(said, expected);
    for token in [&stolen, &second, &third] {
        let answer = with_token(&desk, Method::GET, "/roles", token, None).await;
        assert_eq!(
            answer.is(401).message(),
            "the token was revoked; log in again"
        );
    }
    assert_eq!(status(&desk, &other).await, 200);
    // Again, and by a token that is already refused.
    assert_eq!(
        revoke(&desk, "alice", &json!({"token": third})).await,
        expected
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_can_be_named_by_its_id() {
    let world = World::new();
    let desk = world.start().await;
    let stolen = token(&desk, "alice").await;
    let child = exchanged(&desk, &stolen).await;
    let id = part(&stolen, 1)["jti"].clone();
    // Whose it is, an id does not show: that takes the right.
    let what = json!({"tokenId": id});
    desk.post("alice", "/revocations", &what).await.is(403);
    assert_eq!(revoke(&desk, "mds", &what).await["tokenId"], id);
    assert_eq!(status(&desk, &stolen).await, 401);
    assert_eq!(status(&desk, &child).await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_users_tokens_end_now_and_a_login_right_after_is_good() {
    let world = World::new();
    let desk = world.start().await;
    let bobs = token(&desk, "bob").await;
    // All of it within one second, again and again.
    for round in 0..3 {
        let before = token(&desk, "alice").await;
        assert_eq!(status(&desk, &before).await, 200, "round {round}");
        revoke(&desk, "mds", &json!({"principal": "User:alice"})).await;
        assert_eq!(status(&desk, &before).await, 401, "round {round}");
        let after = token(&desk, "alice").await;
        assert_eq!(status(&desk, &after).await, 200, "round {round}");
        let child = exchanged(&desk, &after).await;
        assert_eq!(status(&desk, &child).await, 200, "round {round}");
        let said = part(&after, 1);
        let (iat, exp) = (said["iat"].as_i64().unwrap(), said["exp"].as_i64().unwrap());
        assert!(
            (1_767_323_045..=1_767_323_046).contains(&iat),
            "never far ahead"
        );
        assert_eq!(exp, 1_767_323_045 + 3600, "and never longer");
    }
    assert_eq!(status(&desk, &bobs).await, 200);
    world.clock.advance(10);
    let later = token(&desk, "alice").await;
    assert_eq!(part(&later, 1)["auth_time"], 1_767_323_055);
    // A user may end all of his own.
    revoke(&desk, "alice", &json!({"principal": "User:alice"})).await;
    assert_eq!(status(&desk, &later).await, 401);
}

#[tokio::test(start_paused = true)]
async fn everything_before_a_time_ends() {
    let world = World::new();
    let desk = world.start().await;
    let old = [token(&desk, "alice").await, token(&desk, "mds").await];
    world.clock.advance(100);
    let fresh = [token(&desk, "alice").await, token(&desk, "mds").await];
    // The second that is named is the first that stays.
    let what = json!({"issuedBefore": "2026-01-02T03:05:45Z"});
    let said = revoke(&desk, "mds", &what).await;
    assert_eq!(said["issuedBefore"], "2026-01-02T03:05:45Z");
    assert!(said.get("principal").is_none() && said.get("tokenId").is_none());
    for index in [0, 1] {
        assert_eq!(status(&desk, &old[index]).await, 401);
        assert_eq!(status(&desk, &fresh[index]).await, 200);
    }
    // Within a second nobody knows what came first: all of it goes.
    let what = json!({"principal": "User:alice", "issuedBefore": "2026-01-02T03:05:45.000001Z"});
    desk.post("mds", "/revocations", &what).await.is(400);
    world.clock.advance(1);
    revoke(&desk, "mds", &what).await;
    assert_eq!(status(&desk, &fresh[0]).await, 401);
    assert_eq!(status(&desk, &fresh[1]).await, 200);
    // An earlier time says nothing new.
    let earlier = json!({"issuedBefore": "2026-01-01T00:00:00Z"});
    let said = revoke(&desk, "mds", &earlier).await;
    assert_eq!(said["issuedBefore"], "2026-01-02T03:05:45Z");
}

#[tokio::test(start_paused = true)]
async fn revocations_survive_a_restart_and_are_forgotten_in_time() {
    let world = World::new();
    let desk = world.start().await;
    let [one, two] = [token(&desk, "alice").await, token(&desk, "bob").await];
    revoke(&desk, "mds", &json!({"token": one})).await;
    revoke(&desk, "mds", &json!({"principal": "User:bob"})).await;
    desk.kill().await;
    let desk = world.start().await;
    for token in [&one, &two] {
        assert_eq!(status(&desk, token).await, 401);
    }
    let list = desk.get("mds", "/revocations").await.is(200).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["principal"], "User:bob");
    // Until the last token is gone, and a little longer for an exchange under way.
    world.clock.advance(3659);
    let list = desk.get("mds", "/revocations").await.is(200).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    world.clock.advance(1);
    let list = desk.get("mds", "/revocations").await.is(200).json();
    assert_eq!(list, json!([]));
    eventually("the store forgot them", || async {
        let left = desk.app.present().revocations().iter().count();
        (left == 0).then_some(())
    })
    .await;
    desk.kill().await;
    let raw = rusqlite::Connection::open(world.folder.path().join("store/openmds.sqlite"));
    let count = raw.unwrap().query_row(
        "SELECT count(*) FROM log WHERE key LIKE 'revocation/%'",
        [],
        |row| row.get::<_, i64>(0),
    );
    assert_eq!(count.unwrap(), 1, "only the word that they are forgotten");
    let desk = world.start().await;
    assert_eq!(status(&desk, &two).await, 401, "it expired long ago");
}

#[tokio::test(start_paused = true)]
async fn a_shorter_life_of_tokens_forgets_no_longer_lived_ones() {
    let mut world = World::new();
    let desk = world.start().await;
    let long = token(&desk, "alice").await;
    desk.kill().await;
    world.set("confluent.metadata.server.token.max.lifetime.ms", "1000");
    let desk = world.start().await;
    revoke(&desk, "mds", &json!({"token": long})).await;
    world.clock.advance(3000);
    desk.app.put_tokens_in_order().await.unwrap();
    assert_eq!(status(&desk, &long).await, 401);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_revoke_hears_so() {
    let world = World::new();
    let desk = world.start().await;
    desk.knows_home().await;
    desk.grant("bob", "SystemAdmin", "home-id").await;
    let mds = token(&desk, "mds").await;
    let others = [
        json!({"token": mds}),
        json!({"principal": "User:mds"}),
        json!({"tokenId": "x"}),
        json!({"issuedBefore": "2026-01-02T00:00:00Z"}),
    ];
    for what in &others {
        let message = desk.post("alice", "/revocations", what).await.is(403);
        let message = message.message();
        assert!(
            message.starts_with("User:alice not permitted to Alter on other people's tokens"),
            "{message}"
        );
    }
    desk.get("alice", "/revocations").await.is(403);
    assert_eq!(status(&desk, &mds).await, 200);
    for what in &others {
        revoke(&desk, "bob", what).await;
    }
    assert_eq!(status(&desk, &mds).await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_names_nothing_revocable_is_refused() {
    let world = World::new();
    let desk = world.start().await;
    let foreign = token(&desk, "alice").await;
    let cut = &foreign[..foreign.len() - 6];
    let own = format!("User:{OWN_PRINCIPAL}");
    let wrong = [
        (json!({}), "say what to revoke"),
        (
            json!({"token": foreign, "principal": "User:alice"}),
            "say what to revoke",
        ),
        (
            json!({"tokenId": "x", "issuedBefore": "2026-01-01T00:00:00Z"}),
            "say what",
        ),
        (json!({"token": cut}), "token: it is not a token that"),
        (json!({"token": ""}), "token: it is not a token that"),
        (
            json!({"tokenId": "a/b"}),
            "tokenId: it is not the `jti` of a token",
        ),
        (
            json!({"tokenId": "x".repeat(65)}),
            "tokenId: it is not the `jti` of a token",
        ),
        (json!({"principal": "Group:admins"}), "is not a user"),
        (json!({"principal": "alice"}), "alice"),
        (json!({"issuedBefore": "yesterday"}), "is not a time"),
        (
            json!({"issuedBefore": "2026-01-02T03:04:06Z"}),
            "lies in the future",
        ),
        (json!({"principal": 7}), "the body cannot be used"),
    ];
    for (what, said) in wrong {
        let message = desk.post("mds", "/revocations", &what).await.is(400);
        let message = message.message();
        assert!(message.contains(said), "{what}: {message}");
        assert!(!message.contains(cut), "a token is not repeated");
    }
    assert_eq!(status(&desk, &foreign).await, 200);
    // The server's own tokens are nobody's here; naming their user changes nothing.
    revoke(&desk, "mds", &json!({"principal": own})).await;
}
