//! Events in OCSF against the schema itself, which its Python package brings.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::python::python;
use crate::sdk::clients;
use crate::world::World;

/// Every kind of event that there is; and a line that does not satisfy the schema is found.
pub(crate) fn events_satisfy_the_schema(_: &World) -> Result<()> {
    let golden = clients("python").join("../../../spec/formats/ocsf.v1.jsonl");
    let lines = fs::read_to_string(&golden).with_context(|| golden.display().to_string())?;
    let judged = check(&lines)?;
    ensure!(judged["faults"] == serde_json::json!([]), "{judged}");
    for class in ["API Activity", "Authentication", "Base Event"] {
        ensure!(judged["classes"][class].as_u64() > Some(2), "{judged}");
    }
    let broken = lines.replace("\"activity_name\"", "\"activity_nam\"");
    let faults = check(&broken)?["faults"].as_array().map_or(0, Vec::len);
    ensure!(faults == lines.lines().count(), "{faults} faults found");
    Ok(())
}

/// What the schema says to each line: `classes` by number, and `faults`.
pub(crate) fn check(lines: &str) -> Result<Value> {
    let mut checker = Command::new(python()?)
        .arg(clients("python").join("ocsf_check.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = checker.stdin.take().context("no stdin")?;
    input.write_all(lines.as_bytes())?;
    drop(input);
    let output = checker.wait_with_output()?;
    ensure!(output.status.success(), "{}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
