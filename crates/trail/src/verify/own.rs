//! The trail's own events, read back.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::line::LineError;
use crate::Hash;
use crate::own::{TYPE_ACCOUNT, TYPE_CHECKPOINT, TYPE_EPOCH, TYPE_LOSS};
use crate::stamp::{End, Epoch};

/// One of the trail's own events. A type that only a newer release knows is none of them.
#[derive(Debug, Clone)]
pub(super) enum Own {
    Epoch(OpeningData),
    Loss(LossData),
    /// Whether the epoch ends with it.
    Account(bool),
    Checkpoint(CheckpointData),
}

/// Where an epoch says that the one before it ended.
#[derive(Debug, Clone)]
pub(super) struct OpeningData {
    pub(super) previous: Option<Epoch>,
    pub(super) end: Option<End>,
    pub(super) queue_bound: u64,
    /// Fingerprint of the certificate that signs.
    pub(super) certificate: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct LossData {
    pub(super) count: u64,
    pub(super) reason: String,
    /// The former epoch that gave the numbers; else its own.
    #[serde(default)]
    pub(super) epoch: Option<String>,
    #[serde(default)]
    pub(super) ranges: Vec<(u64, u64)>,
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Debug, Clone)]
pub(super) struct CheckpointData {
    pub(super) end: End,
    pub(super) signature: String,
    pub(super) fingerprint: String,
    pub(super) certificate: Option<String>,
}

#[derive(Deserialize)]
struct Around<D> {
    data: D,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOpening {
    previous_epoch: Option<String>,
    previous_last: Option<u64>,
    previous_hash: Option<String>,
    queue_bound: u64,
    certificate: Option<String>,
}

#[derive(Deserialize)]
struct RawAccount {
    last: bool,
}

#[derive(Deserialize)]
struct RawCheckpoint {
    sequence: u64,
    hash: String,
    algorithm: String,
    signature: String,
    fingerprint: String,
    certificate: Option<String>,
}

impl Own {
    pub(super) fn parse(kind: &str, line: &[u8]) -> Result<Option<Self>, LineError> {
        let wrong = |reason: &str| LineError::Data {
            kind: kind.to_owned(),
            reason: reason.to_owned(),
        };
        Ok(Some(match kind {
            TYPE_EPOCH => {
                let raw: RawOpening = data(kind, line)?;
                Self::Epoch(raw.read().map_err(wrong)?)
            }
            TYPE_LOSS => Self::Loss(data(kind, line)?),
            TYPE_ACCOUNT => Self::Account(data::<RawAccount>(kind, line)?.last),
            TYPE_CHECKPOINT => {
                let raw: RawCheckpoint = data(kind, line)?;
                if raw.algorithm != "ES256" {
                    return Err(wrong("its algorithm is not ES256"));
                }
                let hash = Hash::parse(&raw.hash).ok_or(wrong("its hash is no SHA-256"))?;
                Self::Checkpoint(CheckpointData {
                    end: End {
                        last: raw.sequence,
                        hash,
                    },
                    signature: raw.signature,
                    fingerprint: raw.fingerprint,
                    certificate: raw.certificate,
                })
            }
            _ => return Ok(None),
        }))
    }
}

impl RawOpening {
    fn read(self) -> Result<OpeningData, &'static str> {
        let previous = self.previous_epoch.as_deref().map(Epoch::parse);
        if previous == Some(None) {
            return Err("its previousEpoch is no epoch");
        }
        let end = match (self.previous_last, self.previous_hash) {
            (None, None) => None,
            (Some(last), Some(hash)) => Some(End {
                last,
                hash: Hash::parse(&hash).ok_or("its previousHash is no SHA-256")?,
            }),
            _ => return Err("previousLast and previousHash do not come together"),
        };
        Ok(OpeningData {
            previous: previous.flatten(),
            end,
            queue_bound: self.queue_bound,
            certificate: self.certificate,
        })
    }
}

fn data<D: DeserializeOwned>(kind: &str, line: &[u8]) -> Result<D, LineError> {
    let read: Result<Around<D>, _> = serde_json::from_slice(line);
    let read = read.map_err(|error| LineError::Data {
        kind: kind.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(read.data)
}
