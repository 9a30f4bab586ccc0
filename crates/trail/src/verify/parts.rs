//! What is kept of single lines of an epoch.

use serde::{Deserialize, Serialize};

use super::place::At;
use super::slots::Half;
use super::texts::{epoch_text, hash_text};
use crate::Hash;
use crate::stamp::Epoch;

/// One side of a link whose other side has not been seen.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Open {
    /// Of a line without successor: its hash. Of one without predecessor: what it is chained to.
    #[serde(with = "hash_text")]
    pub(super) hash: Hash,
    /// The first number of the line.
    pub(super) first: u64,
    pub(super) at: At,
}

/// A line that is not chained to the line before it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Broken {
    /// The hash of the line before it, its first number, and where it is.
    pub(super) before: Half,
    pub(super) before_first: u64,
    pub(super) before_at: At,
    /// What it is chained to instead, and where it is.
    pub(super) chain: Half,
    pub(super) at: At,
}

/// A line whose numbers another one has already.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Rival {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) hash: Half,
    pub(super) chain: Half,
    pub(super) at: At,
}

/// What the first line of the epoch says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Opened {
    #[serde(with = "epoch_text::option")]
    pub(super) previous: Option<Epoch>,
    pub(super) previous_last: Option<u64>,
    #[serde(with = "hash_text::option")]
    pub(super) previous_hash: Option<Hash>,
    pub(super) queue_bound: u64,
    pub(super) certificate: Option<String>,
}

/// A loss that an emitter named.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) number: u64,
    pub(super) count: u64,
    pub(super) reason: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) at: At,
}

/// A line in another topic than it was sent to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Misrouted {
    pub(super) number: u64,
    pub(super) route: String,
    pub(super) at: At,
}
