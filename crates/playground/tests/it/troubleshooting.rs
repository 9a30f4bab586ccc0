//! Both procedures of the reference page's troubleshooting section, with the real tools.

use std::fs;

use anyhow::{Result, ensure};
use openmds_playground::check::{comparable, default_document};
use openmds_playground::shape::LOGS;
use openmds_playground::story::DEFAULT_TOPIC;
use openmds_playground::versions::Tool;
use serde_json::{Value, json};

use crate::world::World;

const ROUTER_CONFIG: &str = "confluent.security.event.router.config";
const RETENTION: &str = "/destinations/topics/confluent-audit-log-events/retention_ms";

pub(crate) fn document_is_seen_in_every_cluster_wide_default(world: &World) -> Result<()> {
    let described = comparable(&world.describe()?);
    for name in ["home", "payments", "logs"] {
        let found = default_document(&world.playground, name)?;
        ensure!(comparable(&found) == described, "{name} holds {found}");
    }
    Ok(())
}

pub(crate) fn retention_changed_by_cli_is_seen_on_the_topic(world: &World) -> Result<()> {
    let mut document = world.describe()?;
    ensure!(document.pointer(RETENTION) == Some(&json!(7_776_000_000_u64)));
    document["destinations"]["topics"][DEFAULT_TOPIC]["retention_ms"] = json!(7_776_000_001_u64);
    world.updated(&document)?;
    let topic = topic(world)?;
    ensure!(topic.contains("PartitionCount: 6"), "{topic}");
    ensure!(topic.contains("retention.ms=7776000001"), "{topic}");
    Ok(())
}

pub(crate) fn retention_altered_by_hand_is_described_and_old_versions_conflict(
    world: &World,
) -> Result<()> {
    let old = world.describe()?;
    world.admin_tool(
        Tool::Configs,
        LOGS.name,
        &[
            "--alter",
            "--entity-type",
            "topics",
            "--entity-name",
            DEFAULT_TOPIC,
            "--add-config",
            "retention.ms=7776000002",
        ],
    )?;
    let described = world.describe()?;
    ensure!(
        described.pointer(RETENTION) == Some(&json!(7_776_000_002_u64)),
        "{described}"
    );
    ensure!(
        described.pointer("/metadata/modified_since").is_some(),
        "{described}"
    );
    ensure!(version(&described) != version(&old), "{described}");
    let refused = world.update(&old)?;
    ensure!(refused.code == Some(1), "{}", refused.said());
    ensure!(refused.stderr.contains("409"), "{}", refused.said());
    ensure!(topic(world)?.contains("retention.ms=7776000002"));
    let accepted = world.updated(&described)?;
    ensure!(
        comparable(&accepted) == comparable(&described),
        "{accepted}"
    );
    Ok(())
}

/// The plugin looks at a document before Kafka stores it.
pub(crate) fn bad_document_by_hand_changes_nothing(world: &World) -> Result<()> {
    let before = default_document(&world.playground, "payments")?;
    // A file, since the tool takes commas and brackets on its command line for its own.
    let file = world.playground.layout().root().join("bad.properties");
    let bad = json!({
        "destinations": { "topics": {} },
        "default_topics": { "allowed": "confluent-audit-log-events-undeclared", "denied": "" },
    });
    fs::write(&file, format!("{ROUTER_CONFIG}={bad}\n"))?;
    let refused = world.admin_tool(
        Tool::Configs,
        "payments",
        &[
            "--alter",
            "--entity-type",
            "brokers",
            "--entity-default",
            "--add-config-file",
            &file.display().to_string(),
        ],
    );
    let said = refused
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    ensure!(
        said.contains("default_topics.allowed"),
        "not refused: {said}"
    );
    let after = default_document(&world.playground, "payments")?;
    ensure!(before == after, "{after}");
    world.applied()
}

fn version(document: &Value) -> Option<&Value> {
    document.pointer("/metadata/resource_version")
}

fn topic(world: &World) -> Result<String> {
    world.admin_tool(
        Tool::Topics,
        LOGS.name,
        &["--describe", "--topic", DEFAULT_TOPIC],
    )
}
