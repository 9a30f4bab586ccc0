//! Routes on which requests wait for their events: what a client was answered is recorded, also by a
//! broker that is killed, and what must be recorded and cannot be is refused.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::raw_client::RawClient;
use openmds_playground::shape::{ADMIN, ALLOWED_CLIENT, LOGS, Listener, PAYMENTS};
use openmds_playground::story::{ALLOWED_TOPIC, DENIED_TOPIC};
use serde_json::{Value, json};

use crate::companion::{UPDATE, applied, described};
use crate::numbers::{HARMLESS, epochs, lines, streams, verified};
use crate::world::World;

const CLIENTS: usize = 4;
/// So many answers are given before the broker is killed.
const ANSWERS: usize = 400;
const SETTLED: Duration = Duration::from_secs(120);
const TOPIC_AUTHORIZATION_FAILED: i16 = 29;

/// Puts a companion with these fail modes, and a document that records who looks at topics.
pub(crate) fn asked(world: &World, fail_modes: Value) -> Result<()> {
    let mut document = world.describe()?;
    let pattern = format!("crn:///kafka={}/topic=orders*", world.payments()?.id());
    document["routes"][pattern]["describe"] =
        json!({"allowed": ALLOWED_TOPIC, "denied": DENIED_TOPIC});
    world.updated(&document)?;
    world.applied()?;
    let mut companion = described(world)?;
    companion["fail_modes"] = fail_modes;
    let text = companion.to_string();
    let ran = world.playground.cli_with_input("alice", &UPDATE, &text)?;
    ensure!(ran.succeeded(), "{}", ran.said());
    applied(world)
}

pub(crate) fn client(world: &World, node: i32, user: &str) -> Result<RawClient> {
    let ports = &world.payments()?.node(node)?.plan().ports;
    let mut client = RawClient::connect(ports[&Listener::Client])?;
    client.scram(user, world.playground.blueprint().password(user)?)?;
    Ok(client)
}

/// Asks for topics that nobody else asks for until the broker is gone.
fn ask(mut client: RawClient, number: usize, answered: &Mutex<BTreeSet<String>>) {
    for request in 0.. {
        let topic = format!("orders-killed-{number}-{request}");
        match client.metadata(&topic) {
            Ok(TOPIC_AUTHORIZATION_FAILED) | Err(_) => return,
            Ok(_) => answered
                .lock()
                .unwrap_or_else(|e| e.into_inner())
                .insert(topic),
        };
    }
}

fn count(answered: &Mutex<BTreeSet<String>>) -> usize {
    answered.lock().unwrap_or_else(|e| e.into_inner()).len()
}

/// Clients ask at full speed, every route is durable, and their broker is killed: each decision that a
/// client saw answered is at the destination, and the trail of that epoch has no hole. (An epoch of its
/// own, because earlier steps had the broker follow another destination.)
pub(crate) fn killed_broker_has_recorded_what_it_answered(world: &World) -> Result<()> {
    asked(world, json!({"default": "durable"}))?;
    let outcome = kill_and_count(world);
    asked(world, json!({}))?;
    outcome
}

fn kill_and_count(world: &World) -> Result<()> {
    let payments = world.payments()?;
    let node = payments.node(1)?;
    node.restart()?;
    payments.wait_until_ready()?;
    let answered = Mutex::default();
    let clients = (0..CLIENTS).map(|_| client(world, 1, ALLOWED_CLIENT));
    let clients = clients.collect::<Result<Vec<_>>>()?;
    let killed = thread::scope(|scope| {
        for (number, client) in clients.into_iter().enumerate() {
            let answered = &answered;
            scope.spawn(move || ask(client, number, answered));
        }
        let deadline = Instant::now() + SETTLED;
        while count(&answered) < ANSWERS && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        node.kill()
    });
    killed?;
    node.start()?;
    payments.wait_until_ready()?;
    let answered = answered.into_inner().unwrap_or_else(|e| e.into_inner());
    ensure!(answered.len() >= ANSWERS, "only {} answers", answered.len());
    let last = recorded(world, answered)?;
    let (emitter, epoch) = (text(&last, "/emitter"), text(&last, "/epoch"));
    let mut streams = streams(world)?;
    let deadline = Instant::now() + SETTLED;
    loop {
        let report = verified(world, &lines(world, &mut streams)?)?;
        let of_it =
            |found: &&Value| text(found, "/emitter") == emitter && text(found, "/epoch") == epoch;
        let found = epochs(&report).find(of_it);
        let harmless = |kind: &Value| HARMLESS.contains(&text(kind, "/kind"));
        let findings = found.and_then(|epoch| epoch["findings"].as_array());
        if findings.is_some_and(|findings| findings.iter().all(harmless)) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "{emitter} {epoch}: {found:#?}");
    }
}

/// Waits until each of these topics is in an event at the destination; one of those.
fn recorded(world: &World, mut open: BTreeSet<String>) -> Result<Value> {
    let all = open.len();
    let mut stream = EventStream::open(&world.playground, LOGS.name, ALLOWED_TOPIC)?;
    let deadline = Instant::now() + SETTLED;
    let mut found = None;
    loop {
        for event in stream.drain(Duration::from_millis(500))? {
            let topic = text(event, "/data/authorizationInfo/resourceName");
            if open.remove(topic) {
                ensure!(event.get("unawaited").is_none(), "{event:#}");
                found = Some(event.clone());
            }
        }
        if let Some(event) = found.as_ref().filter(|_| open.is_empty()) {
            return Ok(event.clone());
        }
        if Instant::now() > deadline {
            bail!(
                "{} of {all} answered decisions are not recorded: {open:?}",
                open.len()
            );
        }
    }
}

/// Neither the destination nor a broker's disk takes events: that broker refuses what must be recorded,
/// and nothing else, and says why; with the disk it is as before, without a restart.
pub(crate) fn required_route_refuses_what_cannot_be_recorded(world: &World) -> Result<()> {
    let topics = format!("crn:///kafka={}/topic=orders", world.payments()?.id());
    let modes = json!({"routes": {
        format!("{topics}-required*"): {"describe": "required"},
        format!("{topics}-durable*"): {"describe": "durable"},
    }});
    asked(world, modes)?;
    let directory = world.playground.layout().feed(PAYMENTS.name, 1);
    let (spool, away) = (directory.join("spool"), directory.join("spool-away"));
    let logs = world.playground.cluster(LOGS.name)?;
    let mut app = client(world, 1, ALLOWED_CLIENT)?;
    let mut other = client(world, 2, ALLOWED_CLIENT)?;
    let mut admin = client(world, 1, ADMIN)?;
    ensure!(app.metadata("orders-required-1")? != TOPIC_AUTHORIZATION_FAILED);
    logs.stop()?;
    fs::rename(&spool, &away)?;
    fs::write(&spool, "not a directory")?;
    let refused = refused_exactly(world, (&mut app, &mut other, &mut admin));
    fs::remove_file(&spool)?;
    fs::rename(&away, &spool)?;
    let mended = mended(&mut app);
    logs.start()?;
    logs.wait_until_ready()?;
    asked(world, json!({}))?;
    refused.and(mended)
}

fn refused_exactly(
    world: &World,
    (app, other, admin): (&mut RawClient, &mut RawClient, &mut RawClient),
) -> Result<()> {
    let code = app.metadata("orders-required-2")?;
    ensure!(code == TOPIC_AUTHORIZATION_FAILED, "answered with {code}");
    let answers = [
        ("durable", app.metadata("orders-durable-2")?),
        ("best effort", app.metadata("orders-other-2")?),
        ("a super user", admin.metadata("orders-required-3")?),
        ("a broker with a disk", other.metadata("orders-required-4")?),
    ];
    for (who, code) in answers {
        ensure!(code != TOPIC_AUTHORIZATION_FAILED, "{who} is refused");
    }
    let log = world
        .payments()?
        .node(1)?
        .directory()
        .join("logs/server.log");
    let log = fs::read_to_string(log)?;
    let said = log
        .lines()
        .find(|line| line.contains("A request was refused because its audit event is required"));
    let said = said.context("the log does not say that a request was refused")?;
    ensure!(
        said.contains("orders-required-2") && said.contains(ALLOWED_CLIENT),
        "{said}"
    );
    Ok(())
}

fn mended(app: &mut RawClient) -> Result<()> {
    let deadline = Instant::now() + SETTLED;
    while app.metadata("orders-required-5")? == TOPIC_AUTHORIZATION_FAILED {
        ensure!(
            Instant::now() < deadline,
            "it is refused with a disk as well"
        );
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
