//! The private halves on disk: one file for each key that a rotation made, beside the first one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::algorithm::SigningAlgorithm;
use super::generate::{make, write};
use super::key_ring::KeyRing;
use super::keys::{KeyError, SigningKey};
use crate::config::TokenSettings;

/// Where private keys are.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    first: PathBuf,
    folder: PathBuf,
}

/// The private halves that are at hand, by their ids.
pub type HeldKeys = BTreeMap<String, SigningKey>;

impl KeyFiles {
    /// The files that the settings name.
    #[must_use]
    pub fn new(settings: &TokenSettings) -> Self {
        let beside = settings.key_path.parent().unwrap_or(Path::new("."));
        let folder = settings.keys_path.as_deref().unwrap_or(beside);
        Self {
            first: settings.key_path.clone(),
            folder: folder.to_path_buf(),
        }
    }

    /// The file of a key that a rotation made. Ids are base64url, so that none leads elsewhere.
    fn path(&self, key_id: &str) -> PathBuf {
        self.folder.join(format!("token-key-{key_id}.pem"))
    }

    /// Makes a key and writes its file. Nothing refers to it yet: a server that is killed here
    /// leaves a file that nobody reads.
    pub fn make(&self, algorithm: SigningAlgorithm) -> Result<SigningKey, KeyError> {
        let (key, pem) = make(algorithm)?;
        write(&self.path(key.id()), &pem)?;
        Ok(key)
    }

    /// Removes the file of a retired key; the first key's file is the operator's.
    pub fn remove(&self, key_id: &str) {
        let path = self.path(key_id);
        match std::fs::remove_file(&path) {
            Ok(()) => tracing::info!(key_id, "the private half of a retired key was removed"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "a retired key's file could not be removed; remove it by hand");
            }
        }
    }

    /// The ring as it goes on after a start, and the private halves that it needs.
    pub fn resume(
        &self,
        stored: &KeyRing,
        settings: &TokenSettings,
        now: Timestamp,
    ) -> Result<(KeyRing, HeldKeys), KeyError> {
        let mut held = HeldKeys::new();
        let mut ring = stored.clone();
        let longest_life = settings.longest_life();
        match SigningKey::load(&self.first) {
            Ok(key) if ring.knows(key.id()) => {
                held.insert(key.id().to_string(), key);
            }
            Ok(key) => {
                self.check(&key, settings)?;
                if !ring.terms().is_empty() {
                    tracing::warn!(key_id = key.id(), path = %self.first.display(), "the file holds a key that was not here before: it takes part like a rotated one");
                }
                ring = ring.with(key.public(), now, settings.publish, longest_life);
                held.insert(key.id().to_string(), key);
            }
            Err(error) if ring.signing(now).is_none() => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "confluent.metadata.server.token.key.path cannot be used; the rotated keys go on");
            }
        }
        for term in ring.terms().iter().filter(|term| term.retired.is_none()) {
            if held.contains_key(&term.key_id) {
                continue;
            }
            match SigningKey::load(&self.path(&term.key_id)) {
                Ok(key) if key.id() == term.key_id => {
                    held.insert(term.key_id.clone(), key);
                }
                Ok(_) => {
                    tracing::warn!(key_id = term.key_id, "the key's file holds another key");
                }
                Err(error) => {
                    tracing::warn!(%error, key_id = term.key_id, "a private key is not at hand");
                }
            }
        }
        let resumed = ring.resumed(now, settings.publish, longest_life);
        let mended = resumed
            .mended(now, |key_id| held.contains_key(key_id))
            .map_err(|key_id| KeyError::File {
                path: self.path(&key_id),
                reason: "it is the key that signs, and it is missing; restore the file, or put a new key at confluent.metadata.server.token.key.path".to_string(),
            })?;
        Ok((mended.at(now), held))
    }

    fn check(&self, key: &SigningKey, settings: &TokenSettings) -> Result<(), KeyError> {
        let found = key.public().algorithm();
        match settings.algorithm {
            Some(expected) if expected != found => Err(KeyError::Algorithm {
                path: self.first.clone(),
                found,
                expected,
            }),
            _ => Ok(()),
        }
    }
}
