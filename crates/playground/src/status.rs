//! `audit/status`: what each node has applied, as the server sees it.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::http::Http;
use crate::playground::Playground;

const INTERVAL: Duration = Duration::from_millis(5);

/// Waits until every node of every cluster has applied the document in force.
pub fn wait_until_applied(playground: &Playground, user: &str, bound: Duration) -> Result<Value> {
    let mut http = playground.server().http()?;
    http.log_in(user, playground.blueprint().password(user)?)?;
    let version = get(&http)?
        .get("resource_version")
        .cloned()
        .context("the status has a resource_version")?;
    wait_for_version(&http, &version, bound)
}

/// Waits until every node of every cluster has applied this version.
pub fn wait_for_version(http: &Http, version: &Value, bound: Duration) -> Result<Value> {
    let deadline = Instant::now() + bound;
    loop {
        let status = get(http)?;
        if everywhere(&status, version) {
            return Ok(status);
        }
        if Instant::now() > deadline {
            bail!("version {version} is not applied everywhere after {bound:?}: {status:#}");
        }
        thread::sleep(INTERVAL);
    }
}

fn get(http: &Http) -> Result<Value> {
    let answer = http.get("audit/status")?;
    ensure!(
        answer.status.is_success(),
        "GET audit/status: {} {}",
        answer.status,
        answer.body
    );
    Ok(answer.body)
}

/// Whether every node of every cluster has applied this version; a cluster without any node has not.
pub fn everywhere(status: &Value, version: &Value) -> bool {
    let clusters = status.get("clusters").and_then(Value::as_array);
    clusters.is_some_and(|clusters| {
        !clusters.is_empty()
            && clusters.iter().all(|cluster| {
                let nodes = cluster.get("nodes").and_then(Value::as_array);
                nodes.is_some_and(|nodes| {
                    !nodes.is_empty() && nodes.iter().all(|node| has_applied(node, version))
                })
            })
    })
}

fn has_applied(node: &Value, version: &Value) -> bool {
    node.get("state").and_then(Value::as_str) == Some("applied")
        && node.get("resource_version") == Some(version)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everywhere_means_every_node_of_every_cluster() {
        let node =
            |state: &str, version: &str| json!({"state": state, "resource_version": version});
        let status = |nodes: Vec<Value>| json!({"clusters": [{"nodes": [node("applied", "v")]}, {"nodes": nodes}]});
        let v = json!("v");
        assert!(everywhere(&status(vec![node("applied", "v")]), &v));
        assert!(!everywhere(&status(vec![node("applied", "u")]), &v));
        assert!(!everywhere(
            &status(vec![node("applied", "v"), node("pending", "v")]),
            &v
        ));
        assert!(!everywhere(&status(vec![]), &v));
        assert!(!everywhere(&json!({"clusters": []}), &v));
    }
}
