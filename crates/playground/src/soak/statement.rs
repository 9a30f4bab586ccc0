//! What `openmds audit verify` says of an epoch.

use serde_json::Value;

use super::trail::EpochName;
use crate::events::text;

/// What it says, in sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statement {
    /// The epoch was closed in order: its last number is known.
    pub(super) is_proven: bool,
    /// The emitter is gone and did not close it.
    pub(super) is_unknown: bool,
    /// So many events can be lost behind the last number, unseen.
    pub(super) at_most: u64,
    /// Numbers without a line that a killed emitter may have had in memory.
    pub(super) holes: u64,
    /// Events that losses name and of which no line is anywhere.
    pub(super) named: u64,
    /// What explains nothing, or should not be.
    pub(super) bad: Vec<String>,
}

/// Reasons of losses whose lines are in the fallback log.
const IN_FALLBACK: [&str; 3] = ["fallback", "record-too-large", "spool-size"];

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// The epoch that a part of the report is about.
pub(super) fn name(epoch: &Value) -> EpochName {
    EpochName {
        emitter: text(epoch, "/emitter").to_owned(),
        started_ms: text(epoch, "/epoch").parse().unwrap_or_default(),
    }
}

/// Sums up what is said of it. What was lost before `since_ms` is nobody's business here.
pub(super) fn of(epoch: &Value, since_ms: u64) -> Statement {
    let end = text(epoch, "/end/kind");
    let mut said = Statement {
        is_proven: end == "proven",
        is_unknown: end == "unknown",
        at_most: epoch
            .pointer("/end/at_most")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        ..Statement::default()
    };
    let findings = epoch.get("findings").and_then(Value::as_array);
    for finding in findings.into_iter().flatten() {
        let count = || number(finding, "last") + 1 - number(finding, "first");
        match (text(finding, "/kind"), text(finding, "/cause")) {
            ("lost", _) if IN_FALLBACK.contains(&text(finding, "/reason")) => {}
            ("lost", _) => said.named += number(finding, "count"),
            ("missing", "killed") if said.is_unknown => said.holes += count(),
            // Its loss is counted with the event that names it.
            ("missing", "loss") | ("unsigned", _) => {}
            ("tail-unknown", _) if said.is_unknown => {}
            ("epoch-missing", _)
                if text(finding, "/epoch").parse::<u64>().unwrap_or_default() < since_ms => {}
            _ => said.bad.push(finding.to_string()),
        }
    }
    if number(epoch, "more_findings") > 0 {
        said.bad.push("there are more findings".to_owned());
    }
    said
}
