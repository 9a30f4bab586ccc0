//! Where lines come from.

use serde::{Deserialize, Serialize};

/// Something that lines are read from: a partition of a topic, or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As reports name it: `topic-0`, `export.jsonl`.
    pub name: String,
    /// The topic that it is a partition of. Events say where they were sent to; one that is found
    /// in another topic was copied there.
    pub topic: Option<String>,
    /// Why what stood before its first line is not read.
    pub front: Front,
}

/// What is known of a source before the first line that is read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Front {
    /// There was nothing.
    Whole,
    /// The destination has deleted it, and says by its retention that it deletes nothing younger
    /// than this, milliseconds since 1970; nothing if it may delete what it wants.
    Deleted {
        /// The youngest that may be gone.
        youngest_ms: Option<i64>,
    },
    /// Reading begins here, because the rest was not asked for.
    Since {
        /// Milliseconds since 1970.
        from_ms: i64,
    },
}

/// A source that the verifier was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceId(pub(super) u32);

/// A place in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct At {
    pub(super) source: SourceId,
    pub(super) position: u64,
}

/// A place as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The name of the source.
    pub source: String,
    /// The offset in the partition, or the number of the line in the file.
    pub position: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{}:{}", self.source, self.position)
    }
}
