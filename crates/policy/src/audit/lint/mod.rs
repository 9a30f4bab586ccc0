//! What is valid in a document and probably not meant.
//!
//! Faults are the parser's business. What is here is about consequences: a route that decides
//! nothing, a route that hides what another one says, events that were meant and are not caught.

mod coverage;
mod destinations;
mod principals;
mod routes;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::document::{Document, Route};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document does not do what it says.
    Error,
    /// Probably not meant.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One thing that an author should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Where, such as `routes["crn:///kafka=*"].produce`.
    pub path: String,
    /// The name of the rule; it does not change.
    pub rule: &'static str,
    /// What is the case.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

/// What is known besides the document. What is `None` is not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The ids of all Kafka clusters that follow the document.
    pub clusters: Option<BTreeSet<String>>,
    /// The authorities that their brokers have; `""` for none.
    pub authorities: Option<BTreeSet<String>>,
    /// Principals, as `User:<name>`, whose deeds matter most: super users, administrators.
    pub super_users: BTreeSet<String>,
}

/// All findings, the worst first, then by path.
#[must_use]
pub fn lint(document: &Document, known: &Known) -> Vec<Finding> {
    let mut findings = Vec::new();
    destinations::check(document, known, &mut findings);
    principals::check(document, known, &mut findings);
    routes::check(document, known, &mut findings);
    coverage::check(document, &mut findings);
    findings.sort();
    findings
}

/// The path of a route, or of something in it.
fn path_of(text: &str) -> String {
    super::check::join("routes", text)
}

/// The kinds of what follows the cluster; `None` if the pattern begins with something else.
fn kinds_below(route: &Route) -> Option<Vec<&str>> {
    let (first, rest) = route.pattern.elements().split_first()?;
    let kinds = rest.iter().map(|element| element.kind.as_str());
    (first.kind == "kafka").then(|| kinds.collect())
}
