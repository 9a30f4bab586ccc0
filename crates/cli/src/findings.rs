//! What a check has found, for people and for programs.

use openmds_policy::audit::Severity;
use serde::Serialize;

use crate::{Failure, Output, World};

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// `error`, `warning` or `note`.
    #[serde(serialize_with = "word")]
    pub(crate) severity: Severity,
    /// The name of the rule; it does not change.
    pub(crate) rule: String,
    /// The file, where several are checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The line in it, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// The field or the property; empty for the whole.
    pub(crate) path: String,
    /// What is the case.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) fix: String,
}

fn word<S: serde::Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.as_str())
}

impl Finding {
    /// `file:line: path`, as far as there is any of it.
    fn place(&self) -> String {
        let mut place = String::new();
        if let Some(file) = &self.file {
            place.push_str(file);
            if let Some(line) = self.line {
                place.push_str(&format!(":{line}"));
            }
            place.push_str(": ");
        }
        if !self.path.is_empty() {
            place.push_str(&self.path);
            place.push_str(": ");
        }
        place
    }
}

/// Prints all findings on standard output. Errors fail the command, warnings only if it is `strict`.
pub(crate) fn report(
    world: &mut World,
    findings: &[Finding],
    output: Output,
    strict: bool,
) -> Result<(), Failure> {
    if let Some(form) = output.structured() {
        world.printer.value(form, &findings)?;
    } else {
        for finding in findings {
            let (severity, place) = (finding.severity, finding.place());
            let (message, fix) = (&finding.message, &finding.fix);
            world
                .printer
                .data(&format!("{severity}: {place}{message}\n    {fix}"))?;
        }
        if findings.is_empty() {
            world.printer.note("Nothing found.");
        }
    }
    let count = |severity| {
        let of_severity = findings
            .iter()
            .filter(|finding| finding.severity == severity);
        of_severity.count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match (errors, warnings) {
        (0, 0) => Ok(()),
        (0, _) if !strict => Ok(()),
        (0, warnings) => Err(Failure::new(format!(
            "{} found",
            counted(warnings, "warning")
        ))),
        (errors, 0) => Err(Failure::new(format!("{} found", counted(errors, "error")))),
        (errors, warnings) => Err(Failure::new(format!(
            "{} and {} found",
            counted(errors, "error"),
            counted(warnings, "warning")
        ))),
    }
}

fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
