//! What a fresh playground needs before a soak.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::playground::Playground;
use crate::server_config::SUPER_USER;
use crate::shape::{LOGS, Listener};
use crate::story::{DEFAULT_TOPIC, RETENTION_MS};

/// Registers the clusters, lets alice change the document, and sends all events to `logs`.
pub fn prepare(playground: &Playground) -> Result<()> {
    let must = |user: &str, args: &[&str]| {
        let ran = playground.cli(user, args)?;
        ensure!(ran.succeeded(), "{args:?}: {}", ran.said());
        Ok(())
    };
    let running = playground.clusters().iter();
    for cluster in running.filter(|cluster| !cluster.is_standby()) {
        let (id, hosts) = (cluster.id(), cluster.token_bootstrap());
        let protocol = cluster.plan().shape()?.protocol(Listener::Token);
        let register = ["cluster", "register", "--cluster-name", cluster.name()];
        let of = ["--kafka-cluster", id];
        let at = ["--hosts", &hosts, "--protocol", protocol];
        must(SUPER_USER, &[&register[..], &of, &at].concat())?;
        let grant = ["iam", "rbac", "role-binding", "create"];
        let what = ["--role", "AuditAdmin", "--principal", "User:alice"];
        must(SUPER_USER, &[&grant[..], &what, &of].concat())?;
    }
    let document = json!({
        "destinations": {
            "bootstrap_servers": [playground.cluster(LOGS.name)?.bootstrap()],
            "topics": { DEFAULT_TOPIC: { "retention_ms": RETENTION_MS } },
        },
        "default_topics": { "allowed": DEFAULT_TOPIC, "denied": DEFAULT_TOPIC },
        "excluded_principals": [],
        "routes": {},
        "metadata": { "resource_version": "any" },
    });
    let args = ["audit-log", "config", "update", "--force"];
    let ran = playground.cli_with_input("alice", &args, &document.to_string())?;
    ensure!(ran.succeeded(), "{args:?}: {}", ran.said());
    Ok(())
}
