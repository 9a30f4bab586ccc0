//! The properties that `openmds cluster config` prints, given to a broker.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use openmds_playground::Cluster;
use openmds_playground::events::{EventStream, text};
use openmds_playground::node_listeners::jwks_url;
use openmds_playground::ports::HeldPort;
use openmds_playground::properties::Properties;
use openmds_playground::shape::{ARCHIVE, LOGS, Listener};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;

use crate::verification::{ADRIFT, WITH_TLS, passes, refused, register, unregister};
use crate::world::World;

/// What the printed text takes care of, and a broker does not have before.
const PRINTED: [&str; 5] = [
    "listener.name.token.",
    "authorizer.class.name",
    "super.users",
    "confluent.",
    "openmds.",
];

/// A broker that knows nothing of OpenMDS boots with them, is verified by either validator, takes
/// the document and publishes by it.
pub(crate) fn properties_make_a_broker_that_is_verified(world: &World) -> Result<()> {
    let archive = world.playground.cluster(ARCHIVE.name)?;
    let file = archive.node(1)?.directory().join("server.properties");
    let before = fs::read_to_string(&file)?;
    world.register(ARCHIVE.name, None)?;
    bind(world, archive, "create", &[])?;
    let outcome = follow(world, archive, &before, &file);
    fs::write(&file, before)?;
    archive.stop()?;
    bind(world, archive, "delete", &["--force"])?;
    unregister(world, ARCHIVE.name)?;
    outcome?;
    world.applied()
}

fn follow(world: &World, archive: &Cluster, before: &str, file: &Path) -> Result<()> {
    let printed = world
        .must("mds", &["cluster", "config", ARCHIVE.name])?
        .stdout;
    let printed = filled(world, &printed)?;
    let (second, bare) = (HeldPort::find()?, HeldPort::find()?);
    let (second_port, bare_port) = (second.number(), bare.number());
    let merged = merged(before, &printed, second_port, bare_port)?;
    fs::write(file, merged)?;
    drop((second, bare));
    archive.start()?;
    // Kafka's own validator, as printed.
    passes(world, ARCHIVE.name, &WITH_TLS)?;
    world.applied()?;
    denials_are_published(world)?;
    // The other of the two validators, at a listener of its own.
    let second = format!("127.0.0.1:{second_port}");
    register(world, ARCHIVE.name, archive.id(), &second, "SASL_SSL")?;
    passes(world, ARCHIVE.name, &WITH_TLS)?;
    world.applied()?;
    let outcome = strangers_are_named(world, archive, &second, bare_port);
    unregister(world, ADRIFT)?;
    outcome
}

/// A listener without login, and one that takes the tokens of another cluster.
fn strangers_are_named(
    world: &World,
    archive: &Cluster,
    second: &str,
    bare_port: u16,
) -> Result<()> {
    let bare = format!("127.0.0.1:{bare_port}");
    for (protocol, check, said) in [
        (
            "SASL_PLAINTEXT",
            "oauthbearer",
            "this listener has no login",
        ),
        ("SASL_SSL", "tls", "PLAINTEXT"),
    ] {
        register(world, ADRIFT, "adrift-id", &bare, protocol)?;
        refused(
            world,
            ADRIFT,
            check,
            &[&bare, said],
            "of its token listener",
        )?;
    }
    register(world, ADRIFT, "adrift-id", second, "SASL_SSL")?;
    let found = format!(
        "this is cluster {}, which is registered as archive, not adrift-id",
        archive.id()
    );
    let fix = "register the hosts of cluster adrift-id";
    refused(world, ADRIFT, "cluster-id", &[&found], fix)
}

fn denials_are_published(world: &World) -> Result<()> {
    let (config, client_id) = world.client(ARCHIVE.name, "bob")?;
    let create = ["--create", "--topic", "not-bobs"];
    let refused = world.tool_as(Tool::Topics, ARCHIVE.name, &config, &create);
    ensure!(refused.is_err(), "bob has no right to create topics");
    EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?
        .wait_for(Duration::from_secs(60), |event| {
            text(event, "/data/request/client_id") == client_id
        })
        .map(drop)
}

/// What stands in angle brackets is replaced, as the text asks for.
fn filled(world: &World, printed: &str) -> Result<String> {
    let layout = world.playground.layout();
    let ca = layout.ca().display().to_string();
    let keystore = layout.keystore(ARCHIVE.name).display().to_string();
    let cache = layout.jwks_cache(ARCHIVE.name, 1).display().to_string();
    let mut text = printed.to_owned();
    for (placeholder, value) in [
        ("this broker's host name", "127.0.0.1"),
        ("PEM file with this broker's key and certificate", &keystore),
        (
            "file URL of the JWKS, such as file:///etc/kafka/openmds-jwks.json",
            &jwks_url(layout),
        ),
        (
            "PEM file with the authority of the server's certificate",
            &ca,
        ),
        (
            "file that this broker may write, such as /var/lib/kafka/openmds-jwks.json",
            &cache,
        ),
        (
            "the brokers' own principals, such as User:broker",
            "User:broker;User:admin",
        ),
        ("audit log writer", ARCHIVE.writer),
        (
            "its password",
            world.playground.blueprint().password(ARCHIVE.writer)?,
        ),
        (
            "PEM file with the authority of the destination's certificates",
            &ca,
        ),
    ] {
        let placeholder = format!("<{placeholder}>");
        ensure!(text.contains(&placeholder), "no {placeholder} in {printed}");
        text = text.replace(&placeholder, value);
    }
    let open = text
        .lines()
        .find(|line| !line.starts_with('#') && line.contains('<'));
    ensure!(open.is_none(), "{open:?} is not explained");
    Ok(text)
}

/// The broker's own file without what the text brings, then the text; its token listener once
/// more, with the other validator; and a listener without login.
fn merged(before: &str, printed: &str, second_port: u16, bare_port: u16) -> Result<String> {
    let mut own = Properties::new();
    for (key, value) in before.lines().filter_map(|line| line.split_once('=')) {
        if !PRINTED.iter().any(|prefix| key.starts_with(prefix)) {
            own.set(key, value);
        }
    }
    for key in ["listeners", "listener.security.protocol.map"] {
        let value = own.get(key).context("every node has it")?;
        let others = value
            .split(',')
            .filter(|entry| !entry.starts_with("TOKEN:"));
        let others = others.collect::<Vec<_>>().join(",");
        own.replace(key, others);
    }
    let listeners = own.get("listeners").unwrap_or_default();
    let served = listeners
        .split(',')
        .filter(|entry| !entry.starts_with(Listener::Controller.name()));
    own.replace("advertised.listeners", served.collect::<Vec<_>>().join(","));
    for (key, bare) in [
        ("listeners", format!(",BARE://127.0.0.1:{bare_port}")),
        ("advertised.listeners", String::new()),
        (
            "listener.security.protocol.map",
            ",BARE:PLAINTEXT".to_owned(),
        ),
    ] {
        let start = format!("{key}=...,");
        let lines = printed
            .lines()
            .map(|line| line.trim_start_matches(['#', ' ']));
        let added = lines.filter_map(|line| line.strip_prefix(&start)).next();
        let added = added.with_context(|| format!("{key} is not named in {printed}"))?;
        let second = match added.rsplit_once(':') {
            Some((url, port)) if port.parse::<u16>().is_ok() => format!("{url}:{second_port}"),
            _ => added.to_owned(),
        };
        let before = own.get(key).unwrap_or_default();
        let all = format!("{before},{added},P{second}{bare}");
        own.replace(key, all);
    }
    Ok(format!("{own}{}{printed}", second_block(printed)))
}

/// The token listener's lines under the name PTOKEN, with those that are commented out in place of
/// Kafka's own validator, and one audience more.
fn second_block(printed: &str) -> String {
    let kafkas = ["callback.handler.class=org.apache", "jwks.endpoint.url="];
    let mut block = String::new();
    for line in printed.lines() {
        let commented = ["#listener.name.", "#openmds."]
            .iter()
            .any(|start| line.starts_with(start));
        let listener = line.starts_with("listener.name.token.");
        if commented || (listener && !kafkas.iter().any(|part| line.contains(part))) {
            let line = line.trim_start_matches('#');
            block.push_str(&line.replace("listener.name.token.", "listener.name.ptoken."));
            if line.contains("expected.audience=") {
                block.push_str(",adrift-id");
            }
            block.push('\n');
        }
    }
    block
}

fn bind(world: &World, archive: &Cluster, verb: &str, more: &[&str]) -> Result<()> {
    let mut args = vec![
        "iam",
        "rbac",
        "role-binding",
        verb,
        "--role",
        "AuditAdmin",
        "--principal",
        "User:alice",
        "--kafka-cluster",
        archive.id(),
    ];
    args.extend_from_slice(more);
    world.must("mds", &args).map(drop)
}
