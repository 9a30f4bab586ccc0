//! The file by which a verification goes on where another one ended.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use openmds_trail::verify::{Limits, Signatures, Verifier};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Failure;

const KIND: &str = "openmds audit verify";
const VERSION: u32 = 1;

/// How far sources were read, and what was found on the way.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Saved {
    kind: String,
    version: u32,
    /// By source: the offset, or the number of the line, that comes next.
    next: BTreeMap<String, i64>,
    verifier: Option<Box<RawValue>>,
}

impl Saved {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let unusable = |reason: String| unusable(&path.display().to_string(), &reason);
        let text = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let saved: Self =
            serde_json::from_slice(&text).map_err(|error| unusable(error.to_string()))?;
        if saved.kind != KIND || saved.version != VERSION {
            return Err(unusable(format!(
                "it is a \"{}\" of version {}, not one of \"{KIND}\" {VERSION}",
                saved.kind, saved.version
            )));
        }
        Ok(saved)
    }

    /// The verifier that it holds, else a new one.
    pub(super) fn verifier(
        &self,
        path: String,
        signatures: Option<Box<dyn Signatures + Send>>,
    ) -> Result<Verifier, Failure> {
        let limits = Limits::default();
        match &self.verifier {
            None => Ok(Verifier::new(limits, signatures)),
            Some(text) => Verifier::restore(text.get(), limits, signatures)
                .map_err(|error| unusable(&path, &error.to_string())),
        }
    }

    pub(super) fn next(&self, source: &str) -> Option<i64> {
        self.next.get(source).copied()
    }

    pub(super) fn set(&mut self, source: &str, next: i64) {
        match self.next.get_mut(source) {
            Some(known) => *known = next,
            None => drop(self.next.insert(source.to_owned(), next)),
        }
    }

    /// Replaces the file as a whole, so that an interruption leaves the old one or the new one.
    pub(super) fn write(&mut self, path: &Path, verifier: &Verifier) -> Result<(), Failure> {
        let failed = |reason: String| {
            Failure::new(format!("cannot write {}: {reason}", path.display()))
                .hint("Give --state a path in a folder that this user may write to")
        };
        self.kind = KIND.to_owned();
        self.version = VERSION;
        let state = RawValue::from_string(verifier.save());
        self.verifier = Some(state.map_err(|error| failed(error.to_string()))?);
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| failed(error.to_string()))?;
        serde_json::to_writer(&mut file, self).map_err(|error| failed(error.to_string()))?;
        file.flush().map_err(|error| failed(error.to_string()))?;
        file.persist(path)
            .map_err(|error| failed(error.to_string()))?;
        Ok(())
    }
}

fn unusable(path: &str, reason: &str) -> Failure {
    Failure::new(format!("cannot go on from {path}: {reason}"))
        .hint("Give another --state FILE, or remove it to begin anew")
}
