//! The checkpoints of an epoch.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::epoch::KEPT;
use super::line::Line;
use super::own::CheckpointData;
use super::place::At;
use super::signatures::{Signatures, SignedStatement};
use super::texts::hash_text;
use crate::Hash;
use crate::stamp::{Epoch, checkpoint_statement};

/// Checkpoints whose certificate has not been seen, at most.
const MOST_WAITING: usize = 10_000;

/// A checkpoint that waits for its certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    number: u64,
    last: u64,
    #[serde(with = "hash_text")]
    hash: Hash,
    signature: String,
    fingerprint: String,
    time_ms: i64,
    at: At,
}

/// A checkpoint that vouches for nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Refused {
    pub(super) number: u64,
    pub(super) reason: String,
    pub(super) at: At,
}

/// What checkpoints vouch for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Signed {
    /// How many there are.
    pub(super) checkpoints: u64,
    /// How many of them are good.
    pub(super) good: u64,
    /// The highest number that a good one vouches for.
    pub(super) through: Option<u64>,
    /// When that one was written.
    pub(super) through_ms: Option<i64>,
    pub(super) refused: Vec<Refused>,
    pub(super) refused_count: u64,
    waiting: Vec<Waiting>,
    /// Good ones by the certificate that signed.
    pub(super) by_certificate: BTreeMap<String, u64>,
}

/// Who signed, as far as the trail says: certificates by fingerprint.
pub(super) type Certificates = BTreeMap<String, String>;

/// Whose checkpoints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'a> {
    pub(super) emitter: &'a str,
    pub(super) epoch: Epoch,
}

/// Whether that is the SHA-256 over the DER of the first certificate of the PEM text. What does not
/// fit is not kept, or a forged line could take the place of a real certificate.
pub(super) fn has_fingerprint(pem: &str, fingerprint: &str) -> bool {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let body = pem.split_once(BEGIN).map(|(_, rest)| rest);
    let body = body.and_then(|rest| rest.split_once("-----END"));
    let text: String = body
        .map(|(body, _)| body.split_whitespace().collect())
        .unwrap_or_default();
    let Ok(der) = STANDARD.decode(text) else {
        return false;
    };
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(der) {
        hex.push_str(&format!("{byte:02x}"));
    }
    hex == fingerprint
}

impl Signed {
    /// Takes the checkpoint of that line.
    pub(super) fn take(&mut self, data: &CheckpointData, line: &Line, at: At, is_checked: bool) {
        let number = line.first;
        self.checkpoints = self.checkpoints.saturating_add(1);
        if data.end.last.checked_add(1) != Some(number) || data.end.hash != line.chain {
            let reason = "it vouches for another line than the one before it".to_owned();
            self.refuse(number, reason, at);
        } else if !is_checked {
            // Nobody will ask for it.
        } else if self.waiting.len() >= MOST_WAITING {
            let reason = "too many checkpoints wait for a certificate".to_owned();
            self.refuse(number, reason, at);
        } else {
            self.waiting.push(Waiting {
                number,
                last: data.end.last,
                hash: data.end.hash,
                signature: data.signature.clone(),
                fingerprint: data.fingerprint.clone(),
                time_ms: line.time_ms,
                at,
            });
        }
    }

    /// Checks those whose certificate is known; all of them with `at_end`.
    pub(super) fn settle(
        &mut self,
        who: Who<'_>,
        certificates: &Certificates,
        signatures: &dyn Signatures,
        at_end: bool,
    ) {
        for waiting in std::mem::take(&mut self.waiting) {
            let certificate = certificates.get(&waiting.fingerprint).map(String::as_str);
            if certificate.is_none() && !at_end {
                self.waiting.push(waiting);
                continue;
            }
            let statement =
                checkpoint_statement(who.emitter, who.epoch, waiting.last, waiting.hash);
            let verdict = signatures.check(&SignedStatement {
                emitter: who.emitter,
                statement: &statement,
                signature: &waiting.signature,
                fingerprint: &waiting.fingerprint,
                certificate,
                time_ms: waiting.time_ms,
            });
            match verdict {
                Ok(()) => self.accept(waiting),
                Err(reason) => self.refuse(waiting.number, reason, waiting.at),
            }
        }
    }

    fn accept(&mut self, waiting: Waiting) {
        self.good = self.good.saturating_add(1);
        if self.through < Some(waiting.last) {
            self.through = Some(waiting.last);
            self.through_ms = Some(waiting.time_ms);
        }
        let count = self.by_certificate.entry(waiting.fingerprint).or_default();
        *count = count.saturating_add(1);
    }

    fn refuse(&mut self, number: u64, reason: String, at: At) {
        self.refused_count = self.refused_count.saturating_add(1);
        if self.refused.len() < KEPT {
            self.refused.push(Refused { number, reason, at });
        }
    }
}
