//! How much may wait, for how long, and how surely.

/// When what was written is forced to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fsync {
    /// After each record.
    Always,
    /// After each group of records that is handed over together.
    Batch,
    /// When a segment is full: a killed process loses nothing, a power cut the last segment's end.
    Roll,
}

impl Fsync {
    /// The one of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "always" => Some(Self::Always),
            "batch" => Some(Self::Batch),
            "roll" => Some(Self::Roll),
            _ => None,
        }
    }
}

/// What bounds a spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of all segments.
    pub max_bytes: u64,
    /// A record that waited longer is not delivered any more, milliseconds.
    pub max_age_ms: u64,
    /// A segment is full before it would have more.
    pub segment_bytes: u64,
    /// When it is forced to the disk.
    pub fsync: Fsync,
}

impl Default for Limits {
    /// 1 GiB, seven days, segments of 16 MiB, forced by groups.
    fn default() -> Self {
        Self {
            max_bytes: 1 << 30,
            max_age_ms: 7 * 24 * 3_600_000,
            segment_bytes: 16 << 20,
            fsync: Fsync::Batch,
        }
    }
}
