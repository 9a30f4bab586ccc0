//! What the destination and the fallback logs hold of the run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::truth::asked;
use crate::events::text;

/// An emitter, and when it started: milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EpochName {
    pub(super) emitter: String,
    pub(super) started_ms: u64,
}

/// The event of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Its place among the epochs of the [`Trail`].
    pub(super) epoch: usize,
    pub(super) number: u64,
    pub(super) granted: bool,
    pub(super) unawaited: bool,
}

/// The lines of the emitters of one cluster since a moment, in a file, and which requests they are about.
#[derive(Debug)]
pub(super) struct Trail {
    run: String,
    cluster: String,
    since_ms: u64,
    file: File,
    offsets: BTreeMap<PathBuf, u64>,
    pub(super) lines: u64,
    pub(super) epochs: Vec<EpochName>,
    /// By client and request.
    found: Vec<Vec<Option<Found>>>,
    /// What cannot be in a trail.
    pub(super) odd: Vec<String>,
}

impl Trail {
    /// Of this run, with so many clients of the cluster, in that file.
    pub(super) fn new(
        (run, cluster, clients): (&str, &str, usize),
        since_ms: u64,
        file: &Path,
    ) -> Result<Self> {
        Ok(Self {
            run: run.to_owned(),
            cluster: format!("{cluster}/"),
            since_ms,
            file: File::create(file).with_context(|| file.display().to_string())?,
            offsets: BTreeMap::new(),
            lines: 0,
            epochs: Vec::new(),
            found: vec![Vec::new(); clients],
            odd: Vec::new(),
        })
    }

    /// The event of a request.
    pub(super) fn of(&self, client: usize, request: u64) -> Option<Found> {
        let request = usize::try_from(request).ok()?;
        *self.found.get(client)?.get(request)?
    }

    /// How many requests of a client have an event.
    pub(super) fn count(&self, client: usize) -> usize {
        let found = self.found.get(client).into_iter().flatten();
        found.flatten().count()
    }

    /// How many requests of a client from this one on have an event.
    pub(super) fn beyond(&self, client: usize, request: u64) -> usize {
        let found = self.found.get(client).into_iter().flatten();
        let from = usize::try_from(request).unwrap_or(usize::MAX);
        found.skip(from).flatten().count()
    }

    /// What a file has more than the last time, in whole lines.
    pub(super) fn take_file(&mut self, path: &Path) -> Result<()> {
        let mut file = File::open(path).with_context(|| path.display().to_string())?;
        let offset = self.offsets.get(path).copied().unwrap_or_default();
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(whole.map_or(0, |last| last + 1));
        let read = u64::try_from(bytes.len())?;
        self.offsets.insert(path.to_owned(), offset + read);
        for line in String::from_utf8_lossy(&bytes).lines() {
            // Where a node was killed, its last line is not whole.
            if let Ok(event) = serde_json::from_str(line) {
                self.take(line, &event)?;
            }
        }
        Ok(())
    }

    /// A line, if it belongs to the run.
    pub(super) fn take(&mut self, line: &str, event: &Value) -> Result<()> {
        let name = EpochName {
            emitter: text(event, "/emitter").to_owned(),
            started_ms: text(event, "/epoch").parse().unwrap_or_default(),
        };
        if !name.emitter.starts_with(&self.cluster) || name.started_ms < self.since_ms {
            return Ok(());
        }
        self.lines += 1;
        writeln!(self.file, "{line}")?;
        let resource = text(event, "/data/authorizationInfo/resourceName");
        let Some((client, request)) = asked(&self.run, resource) else {
            return Ok(());
        };
        let known = self.epochs.iter().position(|epoch| *epoch == name);
        let epoch = known.unwrap_or(self.epochs.len());
        if known.is_none() {
            self.epochs.push(name);
        }
        let granted = event.pointer("/data/authorizationInfo/granted");
        let found = Found {
            epoch,
            number: text(event, "/sequence").parse().unwrap_or_default(),
            granted: granted.and_then(Value::as_bool).unwrap_or_default(),
            unawaited: event.get("unawaited").is_some(),
        };
        self.keep(client, request, found);
        Ok(())
    }

    fn keep(&mut self, client: usize, request: u64, found: Found) {
        let Some(of_client) = self.found.get_mut(client) else {
            self.odd
                .push(format!("an event of client {client}, which is none"));
            return;
        };
        let at = usize::try_from(request).unwrap_or(usize::MAX);
        if at >= of_client.len() {
            of_client.resize(at.saturating_add(1), None);
        }
        match of_client.get_mut(at) {
            Some(Some(other)) if *other != found => self.odd.push(format!(
                "request {request} of client {client} has two events: {other:?}, {found:?}"
            )),
            Some(slot) => *slot = Some(found),
            None => {}
        }
    }
}
