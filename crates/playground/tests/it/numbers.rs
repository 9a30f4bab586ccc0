//! What nodes and the server say about their own trail, read back from the destination and handed to
//! `openmds audit verify`: numbers without a hole, and a chain that nobody has touched.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{HOME, LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::Value;

use crate::world::World;

/// Until every number has come that was given before one that has, and a node has signed.
const SETTLED: Duration = Duration::from_secs(120);

/// What a trail that nobody has touched may show: losses that it names, and an end that is not signed
/// yet, or not known.
pub(crate) const HARMLESS: [&str; 3] = ["lost", "unsigned", "tail-unknown"];

/// A consumer of every destination topic, all at once.
pub(crate) fn streams(world: &World) -> Result<Vec<EventStream>> {
    let listed = world.admin_tool(Tool::Topics, LOGS.name, &["--list"])?;
    let topics = listed.lines().map(str::trim);
    let topics = topics.filter(|topic| topic.starts_with(DEFAULT_TOPIC));
    topics
        .map(|topic| EventStream::open(&world.playground, LOGS.name, topic))
        .collect()
}

/// In the server's log, before a line of its fallback.
const FALLBACK: &str = "io.confluent.security.audit.log.fallback: ";

/// How the name of the server as an emitter begins.
fn server(world: &World) -> Result<String> {
    Ok(format!(
        "{}/server-",
        world.playground.cluster(HOME.name)?.id()
    ))
}

/// The lines of the cluster's nodes and of the server, at the destination and in their fallback logs.
pub(crate) fn lines(world: &World, streams: &mut [EventStream]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for stream in streams {
        lines.extend_from_slice(stream.drain_lines(Duration::from_secs(1))?);
    }
    for node in world.payments()?.nodes() {
        let fallback = fs::read_to_string(node.fallback_file())?;
        lines.extend(fallback.lines().map(str::to_owned));
    }
    let log = world.playground.server().log();
    let logged = log.lines().filter_map(|line| line.split_once(FALLBACK));
    lines.extend(logged.map(|(_, event)| event.to_owned()));
    let (nodes, server) = (format!("{}/", world.payments()?.id()), server(world)?);
    lines.retain(|line| {
        // The last line of a log may just be in the making.
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let emitter = text(&event, "/emitter");
        emitter.starts_with(&nodes) || emitter.starts_with(&server)
    });
    Ok(lines)
}

/// What the verifier reports.
pub(crate) fn verified(world: &World, lines: &[String]) -> Result<Value> {
    let server = world.playground.layout().server();
    let (file, ca) = (
        server.join("trail.jsonl"),
        server.join("store/enrollment-ca.pem"),
    );
    fs::write(&file, lines.join("\n") + "\n")?;
    let (file, ca) = (file.display().to_string(), ca.display().to_string());
    let args = ["audit", "verify", &file, "--ca", &ca, "-o", "json"];
    let ran = world.playground.cli("alice", &args)?;
    serde_json::from_str(&ran.stdout).with_context(|| ran.said())
}

pub(crate) fn epochs(report: &Value) -> impl Iterator<Item = &Value> {
    report["epochs"].as_array().into_iter().flatten()
}

fn findings(report: &Value) -> Vec<&Value> {
    let all = epochs(report).flat_map(|epoch| epoch["findings"].as_array());
    all.flatten().collect()
}

/// Waits until nothing is found but what is harmless, and the report satisfies the condition.
fn whole(
    world: &World,
    streams: &mut [EventStream],
    wanted: impl Fn(&Value) -> bool,
) -> Result<(Vec<String>, Value)> {
    let deadline = Instant::now() + SETTLED;
    loop {
        let lines = lines(world, streams)?;
        let report = verified(world, &lines)?;
        let harmless = |finding: &&Value| HARMLESS.contains(&text(finding, "/kind"));
        if findings(&report).iter().all(harmless) && wanted(&report) {
            return Ok((lines, report));
        }
        if Instant::now() > deadline {
            bail!("{report:#}");
        }
    }
}

/// A server that is killed leaves a tail of which nothing is known, one that stops in order none; its
/// next start says which.
pub(crate) fn each_start_of_the_server_names_the_one_before(world: &World) -> Result<()> {
    let mut streams = streams(world)?;
    let name = server(world)?;
    let of_server = |report: &Value| -> Vec<Value> {
        let epochs = epochs(report).filter(|epoch| text(epoch, "/emitter").starts_with(&name));
        epochs.cloned().collect()
    };
    let before = of_server(&verified(world, &lines(world, &mut streams)?)?).len();
    ensure!(before > 0, "the server has emitted nothing");
    let server = world.playground.server();
    server.kill()?;
    server.start()?;
    world.describe()?;
    server.restart()?;
    world.describe()?;
    let (_, report) = whole(world, &mut streams, |report| {
        of_server(report).len() == before + 2
    })?;
    let epochs = of_server(&report);
    let killed = &epochs[before - 1];
    ensure!(text(killed, "/end/kind") == "unknown", "{killed:#}");
    ensure!(killed["end"]["at_most"].as_u64() > Some(0), "{killed:#}");
    let stopped = &epochs[before];
    ensure!(text(stopped, "/end/kind") == "proven", "{stopped:#}");
    ensure!(text(stopped, "/verdict") == "complete", "{stopped:#}");
    world.applied()
}

/// Every number that was given is at the destination or in the fallback log, and nodes have signed; an
/// edited line is found where it is.
pub(crate) fn trails_are_whole(world: &World) -> Result<()> {
    for topic in ["numbers-1", "numbers-2", "numbers-3"] {
        let create = ["--create", "--if-not-exists", "--topic", topic];
        world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    }
    let mut streams = streams(world)?;
    let server = server(world)?;
    let (mut lines, _) = whole(world, &mut streams, |report| {
        let signed = |epoch: &Value| epoch["signing"]["good"].as_u64() > Some(0);
        let of_server = |epoch: &Value| text(epoch, "/emitter").starts_with(&server);
        epochs(report).any(|epoch| signed(epoch) && of_server(epoch))
            && epochs(report).any(|epoch| signed(epoch) && !of_server(epoch))
    })?;
    let edited = lines.iter_mut().find(|line| line.contains("numbers-2"));
    let edited = edited.context("no event of a topic that was created")?;
    *edited = edited.replace("numbers-2", "numbers-4");
    let number = serde_json::from_str::<Value>(edited)?;
    let number: u64 = text(&number, "/sequence").parse()?;
    let report = verified(world, &lines)?;
    let changed = |finding: &&&Value| {
        let at = |end: &str| finding[end].as_u64() == Some(number);
        text(finding, "/kind") == "changed" && at("first") && at("last")
    };
    ensure!(
        text(&report, "/verdict") == "tampered" && findings(&report).iter().any(|f| changed(&f)),
        "the edited {number} is not found: {report:#}"
    );
    Ok(())
}
