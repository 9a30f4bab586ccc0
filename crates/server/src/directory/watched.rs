//! A file that may change while the server runs.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{SHA256, digest};

use super::file::DirectoryError;

type Parse<T> = fn(&str) -> Result<T, (usize, String)>;

/// What a file holds, as of its last good version.
pub(super) struct Watched<T> {
    path: PathBuf,
    parse: Parse<T>,
    /// Whether the content is nobody else's business.
    secret: bool,
    current: ArcSwap<T>,
    /// The digest of the text seen last, good or not: each version is told of once.
    seen: Mutex<Vec<u8>>,
}

impl<T> Watched<T> {
    /// Reads the file for the first time: now a fault is an error.
    pub(super) fn load(
        path: PathBuf,
        secret: bool,
        parse: Parse<T>,
    ) -> Result<Self, DirectoryError> {
        let text = read(&path)?;
        let parsed = parse(&text).map_err(|fault| at_line(&path, fault))?;
        let watched = Self {
            path,
            parse,
            secret,
            current: ArcSwap::from_pointee(parsed),
            seen: Mutex::new(digest(&SHA256, text.as_bytes()).as_ref().to_vec()),
        };
        watched.warn_of_permissions();
        Ok(watched)
    }

    /// The last good content.
    pub(super) fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Reads the file again. A broken one changes nothing; each is told of once.
    pub(super) fn reload(&self) {
        let path = self.path.display();
        let text = match read(&self.path) {
            Ok(text) => text,
            Err(error) => {
                if self.is_new(error.to_string().as_bytes()) {
                    tracing::warn!("{error}; what it held before stays in force");
                }
                return;
            }
        };
        if !self.is_new(text.as_bytes()) {
            return;
        }
        match (self.parse)(&text) {
            Ok(parsed) => {
                self.current.store(Arc::new(parsed));
                tracing::info!("{path} has changed and is in force");
                self.warn_of_permissions();
            }
            Err((line, problem)) => {
                tracing::warn!(
                    "{path}, line {line}: {problem}. What it held before stays in force until this is mended"
                );
            }
        }
    }

    fn is_new(&self, seen: &[u8]) -> bool {
        let seen = digest(&SHA256, seen).as_ref().to_vec();
        let mut last = self
            .seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let new = *last != seen;
        *last = seen;
        new
    }

    fn warn_of_permissions(&self) {
        let path = self.path.display();
        let Ok(mode) = std::fs::metadata(&self.path).map(|data| data.permissions().mode()) else {
            return;
        };
        if self.secret && mode & 0o004 != 0 {
            tracing::warn!("{path} can be read by every user of this machine; chmod 600 it");
        }
        if mode & 0o022 != 0 {
            tracing::warn!("{path} can be changed by other users of this machine; chmod 600 it");
        }
    }
}

fn read(path: &Path) -> Result<String, DirectoryError> {
    std::fs::read_to_string(path).map_err(|error| DirectoryError::Unreadable {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}

fn at_line(path: &Path, (line, problem): (usize, String)) -> DirectoryError {
    DirectoryError::Line {
        path: path.to_path_buf(),
        line,
        problem,
    }
}
