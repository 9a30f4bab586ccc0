//! What nodes say about their own trail, read back from the destination: numbers without a hole, and
//! a chain that nobody has touched.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::Value;

use crate::world::World;

/// Until every number has come that was given before one that has.
const SETTLED: Duration = Duration::from_secs(90);

/// Lines of one epoch of one emitter, by number.
type Trail = BTreeMap<u64, (u64, String)>;

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

fn number(event: &Value, attribute: &str) -> Option<u64> {
    event.get(attribute)?.as_str()?.parse().ok()
}

/// Every line at the destination, and in the fallback logs of the cluster's nodes.
fn lines(world: &World) -> Result<Vec<String>> {
    let listed = world.admin_tool(Tool::Topics, LOGS.name, &["--list"])?;
    let topics = listed
        .lines()
        .map(str::trim)
        .filter(|topic| topic.starts_with(DEFAULT_TOPIC));
    let mut lines = Vec::new();
    for topic in topics {
        let mut stream = EventStream::open(&world.playground, LOGS.name, topic)?;
        lines.extend_from_slice(stream.drain_lines(Duration::from_secs(4))?);
    }
    for node in world.payments()?.nodes() {
        let fallback = fs::read_to_string(node.fallback_file())?;
        lines.extend(fallback.lines().map(str::to_owned));
    }
    Ok(lines)
}

/// The trails of the cluster's nodes, by emitter and epoch.
fn trails(world: &World) -> Result<BTreeMap<(String, String), Trail>> {
    let cluster = format!("{}/", world.payments()?.id());
    let mut trails: BTreeMap<(String, String), Trail> = BTreeMap::new();
    for line in lines(world)? {
        let Ok(event) = serde_json::from_str::<Value>(&line) else {
            continue; // The last line of a log may just be in the making.
        };
        let Some(first) = number(&event, "sequence") else {
            continue;
        };
        let (emitter, epoch) = (text(&event, "/emitter"), text(&event, "/epoch"));
        if emitter.starts_with(&cluster) {
            let last = number(&event, "sequencelast").unwrap_or(first);
            let trail = trails.entry((emitter.to_owned(), epoch.to_owned()));
            trail.or_default().insert(first, (last, line));
        }
    }
    Ok(trails)
}

/// Each number follows the one before, and each line names the hash of the line before.
fn check(trail: &Trail) -> Result<()> {
    let (mut next, mut before): (u64, Option<String>) = (1, None);
    for (first, (last, line)) in trail {
        ensure!(*first == next, "{next} to {} are missing", first - 1);
        let event: Value = serde_json::from_str(line)?;
        if let Some(before) = &before {
            ensure!(text(&event, "/chain") == before, "{first} does not fit");
        } else {
            let kind = text(&event, "/type");
            ensure!(kind == "io.openmds.trail/epoch", "begins with {kind}");
        }
        next = last + 1;
        before = Some(hash(line));
    }
    Ok(())
}

/// Every number that was given is at the destination or in the fallback log; an edited line is found;
/// and an enrolled node has signed.
pub(crate) fn trails_of_nodes_are_whole(world: &World) -> Result<()> {
    for topic in ["numbers-1", "numbers-2", "numbers-3"] {
        let create = ["--create", "--if-not-exists", "--topic", topic];
        world.admin_tool(Tool::Topics, PAYMENTS.name, &create)?;
    }
    let deadline = Instant::now() + SETTLED;
    let trails = loop {
        let trails = trails(world)?;
        let fault = trails
            .iter()
            .find_map(|(whose, trail)| Some((whose, check(trail).err()?)));
        let signed = trails
            .values()
            .flat_map(BTreeMap::values)
            .any(|(_, line)| line.contains("\"io.openmds.trail/checkpoint\""));
        match fault {
            None if signed && !trails.is_empty() => break trails,
            None if Instant::now() < deadline => {}
            None => bail!("{} trails, and nobody has signed any", trails.len()),
            Some(_) if Instant::now() < deadline => {}
            Some((whose, fault)) => bail!("{whose:?}: {fault:#}"),
        }
    };
    let longest = trails.values().max_by_key(|trail| trail.len());
    let mut longest = longest.context("no trail")?.clone();
    let (_, line) = longest.get_mut(&2).context("one event only")?;
    *line = line.replacen("\"time\":\"2", "\"time\":\"3", 1);
    let found = check(&longest)
        .err()
        .context("an edited line is not found")?;
    ensure!(found.to_string() == "3 does not fit", "{found:#}");
    Ok(())
}
