//! How the playground's clusters become known to the server before they start: a join token for every node, and
//! the roles with which events are written and destination topics are looked after.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::acls::TOPIC_PREFIX;
use crate::blueprint::{ClusterPlan, write_private};
use crate::cli;
use crate::ground::Ground;
use crate::server_config::SUPER_USER;
use crate::shape::{LOGS, Shape, TOPIC_ADMIN, WRITERS};

/// Gives every node of the cluster that has not joined yet a token.
pub(crate) fn enrol(ground: &Ground, cluster: &ClusterPlan) -> Result<()> {
    let layout = &ground.layout;
    let new: Vec<i32> = cluster
        .nodes
        .iter()
        .map(|node| node.id)
        .filter(|id| !layout.join_token(&cluster.name, *id).exists())
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let count = new.len().to_string();
    let said = openmds(
        ground,
        &[
            "cluster",
            "enroll",
            "--kafka-cluster",
            &cluster.id,
            "--nodes",
            &count,
            "-o",
            "json",
        ],
    )?;
    let answer: Value =
        serde_json::from_str(&said).context("`openmds cluster enroll` printed no JSON")?;
    let tokens = answer.get("tokens").and_then(Value::as_array);
    let tokens = tokens.map(Vec::as_slice).unwrap_or_default();
    if tokens.len() != new.len() {
        bail!(
            "`openmds cluster enroll` gave {} tokens for {count} nodes",
            tokens.len()
        );
    }
    for (id, token) in new.into_iter().zip(tokens) {
        let file = layout.join_token(&cluster.name, id);
        write_private(&file, token.as_str().unwrap_or_default().as_bytes())?;
    }
    Ok(())
}

/// The roles on a destination, exactly as the operators' page grants them.
pub(crate) fn grant(ground: &Ground, cluster: &ClusterPlan) -> Result<()> {
    if Shape::named(&cluster.name).is_none_or(|shape| shape.users != LOGS.users) {
        return Ok(());
    }
    let done = ground
        .layout
        .root()
        .join(&cluster.name)
        .join("roles-granted");
    if done.exists() {
        return Ok(());
    }
    let writers = WRITERS.iter().map(|writer| (*writer, "DeveloperWrite"));
    for (user, role) in writers.chain([(TOPIC_ADMIN, "ResourceOwner")]) {
        let principal = format!("User:{user}");
        let resource = format!("Topic:{TOPIC_PREFIX}");
        openmds(
            ground,
            &[
                "iam",
                "rbac",
                "role-binding",
                "create",
                "--principal",
                &principal,
                "--role",
                role,
                "--resource",
                &resource,
                "--prefix",
                "--kafka-cluster",
                &cluster.id,
            ],
        )?;
    }
    Ok(fs::write(done, "")?)
}

fn openmds(ground: &Ground, args: &[&str]) -> Result<String> {
    let ran = cli::run(ground, SUPER_USER, args, None)?;
    if !ran.succeeded() {
        bail!("`openmds {}` failed:\n{}", args.join(" "), ran.said());
    }
    Ok(ran.stdout)
}
