//! `iam rbac explain --live`: the server's view and each node's.

use anyhow::{Context as _, Result, ensure};
use openmds_playground::shape::{LOGS, PAYMENTS};
use serde_json::Value;

use crate::world::World;

/// What a principal may do by a role binding, and what somebody else may not, by every node.
pub(crate) fn every_node_says_how_it_decides(world: &World) -> Result<()> {
    let written = "Topic:confluent-audit-log-events_payments_denied";
    let allowed = explain(world, LOGS.name, "User:auditlogwriter", written)?;
    ensure!(allowed["decision"] == "ALLOWED", "{allowed}");
    for node in nodes(&allowed)? {
        ensure!(node["decision"] == "ALLOWED", "{node}");
        ensure!(node["rule"]["role"] == "DeveloperWrite", "{node}");
    }
    let denied = explain(world, PAYMENTS.name, "User:nobody-knows", "Topic:orders")?;
    ensure!(denied["decision"] == "DENIED", "{denied}");
    ensure!(nodes(&denied)?.len() == 3, "{denied}");
    for node in nodes(&denied)? {
        ensure!(node["decision"] == "DENIED", "{node}");
    }
    Ok(())
}

fn nodes(explained: &Value) -> Result<&Vec<Value>> {
    let nodes = explained["live"].as_array().context("no `live`")?;
    ensure!(!nodes.is_empty(), "no node: {explained}");
    for node in nodes {
        ensure!(node["state"] == "answered", "{node}");
    }
    Ok(nodes)
}

fn explain(world: &World, cluster: &str, principal: &str, resource: &str) -> Result<Value> {
    let id = world.playground.cluster(cluster)?.id();
    let args = [
        "iam",
        "rbac",
        "explain",
        "--principal",
        principal,
        "--operation",
        "Write",
        "--resource",
        resource,
        "--kafka-cluster",
        id,
        "--live",
        "--output",
        "json",
    ];
    let said = world.must("mds", &args)?;
    serde_json::from_str(&said.stdout).with_context(|| said.said())
}
