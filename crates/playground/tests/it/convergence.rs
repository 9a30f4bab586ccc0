//! Whatever stops, freezes or dies: in the end every node has the last document, and the status
//! never claims more than is true.

use std::thread;

use anyhow::{Result, ensure};
use openmds_playground::check::{applied_document, comparable};
use serde_json::{Value, json};

use crate::world::World;

pub(crate) fn restarted_broker_has_the_last_document(world: &World) -> Result<()> {
    let document = change(world, "User:before-restart")?;
    let document = world.updated(&document)?;
    world.applied()?;
    let payments = world.payments()?;
    payments.node(1)?.restart()?;
    payments.wait_until_ready()?;
    seen_on(world, &[1], &document)
}

pub(crate) fn stopped_cluster_converges_by_itself(world: &World) -> Result<()> {
    let document = change(world, "User:while-stopped")?;
    let payments = world.payments()?;
    payments.stop()?;
    let put = world.update(&document)?;
    ensure!(put.said().contains("payments"), "{}", put.said());
    let status = world.status_becomes(
        "the other clusters applied, payments unreachable",
        |status| {
            phase(status, "home") == "applied"
                && phase(status, "logs") == "applied"
                && phase(status, "payments") == "unreachable"
        },
    )?;
    ensure!(nothing_claimed(&status, "payments"), "{status:#}");
    payments.start()?;
    world.applied()?;
    seen_on(world, &[1, 2, 100], &document)
}

pub(crate) fn frozen_broker_and_killed_server_converge(world: &World) -> Result<()> {
    let document = change(world, "User:while-frozen")?;
    let before = world.status()?["resource_version"].clone();
    let payments = world.payments()?;
    let frozen = payments.node(2)?;
    let server = world.playground.server();
    frozen.freeze()?;
    let outcome = thread::scope(|scope| -> Result<()> {
        let put = scope.spawn(|| world.update(&document));
        let status = world.status_becomes("the new version, node 2 left out", |status| {
            status["resource_version"] != before && node_state(status, 1) == "applied"
        })?;
        ensure!(node_state(&status, 2) != "applied", "{status:#}");
        server.kill()?;
        // Its answer is lost with the server, or was given before.
        let _ = put.join();
        Ok(())
    });
    frozen.thaw()?;
    if !server.is_running() {
        server.start()?;
    }
    outcome?;
    payments.wait_until_ready()?;
    world.applied()?;
    seen_on(world, &[1, 2, 100], &document)
}

fn change(world: &World, principal: &str) -> Result<Value> {
    let mut document = world.describe()?;
    document["excluded_principals"] = json!([principal]);
    Ok(document)
}

/// Asked at the nodes themselves, with `kafka-configs`.
fn seen_on(world: &World, nodes: &[i32], document: &Value) -> Result<()> {
    let payments = world.payments()?;
    for id in nodes {
        let node = payments.node(*id)?.plan();
        let found = applied_document(&world.playground, payments.plan(), node)?;
        ensure!(
            comparable(&found) == comparable(document),
            "node {id}: {found}"
        );
    }
    Ok(())
}

fn cluster<'a>(status: &'a Value, name: &str) -> Option<&'a Value> {
    let clusters = status["clusters"].as_array()?;
    clusters
        .iter()
        .find(|cluster| cluster["cluster_name"] == name)
}

fn phase<'a>(status: &'a Value, name: &str) -> &'a str {
    cluster(status, name)
        .and_then(|cluster| cluster["state"].as_str())
        .unwrap_or_default()
}

fn node_state(status: &Value, id: i32) -> String {
    let nodes = cluster(status, "payments").and_then(|c| c["nodes"].as_array());
    nodes
        .into_iter()
        .flatten()
        .find(|node| node["id"] == id)
        .map(|node| {
            let current = node["resource_version"] == status["resource_version"];
            match node["state"].as_str() {
                Some("applied") if !current => "applied an older version".to_owned(),
                state => state.unwrap_or_default().to_owned(),
            }
        })
        .unwrap_or_default()
}

/// Whether no node of a cluster is said to have applied the version in force.
fn nothing_claimed(status: &Value, name: &str) -> bool {
    let nodes = cluster(status, name).and_then(|c| c["nodes"].as_array());
    nodes.into_iter().flatten().all(|node| {
        node["state"] != "applied" || node["resource_version"] != status["resource_version"]
    })
}
