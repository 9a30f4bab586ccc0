//! No secret of the run is where somebody looks who may not know it: byte by byte through logs, events, spools,
//! metrics and answers.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_playground::events::EventStream;
use openmds_playground::http::Http;
use openmds_playground::raw_client::RawClient;
use openmds_playground::shape::{HOME, LOGS, Listener};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;

use crate::segments;
use crate::world::World;

const PASSWORD: &str = "planted-password-7Qm2";
const TOKEN: &str = "planted.token-9Xk4.signature";
const JAAS: &str = "planted-jaas-3Wd8";

/// Places that hold secrets by intent, readable by their owner alone: settings, key stores, what a client is told
/// to log in with, and Kafka's own data, in which a dynamic setting lies as it was given.
const KEPT: [&str; 4] = ["server.properties", "join-token", "data", "tmp"];

/// Shows each planted one to whoever could repeat it; answers what was said.
fn plant(world: &World) -> Result<Vec<String>> {
    let setting = "listener.name.client.plain.sasl.jaas.config";
    let of_broker = ["--entity-type", "brokers", "--entity-name", "1", "--alter"];
    let module =
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=x password=";
    let planted = format!("{setting}=[{module}{JAAS};]");
    let alter = |change: [&str; 2]| {
        let args: Vec<&str> = of_broker.into_iter().chain(change).collect();
        world.admin_tool(Tool::Configs, HOME.name, &args)
    };
    alter(["--add-config", &planted])?;
    alter(["--delete-config", setting])?;
    let ports = &world.playground.cluster(HOME.name)?.node(1)?.plan().ports;
    let mut said = Vec::new();
    let mut refused = |what: &str, result: Result<()>| -> Result<()> {
        let error = result.err().with_context(|| format!("{what} was let in"))?;
        said.push(format!("{error:#}"));
        Ok(())
    };
    let mut client = RawClient::connect(ports[&Listener::Client])?;
    refused("a wrong password", client.scram("alice", PASSWORD))?;
    let mut client = RawClient::connect(ports[&Listener::Repl])?;
    refused("a wrong password", client.plain("broker", PASSWORD))?;
    let mut http = world.playground.server().http()?;
    refused("a wrong password", http.log_in("alice", PASSWORD))?;
    said.push(bearing_the_token(&world.playground.server().url())?);
    let url = format!("http://alice:{PASSWORD}@127.0.0.1:1");
    let args = ["cluster", "list", "--url", &url];
    said.push(world.playground.cli("alice", &args)?.said());
    Ok(said)
}

/// What the server answers to a token that nobody gave out. Brokers are not shown it: Kafka's own validator, unlike
/// the plugin's, writes tokens that it refuses to Kafka's log.
fn bearing_the_token(url: &str) -> Result<String> {
    let address = url.strip_prefix("http://").context("a plain URL")?;
    let mut stream = TcpStream::connect(address.trim_end_matches('/'))?;
    let request = format!(
        "GET /security/1.0/roles HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    Ok(answer)
}

/// What must be found nowhere, and what it is.
fn secrets(world: &World, http: &Http) -> Vec<(String, String)> {
    let mut secrets = vec![
        (PASSWORD.to_owned(), "the planted password".to_owned()),
        (TOKEN.to_owned(), "the planted token".to_owned()),
        (JAAS.to_owned(), "the planted JAAS setting".to_owned()),
        (
            STANDARD.encode(format!("alice:{PASSWORD}")),
            "the planted log in".to_owned(),
        ),
    ];
    let token = http.token().unwrap_or_default().to_owned();
    secrets.push((token, "a token that counts".to_owned()));
    for password in world.playground.blueprint().passwords() {
        secrets.push((password.to_owned(), "a user's password".to_owned()));
    }
    secrets
}

/// Every file below, but for those that hold secrets by intent.
fn files(directory: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if KEPT.iter().any(|kept| name == *kept) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

/// Files of nodes and server, their metrics, and the events of every destination topic; by what they are.
fn haystacks(world: &World, http: &Http) -> Result<Vec<(String, Vec<u8>)>> {
    let layout = world.playground.layout();
    let mut all = Vec::new();
    for cluster in world.playground.clusters() {
        for node in cluster.nodes() {
            files(node.directory(), &mut all)?;
        }
    }
    all.push(layout.server().join("server.log"));
    let mut haystacks = Vec::new();
    for file in all {
        // Somebody may just have rolled or removed it.
        if let Ok(bytes) = fs::read(&file) {
            if file.extension().is_some_and(|extension| extension == "oms") {
                let unpacked = segments::unpacked(&bytes)?;
                haystacks.push((format!("{}, unpacked", file.display()), unpacked));
            }
            haystacks.push((file.display().to_string(), bytes));
        }
    }
    haystacks.push(("/metrics".to_owned(), http.text("/metrics")?.into_bytes()));
    let listed = world.admin_tool(Tool::Topics, LOGS.name, &["--list"])?;
    for topic in listed
        .lines()
        .map(str::trim)
        .filter(|topic| topic.starts_with(DEFAULT_TOPIC))
    {
        let mut stream = EventStream::open(&world.playground, LOGS.name, topic)?;
        let lines = stream.drain_lines(Duration::from_secs(3))?.join("\n");
        haystacks.push((format!("topic {topic}"), lines.into_bytes()));
    }
    Ok(haystacks)
}

/// After all that has happened here, and with a password, a token and a JAAS setting planted on top.
pub(crate) fn nothing_says_one(world: &World) -> Result<()> {
    let said = plant(world)?;
    let mut http = world.playground.server().http()?;
    http.log_in("mds", world.playground.blueprint().password("mds")?)?;
    let mut haystacks = haystacks(world, &http)?;
    haystacks.push(("what was answered".to_owned(), said.join("\n").into_bytes()));
    let bytes: usize = haystacks.iter().map(|(_, bytes)| bytes.len()).sum();
    let logs = haystacks
        .iter()
        .filter(|(name, _)| name.contains("server.log"))
        .count();
    ensure!(
        bytes > 1_000_000 && logs > 4,
        "{bytes} bytes in {} places are not all",
        haystacks.len()
    );
    let mut found = Vec::new();
    for (secret, what) in secrets(world, &http) {
        ensure!(secret.len() > 8, "{what} is too short to search for");
        for (name, bytes) in &haystacks {
            if memchr::memmem::find(bytes, secret.as_bytes()).is_some() {
                found.push(format!("{what} is in {name}"));
            }
        }
    }
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}
