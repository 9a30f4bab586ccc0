//! Server and nodes lose sight of each other, or one of them lost what it knew: what brokers decide then
//! (`docs/reliability.md`).

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{LOGS, Listener, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use openmds_playground::{Node, Playground};
use serde_json::Value;

use crate::world::{REST, World};

const KEPT: &str = "faults-kept";
const NEWER: &str = "faults-newer";

/// Lets bob read a topic of payments (`create`), or no longer (`delete`).
fn bind(world: &World, action: &str, topic: &str) -> Result<()> {
    let resource = format!("Topic:{topic}");
    let id = world.payments()?.id();
    let mut args = vec![
        "iam",
        "rbac",
        "role-binding",
        action,
        "--role",
        "DeveloperRead",
    ];
    args.extend([
        "--principal",
        "User:bob",
        "--resource",
        &resource,
        "--kafka-cluster",
        id,
    ]);
    if action == "delete" {
        args.push("--force");
    }
    world.must("mds", &args).map(drop)
}

fn topics(world: &World) -> Result<()> {
    for topic in [KEPT, NEWER] {
        let create = ["--create", "--if-not-exists", "--topic", topic];
        world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    }
    Ok(())
}

/// The topics of payments that bob sees: those that he may read, and no other.
fn seen(world: &World) -> Result<BTreeSet<String>> {
    let (config, _) = world.client(PAYMENTS.name, "bob")?;
    let listed = world.tool_as(Tool::Topics, PAYMENTS.name, &config, &["--list"])?;
    Ok(listed.split_whitespace().map(ToOwned::to_owned).collect())
}

fn sees(world: &World, expected: &[&str]) -> Result<()> {
    let seen = seen(world)?;
    let right = seen.iter().map(String::as_str).eq(expected.iter().copied());
    ensure!(right, "bob sees {seen:?}, not {expected:?}");
    Ok(())
}

fn sees_at_last(world: &World, expected: &[&str]) -> Result<()> {
    until("bob's rights", || sees(world, expected))
}

/// Again and again until it succeeds.
fn until<T>(what: &str, mut look: impl FnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + REST;
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(error) if Instant::now() > deadline => {
                return Err(error).with_context(|| format!("{what}: not within {REST:?}"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn states(world: &World) -> Result<Vec<String>> {
    let ran = world.must("mds", &["cluster", "nodes", PAYMENTS.name, "-o", "json"])?;
    let answer: Value = serde_json::from_str(&ran.stdout)?;
    let nodes = answer["nodes"]
        .as_array()
        .context("nodes is an array")?
        .iter();
    Ok(nodes
        .map(|node| node["state"].as_str().unwrap_or_default().to_owned())
        .collect())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// The server's store is put back to an older copy: what was bound and revoked since stays in force in brokers, they
/// are listed as refused, and go back when somebody says so.
pub(crate) fn restored_server_takes_nobody_back_unasked(world: &World) -> Result<()> {
    let server = world.playground.server();
    let store = world.playground.layout().server().join("store");
    let backup = world.playground.layout().server().join("backup");
    topics(world)?;
    bind(world, "create", KEPT)?;
    sees_at_last(world, &[KEPT])?;
    server.stop()?;
    copy(&store, &backup)?;
    server.start()?;
    bind(world, "delete", KEPT)?;
    bind(world, "create", NEWER)?;
    sees_at_last(world, &[NEWER])?;
    server.stop()?;
    fs::remove_dir_all(&store)?;
    copy(&backup, &store)?;
    fs::remove_dir_all(&backup)?;
    server.start()?;
    until("every node of payments is refused", || {
        let states = states(world)?;
        ensure!(
            states.len() == 3 && states.iter().all(|state| state == "refused"),
            "{states:?}"
        );
        Ok(())
    })?;
    sees(world, &[NEWER])?;
    world.must("mds", &["cluster", "accept-restore", "--force"])?;
    sees_at_last(world, &[KEPT])?;
    bind(world, "delete", KEPT)
}

fn port(node: &Node, listener: Listener) -> Result<u16> {
    let port = node.plan().ports.get(&listener);
    port.copied().context("the node has this listener")
}

fn is_open(node: &Node, listener: Listener) -> Result<bool> {
    Ok(TcpStream::connect(("127.0.0.1", port(node, listener)?)).is_ok())
}

/// Until the node's listener between brokers is open and it has said this; its listener for clients must be closed then.
fn waits(world: &World, node: &Node, from: usize, saying: &str) -> Result<()> {
    until(saying, || {
        ensure!(node.is_running(), "{}", node.last_words());
        ensure!(
            is_open(node, Listener::Repl)?,
            "its early listener is closed"
        );
        ensure!(said(node, from).contains(saying), "{}", node.last_words());
        Ok(())
    })?;
    ensure!(
        !is_open(node, Listener::Client)?,
        "a node without policy lets clients in"
    );
    ensure!(
        is_open(world.payments()?.node(1)?, Listener::Client)?,
        "the node with a policy is closed"
    );
    Ok(())
}

/// What the node has logged beyond so many bytes.
fn said(node: &Node, from: usize) -> String {
    let log = fs::read_to_string(node.directory().join("logs/server.log")).unwrap_or_default();
    log.get(from..).unwrap_or_default().to_owned()
}

fn token_of(world: &World, cluster: &str) -> Result<String> {
    let args = ["cluster", "enroll", cluster, "--nodes", "1", "-o", "json"];
    let ran = world.must("mds", &args)?;
    let answer: Value = serde_json::from_str(&ran.stdout)?;
    let token = answer["tokens"][0].as_str();
    Ok(token.context("one token")?.to_owned())
}

/// Two brokers start while the server is away. The one with its copy decides by it. The other one lost its directory:
/// it waits, closed to clients, until it has a token that nobody used before, of its own cluster.
pub(crate) fn brokers_start_without_the_server(world: &World) -> Result<()> {
    let server = world.playground.server();
    let payments = world.payments()?;
    let (kept, lost) = (payments.node(1)?, payments.node(2)?);
    let layout = world.playground.layout();
    let token_file = layout.join_token(PAYMENTS.name, 2);
    topics(world)?;
    bind(world, "create", KEPT)?;
    sees_at_last(world, &[KEPT])?;
    server.stop()?;
    kept.stop()?;
    lost.stop()?;
    fs::remove_dir_all(layout.feed(PAYMENTS.name, 2))?;
    let from = said(lost, 0).len();
    kept.start()?;
    lost.start()?;
    kept.wait_until_ready(&[1])?;
    sees(world, &[KEPT])?;
    waits(world, lost, from, "there is no policy yet")?;
    server.start()?;
    waits(world, lost, from, "the token was used before")?;
    fs::write(&token_file, token_of(world, LOGS.name)?)?;
    waits(world, lost, from, "nodes of another cluster")?;
    let own = token_of(world, PAYMENTS.name)?;
    let mut events = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    for reason in ["used-token", "other-cluster"] {
        let event = events.wait_for(REST, |event| {
            text(event, "/data/methodName") == "mds.RefuseNode"
                && text(event, "/data/change/after/reason") == reason
        })?;
        ensure!(
            event.to_string().contains(payments.id()),
            "who it claimed to be is not recorded: {event:#}"
        );
    }
    fs::write(&token_file, own)?;
    payments.wait_until_ready()?;
    sees(world, &[KEPT])?;
    bind(world, "delete", KEPT)?;
    sees_at_last(world, &[])
}

fn running(playground: &Playground) -> impl Iterator<Item = (&str, &Node)> {
    let clusters = playground
        .clusters()
        .iter()
        .filter(|cluster| !cluster.is_standby());
    clusters.flat_map(|cluster| cluster.nodes().iter().map(|node| (cluster.name(), node)))
}

/// Everything loses power at once, and every node's copies of the policy and of the keys are gone: all comes back
/// unaided, and decides as before.
pub(crate) fn powered_off_fleet_comes_back(world: &World) -> Result<()> {
    let playground = &world.playground;
    let layout = playground.layout();
    topics(world)?;
    bind(world, "create", KEPT)?;
    sees_at_last(world, &[KEPT])?;
    for (_, node) in running(playground) {
        node.kill()?;
    }
    playground.server().kill()?;
    for (cluster, node) in running(playground) {
        let copy = layout.feed(cluster, node.id()).join("policy.omf");
        ensure!(copy.exists(), "{} is not there", copy.display());
        fs::remove_file(copy)?;
        let keys = layout.jwks_cache(cluster, node.id());
        if keys.exists() {
            fs::remove_file(keys)?;
        }
    }
    for (_, node) in running(playground) {
        node.start()?;
    }
    playground.server().start()?;
    for cluster in playground.clusters().iter().filter(|c| !c.is_standby()) {
        cluster.wait_until_ready()?;
    }
    sees(world, &[KEPT])?;
    world.applied()?;
    bind(world, "delete", KEPT)?;
    sees_at_last(world, &[])?;
    if running(playground).any(|(_, node)| !node.is_running()) {
        bail!("a node has ended");
    }
    Ok(())
}
