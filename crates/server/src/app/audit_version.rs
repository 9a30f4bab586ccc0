//! Versions of the document, and the stamp that shows them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openmds_policy::audit::{Document, Metadata};

use super::App;
use crate::store::{AuditRecord, Generation, State};

/// Bytes of a version: 22 characters, as the reference product shows (`audit-logs.md` 2.3).
const LENGTH: usize = 16;

/// Most versions remembered that were shown but never stored.
const MOST_SIGHTINGS: usize = 64;

/// Versions that appeared by themselves, because a retention was changed by hand.
#[derive(Default)]
pub(crate) struct Sightings(Mutex<BTreeMap<String, Timestamp>>);

impl Sightings {
    /// When the version was first seen.
    fn first_seen(&self, version: &str, now: Timestamp) -> Timestamp {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = seen.get(version) {
            return *at;
        }
        if seen.len() >= MOST_SIGHTINGS {
            seen.pop_first();
        }
        seen.insert(version.to_string(), now);
        now
    }
}

/// The version of a document: a digest of its content and of the write that brought it, so that
/// A, B, A are three versions; the built-in document has none and is the same everywhere
/// (`rulings.md` 6).
pub(super) fn version_of(document: &Document, generation: Option<Generation>) -> String {
    let content = document.clone().with_metadata(None).to_property();
    digest_of(&content, generation)
}

/// A digest of content and of the write that brought it.
pub(super) fn digest_of(content: &str, generation: Option<Generation>) -> String {
    let write = generation
        .map(|generation| generation.to_string())
        .unwrap_or_default();
    let hash = digest(&SHA256, format!("{content}\n{write}").as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..LENGTH).unwrap_or_default())
}

/// The document in force, and the record it came from, if anybody ever wrote one.
pub(super) fn in_force(state: &State) -> (Document, Option<(Generation, &AuditRecord)>) {
    let stored = state.audit().and_then(|(generation, record)| {
        let document = Document::parse_property(&record.document).ok()?;
        Some((document, Some((*generation, record))))
    });
    stored.unwrap_or_else(|| (Document::built_in(), None))
}

impl App {
    /// The document as it is shown: with live retention, and a stamp that says so when the
    /// retention is not as written (`audit-logs.md` 7.3).
    pub(super) fn stamped(&self, state: &State, live: &BTreeMap<String, u64>) -> Document {
        let (written, record) = in_force(state);
        let shown = written.clone().with_retention(live);
        let resource_version = version_of(&shown, record.map(|(generation, _)| generation));
        let metadata = match record {
            Some((_, record)) if shown == written => Metadata {
                resource_version,
                updated_at: Some(record.updated_at.clone()),
                modified_since: None,
            },
            _ => {
                let seen = self
                    .sightings
                    .first_seen(&resource_version, self.clock.now());
                Metadata {
                    resource_version,
                    updated_at: None,
                    modified_since: Some(rfc3339(seen)),
                }
            }
        };
        shown.with_metadata(Some(metadata))
    }
}

/// Whole seconds, as clients of the field know them.
pub(super) fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
