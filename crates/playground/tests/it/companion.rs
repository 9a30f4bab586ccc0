//! The companion of the document, from the command line to every node, with the real tools.

use std::fs;

use anyhow::{Context, Result, ensure};
use openmds_playground::check::{applied_value, comparable, default_value};
use openmds_playground::shape::PAYMENTS;
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::world::World;

const KEY: &str = "openmds.audit.companion";
pub(crate) const UPDATE: [&str; 3] = ["audit-log", "companion", "update"];

pub(crate) fn described(world: &World) -> Result<Value> {
    let ran = world.must("alice", &["audit-log", "companion", "describe"])?;
    serde_json::from_str(&ran.stdout).context("`describe` prints JSON")
}

/// What is asked for anyway, said aloud for the route that every step has.
fn companion(world: &World) -> Result<Value> {
    let pattern = format!("crn:///kafka={}/topic=orders*", world.payments()?.id());
    let mut companion = described(world)?;
    companion["fail_modes"]["routes"] = json!({ pattern: {"produce": "best-effort"} });
    Ok(companion)
}

/// Waits until every node of every cluster shows the version in force.
pub(crate) fn applied(world: &World) -> Result<()> {
    let nodes = |cluster: &Value| cluster["nodes"].as_array().map_or(0, Vec::len);
    let status = world.status_becomes("the companion on every node", |status| {
        let clusters = status["companion"]["clusters"].as_array();
        clusters.is_some_and(|clusters| {
            let done = |one: &Value| one["state"] == "applied" && nodes(one) > 0;
            !clusters.is_empty() && clusters.iter().all(done)
        })
    });
    status.map(drop)
}

pub(crate) fn update_is_seen_on_every_node(world: &World) -> Result<()> {
    let wanted = companion(world)?;
    let ran = world
        .playground
        .cli_with_input("alice", &UPDATE, &wanted.to_string())?;
    ensure!(ran.succeeded(), "{}", ran.said());
    ensure!(!ran.stderr.contains("Warning"), "{}", ran.said());
    applied(world)?;
    let described = described(world)?;
    ensure!(comparable(&described) == comparable(&wanted), "{described}");
    for cluster in world
        .playground
        .clusters()
        .iter()
        .filter(|c| !c.is_standby())
    {
        let plan = cluster.plan();
        let found = default_value(&world.playground, &plan.name, KEY)?;
        ensure!(found == described, "{} holds {found}", plan.name);
        for node in cluster.nodes() {
            let found = applied_value(&world.playground, plan, node.plan(), KEY)?;
            ensure!(found == described, "{}: {found}", plan.name);
        }
    }
    let again = world
        .playground
        .cli_with_input("alice", &UPDATE, &wanted.to_string())?;
    ensure!(again.code == Some(1), "{}", again.said());
    ensure!(again.stderr.contains("409"), "{}", again.said());
    Ok(())
}

pub(crate) fn bad_one_is_refused_with_all_its_faults(world: &World) -> Result<()> {
    let before = described(world)?;
    let mut bad = before.clone();
    bad["fail_modes"] = json!({"default": "sure", "routes": {"kafka": {"produce": "durable"}}});
    bad["formats"] = json!({"events": "ocsf"});
    let refused = world
        .playground
        .cli_with_input("alice", &UPDATE, &bad.to_string())?;
    ensure!(refused.code == Some(1), "{}", refused.said());
    for said in [
        "400",
        "fail_modes.default",
        "fail_modes.routes.kafka",
        "formats.events",
    ] {
        ensure!(refused.stderr.contains(said), "{said}: {}", refused.said());
    }
    ensure!(described(world)? == before);
    Ok(())
}

pub(crate) fn edited_by_hand_it_converges_back(world: &World) -> Result<()> {
    let wanted = companion(world)?;
    let ran = world
        .playground
        .cli_with_input("alice", &UPDATE, &wanted.to_string())?;
    ensure!(ran.succeeded(), "{}", ran.said());
    applied(world)?;
    // A file, since the tool takes commas and brackets on its command line for its own.
    let file = world
        .playground
        .layout()
        .root()
        .join("companion.properties");
    fs::write(&file, format!("{KEY}={}\n", json!({"fail_modes": {}})))?;
    world.admin_tool(
        Tool::Configs,
        PAYMENTS.name,
        &[
            "--alter",
            "--entity-type",
            "brokers",
            "--entity-default",
            "--add-config-file",
            &file.display().to_string(),
        ],
    )?;
    let by_hand = default_value(&world.playground, PAYMENTS.name, KEY)?;
    ensure!(by_hand == json!({"fail_modes": {}}), "{by_hand}");
    // Any change asks for a round of every cluster, as the clock does each minute.
    world.baseline()?;
    let described = described(world)?;
    world.status_becomes("the value of before", |_| {
        default_value(&world.playground, PAYMENTS.name, KEY).is_ok_and(|found| found == described)
    })?;
    applied(world)
}
