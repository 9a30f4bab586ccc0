//! What every store can do, whatever it is made of.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::record::Record;

/// The position of a write in the log; it only grows, and no two writes share one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

impl fmt::Display for Generation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A batch to append.
#[derive(Debug, Clone)]
pub struct Append {
    /// The generation on which the batch was decided.
    pub expected: Generation,
    /// The generation that the batch becomes; above the expected one.
    pub generation: Generation,
    /// What to remember.
    pub records: Vec<Record>,
    /// Who caused it.
    pub actor: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Why nothing was written or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first.
    #[error("the store moved from generation {expected} to {found}; read again and repeat")]
    Moved {
        /// On which the batch was decided.
        expected: Generation,
        /// Which is true now.
        found: Generation,
    },
    /// A record of a format that this version does not know.
    #[error(
        "the store holds a record this version cannot read ({0}); was it written by a newer one?"
    )]
    Format(String),
    /// Another server has it open.
    #[error("another server is using the store in {}; two cannot write to one, stop it first", .0.display())]
    InUse(PathBuf),
    /// The medium failed.
    #[error("the store failed: {0}")]
    Io(String),
}

/// A log of keyed records. Every call may block on the medium.
pub trait MetaLog: Send + Sync {
    /// Appends the batch as its generation if the log's last one is the expected one.
    fn append(&self, append: &Append) -> Result<Generation, StoreError>;

    /// All records from the beginning, in order.
    fn replay(&self) -> Result<Vec<(Generation, Record)>, StoreError>;
}
