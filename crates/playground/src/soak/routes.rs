//! The document and the companion of a soak: a prefix of topics and a destination topic for each mode.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::truth::Mode;
use crate::playground::Playground;
use crate::shape::PAYMENTS;
use crate::status;
use crate::story::RETENTION_MS;

/// How long every node may take to obey.
const APPLIED: Duration = Duration::from_secs(60);

/// Who may change the document.
const AUTHOR: &str = "alice";

fn read(playground: &Playground, args: &[&str]) -> Result<Value> {
    let ran = playground.cli(AUTHOR, args)?;
    ensure!(ran.succeeded(), "{args:?}: {}", ran.said());
    serde_json::from_str(&ran.stdout).with_context(|| format!("{args:?} prints JSON"))
}

fn update(playground: &Playground, what: &str, document: &Value) -> Result<()> {
    let args = ["audit-log", what, "update"];
    let ran = playground.cli_with_input(AUTHOR, &args, &document.to_string())?;
    ensure!(ran.succeeded(), "{args:?}: {}", ran.said());
    Ok(())
}

/// The object at this pointer, made if it is not there.
fn object<'a>(document: &'a mut Value, path: &[&str]) -> Result<&'a mut Map<String, Value>> {
    let mut at = document;
    for name in path {
        let fields = at.as_object_mut().context("it is no JSON object")?;
        at = fields.entry(*name).or_insert_with(|| json!({}));
    }
    at.as_object_mut().context("it is no JSON object")
}

fn pattern(playground: &Playground, mode: Mode) -> Result<String> {
    let id = playground.cluster(PAYMENTS.name)?.id();
    Ok(format!("crn:///kafka={id}/topic={}*", mode.prefix()))
}

/// Records who looks at the topics of a soak, and waits until every node does.
pub(super) fn ask_for_events(playground: &Playground) -> Result<()> {
    let mut document = read(playground, &["audit-log", "config", "describe"])?;
    for mode in Mode::ALL {
        let to = mode.destination();
        let retention = json!({ "retention_ms": RETENTION_MS });
        object(&mut document, &["destinations", "topics"])?.insert(to.clone(), retention);
        let record = json!({ "describe": { "allowed": to, "denied": to } });
        object(&mut document, &["routes"])?.insert(pattern(playground, mode)?, record);
    }
    update(playground, "config", &document)?;
    status::wait_until_applied(playground, AUTHOR, APPLIED).map(drop)
}

/// Gives each prefix its mode; what the fail modes were before.
pub(super) fn ask_for_modes(playground: &Playground) -> Result<Value> {
    let mut modes = json!({"routes": {}});
    for mode in Mode::ALL {
        let of = json!({ "describe": mode.name() });
        object(&mut modes, &["routes"])?.insert(pattern(playground, mode)?, of);
    }
    set_modes(playground, modes)
}

/// Puts these fail modes in the place of the others, and waits until every node obeys; the others.
pub(super) fn set_modes(playground: &Playground, modes: Value) -> Result<Value> {
    let mut companion = read(playground, &["audit-log", "companion", "describe"])?;
    let fields = object(&mut companion, &[])?;
    let before = fields.insert("fail_modes".to_owned(), modes);
    update(playground, "companion", &companion)?;
    let deadline = Instant::now() + APPLIED;
    loop {
        let status = read(playground, &["audit-log", "status", "-o", "json"])?;
        if is_applied(&status) {
            return Ok(before.unwrap_or_else(|| json!({})));
        }
        if Instant::now() > deadline {
            bail!("the companion is not in force after {APPLIED:?}: {status:#}");
        }
    }
}

fn is_applied(status: &Value) -> bool {
    let clusters = status.pointer("/companion/clusters");
    let clusters = clusters.and_then(Value::as_array);
    clusters.is_some_and(|clusters| {
        let state = |one: &Value| one.get("state").and_then(Value::as_str) == Some("applied");
        !clusters.is_empty() && clusters.iter().all(state)
    })
}
