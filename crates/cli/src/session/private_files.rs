//! JSON files that only their owner can read, each written whole or not at all.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

const LOCK: &str = "lock";

/// A directory of such files.
#[derive(Debug, Clone)]
pub(super) struct PrivateFiles {
    directory: PathBuf,
}

impl PrivateFiles {
    pub(super) fn new(directory: Option<PathBuf>) -> Result<Self, Failure> {
        let directory = directory.ok_or_else(|| {
            Failure::new("there is no directory to keep the session in")
                .hint("Set OPENMDS_CONFIG_DIR to a directory of yours")
        })?;
        Ok(Self { directory })
    }

    /// `None`: there is no such file.
    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Failure> {
        let path = self.directory.join(name);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken("read", &path, &error)),
        };
        // The parser's own message could quote a token.
        serde_json::from_str(&text).map(Some).map_err(|_| {
            Failure::new(format!("{} is not a file of this program", path.display()))
                .hint("Run `openmds logout --all`, then `openmds login`")
        })
    }

    /// Where the file is, if it is there.
    pub(super) fn path_of(&self, name: &str) -> Option<PathBuf> {
        let path = self.directory.join(name);
        path.is_file().then_some(path)
    }

    /// Readers see the old content or the new one, never a part.
    pub(super) fn write<T: Serialize>(&self, name: &str, content: &T) -> Result<(), Failure> {
        let path = self.directory.join(name);
        let write = || -> std::io::Result<()> {
            create_private(&self.directory)?;
            // A temporary file is readable by its owner only, and renaming is all or nothing.
            let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
            serde_json::to_writer_pretty(&mut file, content)?;
            file.write_all(b"\n")?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| broken("write", &path, &error))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), Failure> {
        let path = self.directory.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(broken("remove", &path, &error))
            }
            _ => Ok(()),
        }
    }

    /// Waits until no other run changes a file, and keeps others waiting until the answer is dropped.
    pub(super) fn lock(&self) -> Result<File, Failure> {
        let path = self.directory.join(LOCK);
        let lock = || -> std::io::Result<File> {
            create_private(&self.directory)?;
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| broken("lock", &path, &error))
    }
}

fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn broken(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {verb} {}: {error}", path.display()))
        .hint("Set OPENMDS_CONFIG_DIR to a directory that you may write to")
}
