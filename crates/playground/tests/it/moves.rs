//! Another destination.

use std::time::Duration;

use anyhow::{Result, ensure};
use openmds_playground::events::{EventStream, text};
use openmds_playground::shape::{ARCHIVE, DENIED_CLIENT, LOGS, PAYMENTS};
use openmds_playground::story::{DEFAULT_TOPIC, DENIED_TOPIC};
use openmds_playground::versions::Tool;
use serde_json::json;

use crate::world::World;

/// Brokers' producers and the server's admin client go where the document says, without restart.
pub(crate) fn changed_destination_is_followed_without_restart(world: &World) -> Result<()> {
    world.playground.start_standby(ARCHIVE.name)?;
    let archive = world.playground.cluster(ARCHIVE.name)?;
    let outcome = follow(world, &archive.bootstrap());
    world.baseline()?;
    archive.stop()?;
    outcome
}

fn follow(world: &World, archive: &str) -> Result<()> {
    let mut document = world.describe()?;
    document["destinations"]["bootstrap_servers"] = json!([archive]);
    let document = world.updated(&document)?;
    world.applied_version(&document["metadata"]["resource_version"])?;
    let made = world.admin_tool(
        Tool::Topics,
        ARCHIVE.name,
        &["--describe", "--topic", DENIED_TOPIC],
    )?;
    ensure!(made.contains("PartitionCount: 3"), "{made}");
    ensure!(made.contains("retention.ms=7776000000"), "{made}");
    let (config, client_id) = world.client(PAYMENTS.name, DENIED_CLIENT)?;
    let refused = world.tool_as(
        Tool::Topics,
        PAYMENTS.name,
        &config,
        &["--create", "--topic", "elsewhere"],
    );
    ensure!(refused.is_err(), "the client has no right to create topics");
    let is_it = |event: &serde_json::Value| text(event, "/data/request/client_id") == client_id;
    EventStream::open(&world.playground, ARCHIVE.name, DEFAULT_TOPIC)?
        .wait_for(Duration::from_secs(30), is_it)?;
    let mut old = EventStream::open(&world.playground, LOGS.name, DEFAULT_TOPIC)?;
    // Something is there from earlier steps: once it is read, all of it is.
    old.wait_for(Duration::from_secs(30), |_| true)?;
    let stray = old.drain(Duration::from_secs(1))?.iter().any(is_it);
    ensure!(!stray, "the event also went to the old destination");
    Ok(())
}
