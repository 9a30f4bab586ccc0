//! Unmodified clients at a broker's OAUTHBEARER listener: users of this server, by its token endpoint.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use openmds_playground::acls::STORY_TOPIC;
use openmds_playground::http::Http;
use openmds_playground::shape::{HOME, LOGS, PAYMENTS};
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::loops::{USER, java, librdkafka};
use crate::world::World;

/// Short lives, so that every client comes back for fresh tokens while it is watched.
const LIFE_MS: &str = "12000";
const PUBLISH_MS: &str = "4000";

/// Clients of Java and of librdkafka log in through the token endpoint at brokers whose validator is
/// the plugin's, and go on while the signing key is replaced.
pub(crate) fn clients_log_in_and_stay_through_a_rotation(world: &World) -> Result<()> {
    let server = world.playground.server();
    server.configure(&[
        ("confluent.metadata.server.token.max.lifetime.ms", LIFE_MS),
        ("openmds.token.keys.publish.ms", PUBLISH_MS),
    ])?;
    server.restart()?;
    let outcome = rotate_under_clients(world);
    server.configure(&[])?;
    server.restart()?;
    outcome?;
    if world.playground.release().broker.starts_with("3.") {
        // Kafka's own validator of 3.9 reads its file of keys once.
        for name in [HOME.name, LOGS.name] {
            let cluster = world.playground.cluster(name)?;
            cluster.stop()?;
            cluster.start()?;
        }
    }
    world.applied()
}

fn rotate_under_clients(world: &World) -> Result<()> {
    let topic = format!("{STORY_TOPIC}-oauth-{}", uuid::Uuid::new_v4().simple());
    prepare(world, &topic)?;
    let mut loops = vec![java(world, &topic)?, librdkafka(world, &topic)?];
    for one in &mut loops {
        one.carries("before")?;
    }
    let mut admin = server(world)?;
    admin.log_in("mds", world.playground.blueprint().password("mds")?)?;
    let before = signing_key(world)?;
    let rotated = admin.post("keys/rotate", &json!({}))?;
    ensure!(rotated.status == 200, "{} {}", rotated.status, rotated.body);
    let deadline = Instant::now() + Duration::from_secs(60);
    while signing_key(world)? == before {
        ensure!(Instant::now() < deadline, "the new key never signs");
        thread::sleep(Duration::from_millis(200));
    }
    // For longer than any token of the old key lives, records go through.
    let end = Instant::now() + Duration::from_millis(LIFE_MS.parse::<u64>()? + 3_000);
    let mut number = 0;
    while Instant::now() < end {
        for one in &mut loops {
            one.carries(&format!("after-{number}"))?;
        }
        number += 1;
        thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

/// The server refuses a revoked token at once, also where it would be exchanged for a fresh one, and
/// gives no token to a user who is no more. Brokers learn of either when the token ends.
pub(crate) fn the_revoked_are_refused_where_the_server_is_asked(world: &World) -> Result<()> {
    let mut bob = server(world)?;
    bob.log_in("bob", world.playground.blueprint().password("bob")?)?;
    let token = bob.token().context("bob is logged in")?.to_owned();
    ensure!(bob.get("roleNames")?.status == 200);
    let revoked = bob.post("revocations", &json!({ "token": token }))?;
    ensure!(revoked.status == 200, "{} {}", revoked.status, revoked.body);
    for path in ["roleNames", "authenticate"] {
        let asked = bob.get(path)?;
        ensure!(
            asked.status == 401,
            "{path}: {} {}",
            asked.status,
            asked.body
        );
    }
    let (status, body) = token_of(world, "bob")?;
    ensure!(
        status == 200 && body["token_type"] == "Bearer",
        "{status} {body}"
    );
    without(world, "bob", || {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let (status, body) = token_of(world, "bob")?;
            if status == 401 {
                ensure!(body["error"] == "invalid_client", "{body}");
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "bob still gets tokens");
            thread::sleep(Duration::from_millis(200));
        }
    })?;
    let deadline = Instant::now() + Duration::from_secs(60);
    while token_of(world, "bob")?.0 != 200 {
        ensure!(Instant::now() < deadline, "bob gets no token any more");
        thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// What a client asks with a name and a password in the body of the request.
fn token_of(world: &World, user: &str) -> Result<(u16, Value)> {
    let password = world.playground.blueprint().password(user)?;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", user),
        ("client_secret", password),
    ];
    let answer = server(world)?.post_form("/oauth2/token", &form)?;
    Ok((answer.status.as_u16(), answer.body))
}

/// Takes a user out of the user store for as long as something lasts.
fn without(world: &World, user: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let file = world.playground.layout().server().join("users");
    let all = fs::read_to_string(&file)?;
    let start = format!("{user}:");
    let fewer: Vec<&str> = all
        .lines()
        .filter(|line| !line.starts_with(&start))
        .collect();
    fs::write(&file, format!("{}\n", fewer.join("\n")))?;
    let outcome = work();
    fs::write(&file, all)?;
    outcome
}

fn server(world: &World) -> Result<Http> {
    world.playground.server().http()
}

/// The id of the key that signs now.
fn signing_key(world: &World) -> Result<String> {
    let mut http = server(world)?;
    http.log_in(USER, world.playground.blueprint().password(USER)?)?;
    let token = http.token().context("a token")?;
    Ok(token.split('.').next().unwrap_or_default().to_owned())
}

/// A topic that the user may use.
fn prepare(world: &World, topic: &str) -> Result<()> {
    let create = ["--create", "--topic", topic];
    world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    let principal = format!("User:{USER}");
    let allow = [
        "--add",
        "--allow-principal",
        &principal,
        "--producer",
        "--consumer",
        "--topic",
        topic,
        "--group",
        topic,
        "--resource-pattern-type",
        "prefixed",
    ];
    world
        .admin_tool(Tool::Acls, PAYMENTS.name, &allow)
        .map(drop)
}
