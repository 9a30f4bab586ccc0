//! Keys turn in three steps while the server runs, and whatever happens to it meanwhile
//! (`rulings.md` 17).

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use axum::http::Method;
use openmds_server::tokens::{SigningAlgorithm, SigningKey, generate};
use serde_json::json;

use crate::bearer::{key_id, part, published, status, token, with_token};
use crate::desk::Desk;
use crate::world::{World, key_pem};

/// Published for a thousand seconds; users' tokens live for a hundred, the server's own for 120.
fn world() -> World {
    let mut world = World::new();
    world.set("openmds.token.keys.publish.ms", "1000000");
    world.set("confluent.metadata.server.token.max.lifetime.ms", "100000");
    let copy = world.folder.path().join("jwks.json");
    world.set("openmds.token.jwks.path", copy.to_str().unwrap());
    world
}

fn first_key() -> String {
    let key = SigningKey::from_pem(key_pem().as_bytes()).unwrap();
    key.id().to_string()
}

async fn rotate(desk: &Desk, algorithm: &str) -> String {
    let body = json!({"algorithm": algorithm});
    let answer = desk.post("mds", "/keys/rotate", &body).await.is(200);
    answer.json()["keyId"].as_str().unwrap().to_string()
}

/// The state of each key that `GET keys` names.
async fn states(desk: &Desk) -> Vec<(String, String)> {
    let keys = desk.get("mds", "/keys").await.is(200).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    let keys = keys.as_array().unwrap().iter();
    keys.map(|key| (text(&key["keyId"]), text(&key["state"])))
        .collect()
}

fn state(id: &str, state: &str) -> (String, String) {
    (id.to_string(), state.to_string())
}

fn file_of(world: &World, id: &str) -> PathBuf {
    world.folder.path().join(format!("token-key-{id}.pem"))
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_published_then_signs_then_is_the_only_one() {
    let world = world();
    let desk = world.start().await;
    let first = first_key();
    assert_eq!(states(&desk).await, [state(&first, "SIGNING")]);
    let body = json!({"algorithm": "ES256"});
    let made = desk.post("mds", "/keys/rotate", &body).await.is(200).json();
    let second = made["keyId"].as_str().unwrap().to_string();
    let expected = json!({
        "keyId": second, "algorithm": "ES256", "state": "PUBLISHED",
        "publishedAt": "2026-01-02T03:04:05Z", "signsFrom": "2026-01-02T03:20:45Z",
    });
    assert_eq!(made, expected);
    let copy = || std::fs::read_to_string(world.folder.path().join("jwks.json")).unwrap();

    // Published, and nothing else.
    let both = [first.clone(), second.clone()];
    assert_eq!(published(&desk).await, both);
    assert!(copy().contains(&second) && !copy().contains("\"d\""));
    world.clock.advance(999);
    let by_first = token(&desk, "alice").await;
    assert_eq!(key_id(&by_first), first);
    let last_state = [state(&first, "SIGNING"), state(&second, "PUBLISHED")];
    assert_eq!(states(&desk).await, last_state);

    // It signs; what the first one signed goes on.
    world.clock.advance(1);
    let by_second = token(&desk, "alice").await;
    assert_eq!(key_id(&by_second), second);
    assert_eq!(part(&by_second, 0)["alg"], "ES256");
    let keys = desk.get("mds", "/keys").await.is(200).json();
    assert_eq!(keys[0]["state"], "VERIFYING");
    assert_eq!(keys[0]["retiresAt"], "2026-01-02T03:22:45Z");
    for token in [&by_first, &by_second] {
        assert_eq!(status(&desk, token).await, 200);
    }
    world.clock.advance(98);
    assert_eq!(status(&desk, &by_first).await, 200);
    assert_eq!(published(&desk).await, both);

    // Nothing that the first one signed is left.
    world.clock.advance(22);
    assert_eq!(published(&desk).await, std::slice::from_ref(&second));
    assert_eq!(states(&desk).await, [state(&second, "SIGNING")]);
    desk.app.put_tokens_in_order().await.unwrap();
    assert!(!copy().contains(&first) && copy().contains(&second));
    // The operator's own file stays; that of a rotated key goes when it is retired.
    assert!(world.folder.path().join("key.pem").exists());
    let third = rotate(&desk, "RS256").await;
    world.clock.advance(1120);
    desk.app.put_tokens_in_order().await.unwrap();
    assert!(!file_of(&world, &second).exists() && file_of(&world, &third).exists());
    assert_eq!(states(&desk).await, [state(&third, "SIGNING")]);
}

#[tokio::test(start_paused = true)]
async fn keys_are_for_their_owner_and_copies_may_be_kept_for_a_while() {
    let world = world();
    let desk = world.start().await;
    let second = rotate(&desk, "RS256").await;
    let mode = std::fs::metadata(file_of(&world, &second)).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let key = SigningKey::load(&file_of(&world, &second)).unwrap();
    assert_eq!(key.id(), second, "the id is the key's thumbprint");
    let set = desk.get("nobody", "/jwks.json").await.is(200);
    assert_eq!(set.header("cache-control"), ["public, max-age=250"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_rotation_hears_when_to_come_back() {
    let world = world();
    let desk = world.start().await;
    let nothing = desk
        .call("mds", Method::POST, "/security/1.0/keys/rotate", None)
        .await;
    let made = nothing.is(200).json();
    assert_eq!(
        made["algorithm"], "RS256",
        "as before, unless told otherwise"
    );
    let again = desk.post("mds", "/keys/rotate", &json!({})).await.is(409);
    let id = made["keyId"].as_str().unwrap();
    assert_eq!(
        again.message(),
        format!(
            "a rotation is under way: the key {id} is published and signs from 2026-01-02T03:20:45Z. Repeat after that"
        )
    );
    assert_eq!(published(&desk).await.len(), 2);
    world.clock.advance(1000);
    rotate(&desk, "ES256").await;
    for (body, said) in [
        (json!({"algorithm": "HS256"}), "use RS256 or ES256"),
        (json!({"algorithm": 7}), "the body cannot be used"),
        (json!("ES256"), "the body cannot be used"),
    ] {
        let message = desk.post("mds", "/keys/rotate", &body).await.is(400);
        assert!(message.message().contains(said), "{}", message.message());
    }
}

#[tokio::test(start_paused = true)]
async fn only_who_secures_everything_may_turn_keys() {
    let world = world();
    let desk = world.start().await;
    desk.knows_home().await;
    desk.grant("alice", "SystemAdmin", "home-id").await;
    desk.grant("bob", "UserAdmin", "home-id").await;
    desk.get("alice", "/keys").await.is(200);
    let refused = desk.get("bob", "/keys").await.is(403).message();
    assert!(
        refused.starts_with(
            "User:bob not permitted to Alter on the signing keys (SecurityMetadata at "
        ),
        "{refused}"
    );
    desk.post("bob", "/keys/rotate", &json!({})).await.is(403);
    assert_eq!(published(&desk).await.len(), 1);
    desk.post("alice", "/keys/rotate", &json!({})).await.is(200);
}

#[tokio::test(start_paused = true)]
async fn a_restart_goes_on_and_counts_the_waiting_anew() {
    let world = world();
    let desk = world.start().await;
    let first = first_key();
    let old = token(&desk, "alice").await;
    let second = rotate(&desk, "ES256").await;
    world.clock.advance(999);
    desk.kill().await;
    // While nobody could fetch keys, nobody learned the new one.
    world.clock.advance(5000);
    let desk = world.start().await;
    assert_eq!(published(&desk).await, [first.clone(), second.clone()]);
    assert_eq!(key_id(&token(&desk, "alice").await), first);
    assert_eq!(status(&desk, &old).await, 401, "it has expired");
    world.clock.advance(1000);
    let by_second = token(&desk, "alice").await;
    assert_eq!(key_id(&by_second), second);
    desk.app.put_tokens_in_order().await.unwrap();
    desk.kill().await;
    // Once it has begun, no restart puts it off.
    let desk = world.start().await;
    assert_eq!(key_id(&token(&desk, "alice").await), second);
    assert_eq!(status(&desk, &by_second).await, 200);
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_rotation_leaves_does_no_harm() {
    let world = world();
    let desk = world.start().await;
    let first = first_key();
    desk.kill().await;
    // Killed between the file and the record: a key that nothing refers to, half of another, and a
    // copy of the key set that names a key which never came to be.
    let orphan = world.folder.path().join("token-key-orphan.pem");
    generate(&orphan, SigningAlgorithm::Es256).unwrap();
    std::fs::write(file_of(&world, "half"), "-----BEGIN PRIV").unwrap();
    let copy = world.folder.path().join("jwks.json");
    std::fs::write(&copy, "{\"keys\": []}").unwrap();
    let desk = world.start().await;
    assert_eq!(published(&desk).await, std::slice::from_ref(&first));
    let served = desk.get("nobody", "/jwks.json").await.is(200);
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), served.text());
    let second = rotate(&desk, "RS256").await;
    assert_eq!(published(&desk).await, [first, second]);
}

#[tokio::test(start_paused = true)]
async fn lost_and_replaced_files_are_noticed_at_start() {
    let mut world = world();
    let desk = world.start().await;
    let first = first_key();
    let waiting = rotate(&desk, "ES256").await;
    desk.kill().await;
    // The key that waits is lost: the first one goes on as if nothing had been.
    std::fs::remove_file(file_of(&world, &waiting)).unwrap();
    let desk = world.start().await;
    assert_eq!(published(&desk).await, std::slice::from_ref(&first));
    world.clock.advance(2000);
    assert_eq!(key_id(&token(&desk, "alice").await), first);
    let old = token(&desk, "alice").await;
    desk.kill().await;
    // The first key's file is replaced by hand: the new one signs at once, since the old one
    // cannot, and what the old one signed still verifies.
    let path = world.folder.path().join("key.pem");
    std::fs::remove_file(&path).unwrap();
    let second = generate(&path, SigningAlgorithm::Es256).unwrap();
    let desk = world.start().await;
    assert_eq!(key_id(&token(&desk, "alice").await), second.id());
    assert_eq!(status(&desk, &old).await, 200);
    let third = rotate(&desk, "RS256").await;
    world.clock.advance(1000);
    assert_eq!(key_id(&token(&desk, "alice").await), third);
    desk.app.put_tokens_in_order().await.unwrap();
    desk.kill().await;
    // The first file is not needed any more.
    std::fs::remove_file(&path).unwrap();
    let desk = world.start().await;
    assert_eq!(key_id(&token(&desk, "alice").await), third);
    desk.kill().await;
    // The one that signs is.
    std::fs::remove_file(file_of(&world, &third)).unwrap();
    let error = refusal(&world).await;
    assert!(error.contains("it is the key that signs"), "{error}");
    // A key of another kind than the settings say.
    world.set(
        "confluent.metadata.server.token.signature.algorithm",
        "ES256",
    );
    let fresh = world.folder.path().join("another");
    world.set("openmds.store.path", fresh.to_str().unwrap());
    std::fs::write(&path, key_pem()).unwrap();
    let error = refusal(&world).await;
    assert!(error.contains("the key signs with RS256, but"), "{error}");
}

async fn refusal(world: &World) -> String {
    let settings = openmds_server::config::Settings::load(&world.config()).unwrap();
    let log = openmds_server::store::SqliteLog::open(&settings.store_path).unwrap();
    let (fleet, clock) = (world.fleet.clone(), world.clock.clone());
    let started = openmds_server::assemble(
        settings,
        std::sync::Arc::new(fleet),
        clock,
        std::sync::Arc::new(log),
    );
    started.await.err().unwrap().to_string()
}

#[tokio::test(start_paused = true)]
async fn a_stolen_key_is_withdrawn_at_once() {
    let world = world();
    let desk = world.start().await;
    let first = first_key();
    let honest = token(&desk, "alice").await;
    let path = |id: &str| format!("/keys/{id}");
    let refused = desk.delete("mds", &path(&first), None).await.is(409);
    assert!(refused.message().contains("rotate first"));
    desk.delete("mds", &path("unknown"), None).await.is(404);
    desk.delete("alice", &path(&first), None).await.is(403);
    let second = rotate(&desk, "ES256").await;
    desk.delete("mds", &path(&first), None).await.is(204);
    assert_eq!(published(&desk).await, std::slice::from_ref(&second));
    assert_eq!(status(&desk, &honest).await, 401);
    let fresh = token(&desk, "alice").await;
    assert_eq!(key_id(&fresh), second);
    assert_eq!(status(&desk, &fresh).await, 200);
    desk.delete("mds", &path(&first), None).await.is(404);
    desk.kill().await;
    // The file is still there, and does not come back.
    let desk = world.start().await;
    assert_eq!(published(&desk).await, std::slice::from_ref(&second));
    assert_eq!(status(&desk, &honest).await, 401);
    // One that only waits goes as if it had never been.
    let third = rotate(&desk, "RS256").await;
    desk.delete("mds", &path(&third), None).await.is(204);
    assert_eq!(published(&desk).await, std::slice::from_ref(&second));
    assert!(!file_of(&world, &third).exists());
    rotate(&desk, "RS256").await;
    assert_eq!(status(&desk, &fresh).await, 200);
}

#[tokio::test(start_paused = true)]
async fn an_es256_server_signs_and_verifies_its_own() {
    let mut world = world();
    let path = world.folder.path().join("key.pem");
    std::fs::remove_file(&path).unwrap();
    generate(&path, SigningAlgorithm::Es256).unwrap();
    world.set(
        "confluent.metadata.server.token.signature.algorithm",
        "ES256",
    );
    let desk = world.start().await;
    let alice = token(&desk, "alice").await;
    assert_eq!(part(&alice, 0)["alg"], "ES256");
    assert_eq!(status(&desk, &alice).await, 200);
    let set = desk.get("nobody", "/jwks.json").await.is(200).json();
    let members: Vec<&String> = set["keys"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let cross = with_token(&desk, Method::GET, "/authenticate", &alice, None).await;
    cross.is(200);
}
