//! Documents that nodes follow only with the server's signature (`spec/document-signature.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use openmds_playground::check::default_value;
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{DENIED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::numbers::{lines, streams};
use crate::world::World;

const KEY: &str = "confluent.security.event.router.config";
const BOUND: Duration = Duration::from_secs(60);

/// Somebody who may alter the cluster's configurations takes all routes out of the document: every node goes
/// on recording by the one before, and says so in the trail; the server's next document is followed.
pub(crate) fn what_the_server_did_not_sign_is_not_followed(world: &World) -> Result<()> {
    world.baseline()?;
    world.applied()?;
    let mut streams = streams(world)?;
    let before: BTreeSet<String> = alarms(world, &mut streams)?.into_keys().collect();
    let mut stripped = default_value(&world.playground, PAYMENTS.name, KEY)?;
    stripped["routes"] = json!({});
    stripped["excluded_principals"] = json!([format!("User:{DENIED_CLIENT}")]);
    by_hand(world, &stripped)?;
    let deadline = Instant::now() + BOUND;
    let nodes = world.payments()?.nodes().len();
    loop {
        let mut found = alarms(world, &mut streams)?;
        found.retain(|id, _| !before.contains(id));
        let found: BTreeSet<String> = found.into_values().collect();
        if found.len() == nodes {
            break;
        }
        ensure!(Instant::now() < deadline, "only {found:?} say so");
    }
    let client_id = refused_topic(world)?;
    let mut denied = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    denied.wait_for(BOUND, |event| {
        text(event, "/data/request/client_id") == client_id
    })?;
    // Any change asks for a round of every cluster, as the clock does each minute.
    world.baseline()
}

/// Events of nodes that distrust what their cluster holds: emitters by the events' ids.
fn alarms(world: &World, streams: &mut [EventStream]) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for line in lines(world, streams)? {
        let event: Value = serde_json::from_str(&line)?;
        if text(&event, "/type") == "io.openmds.trail/distrust" {
            let reason = text(&event, "/data/reason");
            ensure!(reason.contains("not over these documents"), "{event}");
            let field = |pointer| text(&event, pointer).to_owned();
            found.insert(field("/id"), field("/emitter"));
        }
    }
    Ok(found)
}

fn by_hand(world: &World, document: &Value) -> Result<()> {
    // A file, since the tool takes commas and brackets on its command line for its own.
    let file = world.playground.layout().root().join("document.properties");
    fs::write(&file, format!("{KEY}={document}\n"))?;
    let file = file.display().to_string();
    let args = [
        "--alter",
        "--entity-type",
        "brokers",
        "--entity-default",
        "--add-config-file",
        &file,
    ];
    world.admin_tool(Tool::Configs, PAYMENTS.name, &args)?;
    let held = default_value(&world.playground, PAYMENTS.name, KEY)?;
    ensure!(held == *document, "{held}");
    Ok(())
}

/// Asks for what is not allowed; the client's id.
fn refused_topic(world: &World) -> Result<String> {
    let (config, client_id) = world.client(PAYMENTS.name, DENIED_CLIENT)?;
    let refused = world.tool_as(
        Tool::Topics,
        PAYMENTS.name,
        &config,
        &["--create", "--topic", "unsigned"],
    );
    ensure!(refused.is_err(), "the client has no right to create topics");
    Ok(client_id)
}
