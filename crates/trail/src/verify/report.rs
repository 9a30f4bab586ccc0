//! What the verifier found.

use serde::Serialize;

use super::finding::Finding;
use super::place::Place;

/// What can be said of a trail, or of one epoch of it. The worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every number that is asked for is there, and every line is the one that was written.
    Complete,
    /// Lines are not there, or cannot be known.
    Incomplete,
    /// Lines are not those that were written, or not where they were written.
    Tampered,
}

/// All that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The worst of all epochs, and of the lines that belong to none.
    pub verdict: Verdict,
    /// Lines that were read.
    pub lines: u64,
    /// By emitter, then in the order of time.
    pub epochs: Vec<EpochReport>,
    /// Lines that are no event.
    pub unreadable: Listed<Unread>,
    /// Events without numbers: of an older release, or of somebody else.
    pub unnumbered: Listed<Place>,
}

/// How many there are, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed<T> {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<T>,
}

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Where it is.
    pub place: Place,
    /// What is wrong with it.
    pub reason: String,
}

/// What was found in one epoch of one emitter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpochReport {
    /// Who wrote it.
    pub emitter: String,
    /// When it started, 13 digits of milliseconds since 1970.
    pub epoch: String,
    /// What can be said of it.
    pub verdict: Verdict,
    /// The lowest number that is there.
    pub first: u64,
    /// The highest number that is there.
    pub last: u64,
    /// When the lowest one happened, milliseconds since 1970.
    pub first_ms: i64,
    /// When the highest one happened.
    pub last_ms: i64,
    /// Lines that were read, each copy once.
    pub lines: u64,
    /// Copies of lines: the same number, the same bytes.
    pub duplicates: u64,
    /// How it ends.
    pub end: End,
    /// What signatures vouch for.
    pub signing: Signing,
    /// In the order of numbers.
    pub findings: Vec<Finding>,
    /// How many findings there are beyond those.
    pub more_findings: u64,
}

/// How an epoch ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum End {
    /// Its last number is known: the emitter closed it, or the next epoch names it.
    Proven {
        /// The last number.
        last: u64,
    },
    /// It goes on: the last line is as young as it has to be.
    Running,
    /// Nothing says which number is the last; what was read ends here.
    Open,
    /// Nothing says which number is the last, and the emitter is gone or silent.
    Unknown {
        /// So many events can be lost unseen, at most; nothing if that is not known either.
        at_most: Option<u64>,
    },
}

/// What signatures vouch for in one epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signing {
    /// Checkpoints that were read.
    pub checkpoints: u64,
    /// Those with a good signature; nothing where signatures are not checked.
    pub good: Option<u64>,
    /// Signatures vouch for the numbers up to this one.
    pub through: Option<u64>,
    /// Certificates that signed, by the SHA-256 over their DER, and how many checkpoints.
    pub certificates: Vec<Count>,
}

/// How many of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Of what.
    pub of: String,
    /// How many.
    pub count: u64,
}

/// The worst of all.
pub(super) fn overall(epochs: &[EpochReport], unreadable: u64, unnumbered: u64) -> Verdict {
    let worst = epochs.iter().map(|epoch| epoch.verdict).max();
    let worst = worst.unwrap_or(Verdict::Complete);
    if unreadable > 0 || unnumbered > 0 {
        return Verdict::Tampered.max(worst);
    }
    worst
}
