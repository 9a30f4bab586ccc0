//! What happens to events when the destination dies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{ALLOWED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::ALLOWED_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::Value;

use crate::world::World;

/// The longest that events may take to the topic or to the fallback after the destination is back:
/// the exporter gives up on a record after 30 s.
const SETTLED: Duration = Duration::from_secs(90);

/// A client produces all the time, one request a record, while the destination is killed and comes
/// back. The client notices nothing; each request's event waits on disk until the topic has it, and none
/// is in the fallback.
pub(crate) fn killed_destination_loses_no_event(world: &World) -> Result<()> {
    let logs = world.playground.cluster(LOGS.name)?;
    let create = ["--create", "--if-not-exists", "--topic", "orders"];
    world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    let (config, client_id) = world.client(PAYMENTS.name, ALLOWED_CLIENT)?;
    let mut producer = start_producer(world, &config.display().to_string())?;
    let stdin = producer.stdin.take().context("stdin is piped")?;
    let (sent, enough) = (AtomicUsize::new(0), AtomicBool::new(false));
    let disturbed = thread::scope(|scope| {
        let load = scope.spawn(|| produce(stdin, &sent, &enough));
        let disturbed = disturb(world, &client_id, &sent);
        enough.store(true, Ordering::Relaxed);
        load.join()
            .map_err(|_| anyhow::anyhow!("the load panicked"))??;
        disturbed
    });
    let finished = producer.wait_with_output()?;
    if let Err(error) = disturbed {
        logs.start()?;
        return Err(error);
    }
    let back = disturbed?;
    let said = String::from_utf8_lossy(&finished.stderr);
    ensure!(
        finished.status.success() && !said.contains("ERROR"),
        "the client noticed: {said}"
    );
    let sent = sent.load(Ordering::Relaxed);
    let (topic, fallback) = settle(world, &client_id, sent)?;
    ensure!(
        fallback.is_empty(),
        "{} of {sent} events are in the fallback log, {} in the topic, which was back at {back}",
        fallback.len(),
        topic.len()
    );
    Ok(())
}

/// Kills the destination under load and brings it back; gives back when it answered again.
fn disturb(world: &World, client_id: &str, sent: &AtomicUsize) -> Result<Timestamp> {
    let logs = world.playground.cluster(LOGS.name)?;
    let is_ours = |event: &Value| text(event, "/data/request/client_id") == client_id;
    EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?
        .wait_for(Duration::from_secs(60), is_ours)
        .context("no event arrived before the destination was killed")?;
    logs.node(1)?.kill()?;
    wait_for_more(sent, 500)?;
    logs.start()?;
    let back = Timestamp::now();
    wait_for_more(sent, 200)?;
    Ok(back)
}

fn wait_for_more(sent: &AtomicUsize, more: usize) -> Result<()> {
    let target = sent.load(Ordering::Relaxed) + more;
    let deadline = Instant::now() + Duration::from_secs(60);
    while sent.load(Ordering::Relaxed) < target {
        ensure!(
            Instant::now() < deadline,
            "the client does not get its records through"
        );
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn start_producer(world: &World, config: &str) -> Result<Child> {
    let flag = Tool::ConsoleProducer.config_flag(world.playground.release().tools);
    world
        .playground
        .tool_command(Tool::ConsoleProducer)
        .args([
            "--bootstrap-server",
            &world.payments()?.bootstrap(),
            flag,
            config,
        ])
        // Without a linger time, which this tool sets to a second.
        .args(["--topic", "orders", "--sync", "--timeout", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run kafka-console-producer")
}

/// Some 300 records a second: a load, not a benchmark.
fn produce(mut stdin: ChildStdin, sent: &AtomicUsize, enough: &AtomicBool) -> Result<()> {
    while !enough.load(Ordering::Relaxed) {
        writeln!(stdin, "an order").context("the client has ended")?;
        sent.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(3));
    }
    Ok(())
}

type Events = BTreeMap<String, Value>;

/// Waits until every request has its event. A request is known by its correlation id.
fn settle(world: &World, client_id: &str, sent: usize) -> Result<(Events, Events)> {
    let mut stream = EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?;
    let deadline = Instant::now() + SETTLED;
    loop {
        let topic = by_id(
            stream.drain(Duration::from_millis(500))?.to_vec(),
            client_id,
        );
        let fallback = by_id(fallback(world)?, client_id);
        let requests: BTreeSet<&str> = topic
            .values()
            .chain(fallback.values())
            .map(|event| text(event, "/data/request/correlation_id"))
            .collect();
        if requests.len() == sent {
            return Ok((topic, fallback));
        }
        if Instant::now() > deadline {
            bail!(
                "{sent} requests, but events of {} ({} in the topic, {} in the fallback)",
                requests.len(),
                topic.len(),
                fallback.len()
            );
        }
    }
}

fn by_id(events: Vec<Value>, client_id: &str) -> Events {
    events
        .into_iter()
        .filter(|event| {
            text(event, "/data/request/client_id") == client_id
                && text(event, "/data/methodName") == "kafka.Produce"
        })
        .map(|event| (text(&event, "/id").to_owned(), event))
        .collect()
}

fn fallback(world: &World) -> Result<Vec<Value>> {
    let mut events = Vec::new();
    for node in world.payments()?.nodes() {
        let lines = fs::read_to_string(node.fallback_file())?;
        // The last line may just be in the making.
        events.extend(
            lines
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok()),
        );
    }
    Ok(events)
}
