//! What a destination does to its writers without being away: it forgets their password, or a topic.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::raw_client::RawClient;
use openmds_playground::shape::{ALLOWED_CLIENT, DENIED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::{ALLOWED_TOPIC, DENIED_TOPIC, RETENTION_MS};
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::modes::{asked, client};
use crate::numbers::{epochs, lines, streams, verified};
use crate::world::World;

/// The exporter looks again after 30 s at most.
const SETTLED: Duration = Duration::from_secs(120);
const EACH: usize = 10;
const THROTTLED: usize = 300;

/// Describes so many topics of that name.
fn ask(client: &mut RawClient, name: &str) -> Result<()> {
    for number in 0..EACH {
        client.metadata(&format!("{name}-{number}"))?;
    }
    Ok(())
}

/// How often each topic of that name is described in these lines.
fn about(lines: &[String], name: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for line in lines {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let topic = text(&event, "/data/authorizationInfo/resourceName");
        if topic.starts_with(name) {
            *found.entry(topic.to_owned()).or_default() += 1;
        }
    }
    found
}

fn set_password(world: &World, password: &str) -> Result<()> {
    let scram = format!("SCRAM-SHA-256=[password={password}]");
    let who = ["--entity-type", "users", "--entity-name", PAYMENTS.writer];
    let change = ["--alter", "--add-config", &scram];
    world.admin_tool(Tool::Configs, LOGS.name, &[&change[..], &who].concat())?;
    Ok(())
}

/// The writer's password is another one at the destination, and its connections are gone: nothing is
/// lost, nothing is in the fallback log, and with the password everything arrives, once.
pub(crate) fn a_changed_password_of_the_writer_costs_no_event(world: &World) -> Result<()> {
    asked(world, json!({}))?;
    let logs = world.playground.cluster(LOGS.name)?;
    let mut app = client(world, 1, ALLOWED_CLIENT)?;
    set_password(world, "another-one")?;
    logs.stop()?;
    logs.start()?;
    ask(&mut app, "orders-password")?;
    let mut stream = EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?;
    let early = about(
        stream.drain_lines(Duration::from_secs(3))?,
        "orders-password",
    );
    let password = world.playground.blueprint().password(PAYMENTS.writer)?;
    set_password(world, password)?;
    ensure!(early.is_empty(), "with a wrong password: {early:?}");
    arrive_once(world, &mut stream, "orders-password", EACH)
}

/// Waits until so many topics of that name are described at the destination, each once, and none in the
/// fallback log.
fn arrive_once(world: &World, stream: &mut EventStream, name: &str, events: usize) -> Result<()> {
    let deadline = Instant::now() + SETTLED;
    loop {
        let found = about(stream.drain_lines(Duration::from_millis(500))?, name);
        if found.len() == events {
            ensure!(found.values().all(|times| *times == 1), "{found:?}");
            break;
        }
        ensure!(Instant::now() < deadline, "only {found:?} arrived");
    }
    let fallback = fs::read_to_string(world.payments()?.node(1)?.fallback_file())?;
    ensure!(!fallback.contains(name), "{fallback}");
    Ok(())
}

/// The destination lets the writer send a tenth of what it has: it takes longer, and nothing is lost.
pub(crate) fn a_throttled_writer_costs_no_event(world: &World) -> Result<()> {
    asked(world, json!({}))?;
    let who = ["--entity-type", "users", "--entity-name", PAYMENTS.writer];
    let quota = |change: [&str; 3]| {
        world.admin_tool(Tool::Configs, LOGS.name, &[&change[..], &who].concat())
    };
    quota(["--alter", "--add-config", "producer_byte_rate=5000"])?;
    let asked = client(world, 1, ALLOWED_CLIENT).and_then(|mut app| {
        for round in 0..THROTTLED / EACH {
            ask(&mut app, &format!("orders-throttled-{round}"))?;
        }
        Ok(())
    });
    let mut stream = EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?;
    let arrived =
        asked.and_then(|()| arrive_once(world, &mut stream, "orders-throttled", THROTTLED));
    quota(["--alter", "--delete-config", "producer_byte_rate"])?;
    arrived
}

/// A producer that wants no answer is denied: nobody tells it, and the denial is recorded, once.
pub(crate) fn a_denial_that_nobody_is_told_of_is_recorded(world: &World) -> Result<()> {
    let create = ["--create", "--if-not-exists", "--topic", "orders"];
    world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    let (config, client_id) = world.client(PAYMENTS.name, DENIED_CLIENT)?;
    let mut file = OpenOptions::new().append(true).open(&config)?;
    writeln!(file, "\nenable.idempotence=false\nacks=0\nretries=0")?;
    let flag = Tool::ConsoleProducer.config_flag(world.playground.release().tools);
    let ran = world
        .playground
        .tool_command(Tool::ConsoleProducer)
        .args(["--bootstrap-server", &world.payments()?.bootstrap(), flag])
        .arg(&config)
        .args(["--topic", "orders", "--request-required-acks", "0"])
        .stdin(a_line(world)?)
        .output()?;
    let said = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "{said}");
    ensure!(
        !said.contains("TopicAuthorizationException"),
        "it was told: {said}"
    );
    let is_it = |event: &Value| {
        text(event, "/data/request/client_id") == client_id
            && text(event, "/data/methodName") == "kafka.Produce"
            && event["data"]["authorizationInfo"]["granted"] == false
    };
    let mut stream = EventStream::open(&world.playground, LOGS.name, DENIED_TOPIC)?;
    stream.wait_for(SETTLED, is_it)?;
    let events = stream.drain(Duration::from_secs(1))?;
    let times = events.iter().filter(|event| is_it(event)).count();
    ensure!(times == 1, "it is recorded {times} times");
    Ok(())
}

/// A file of one record.
fn a_line(world: &World) -> Result<fs::File> {
    let path = world.playground.layout().clients().join("record");
    fs::write(&path, "an order\n")?;
    fs::File::open(path).context("it was just written")
}

/// A destination topic is deleted in the middle of it, and made anew with other partitions: `verify` says that
/// exactly what was in it is gone, and nothing explains it; what came meanwhile is in the fallback log,
/// and a loss names it; what comes later is in the new one.
pub(crate) fn a_topic_that_is_made_anew_costs_what_was_in_it_and_no_more(
    world: &World,
) -> Result<()> {
    let topic = format!("{ALLOWED_TOPIC}_anew");
    let mut document = world.describe()?;
    let pattern = format!("crn:///kafka={}/topic=orders-anew*", world.payments()?.id());
    document["destinations"]["topics"][&topic] = json!({ "retention_ms": RETENTION_MS });
    document["routes"][pattern] = json!({"describe": {"allowed": topic, "denied": topic}});
    world.updated(&document)?;
    world.applied()?;
    let payments = world.payments()?;
    payments.node(1)?.restart()?;
    payments.wait_until_ready()?;
    let mut app = client(world, 1, ALLOWED_CLIENT)?;
    ask(&mut app, "orders-anew-before")?;
    let mut stream = EventStream::open(&world.playground, LOGS.name, &topic)?;
    let before = |event: &Value| {
        text(event, "/data/authorizationInfo/resourceName") == "orders-anew-before-9"
    };
    let last = stream.wait_for(SETTLED, before)?;
    drop(stream);
    let name = ["--topic", topic.as_str()];
    world.admin_tool(
        Tool::Topics,
        LOGS.name,
        &[&["--delete"], &name[..]].concat(),
    )?;
    ask(&mut app, "orders-anew-during")?;
    let fallback = payments.node(1)?.fallback_file();
    let deadline = Instant::now() + SETTLED;
    while !fs::read_to_string(&fallback)?.contains("orders-anew-during-9") {
        ensure!(Instant::now() < deadline, "it is not in the fallback log");
        std::thread::sleep(Duration::from_millis(100));
    }
    let create = ["--create", "--if-not-exists", "--partitions", "2"];
    world.admin_tool(Tool::Topics, LOGS.name, &[&create, &name[..]].concat())?;
    let mut stream = EventStream::open(&world.playground, LOGS.name, &topic)?;
    let mut asked = 0;
    // Until somebody has looked again, events go to the fallback log as before.
    while stream.drain_lines(Duration::from_millis(500))?.is_empty() {
        ensure!(Instant::now() < deadline, "nothing is in the new topic");
        ask(&mut app, &format!("orders-anew-after-{asked}"))?;
        asked += 1;
    }
    drop(stream);
    let mut streams = streams(world)?;
    let (emitter, epoch) = (text(&last, "/emitter"), text(&last, "/epoch"));
    loop {
        let lines = lines(world, &mut streams)?;
        let found = about(&lines, "orders-anew-");
        let report = verified(world, &lines)?;
        let of_it =
            |found: &&Value| text(found, "/emitter") == emitter && text(found, "/epoch") == epoch;
        let said = epochs(&report).find(of_it).cloned().unwrap_or_default();
        if found.len() == EACH * (1 + asked) && gone(&said) == (EACH as u64, Vec::new()) {
            ensure!(found.values().all(|times| *times == 1), "{found:?}");
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("{} of {} events: {said:#}", found.len(), EACH * (1 + asked));
        }
    }
}

/// How many numbers are missing without an explanation; and what else is found that is no loss of
/// which the fallback log has the line.
fn gone(epoch: &Value) -> (u64, Vec<Value>) {
    let mut missing = 0;
    let mut others = Vec::new();
    for finding in epoch["findings"].as_array().into_iter().flatten() {
        match (text(finding, "/kind"), text(finding, "/cause")) {
            ("missing", "nothing") => {
                let number = |name: &str| finding[name].as_u64().unwrap_or_default();
                missing += number("last") + 1 - number("first");
            }
            ("lost", _) if text(finding, "/reason") == "fallback" => {}
            ("unsigned", _) => {}
            _ => others.push(finding.clone()),
        }
    }
    (missing, others)
}
