//! Tokens in files that only their owner can read.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use openmds_api::JoinTokens;

use crate::Failure;

const PROPERTIES: &str = "openmds.properties";
const AUTHORITY: &str = "ca.pem";
const TOKEN: &str = "join-token-";

/// A directory without files of an earlier run.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the directory, for its owner alone; one that holds such files already is refused.
    pub(super) fn open(path: PathBuf) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(format!(
                "cannot use the directory {}: {error}",
                path.display()
            ))
        };
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(&path).map_err(failed)?;
        for entry in std::fs::read_dir(&path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            if name == PROPERTIES || name == AUTHORITY || name.starts_with(TOKEN) {
                return Err(Failure::new(format!(
                    "{} already holds {name}: no token was made",
                    path.display()
                ))
                .hint("Give another directory, or remove what is left of the last time"));
            }
        }
        Ok(Self(path))
    }

    /// Writes everything; answers the files.
    pub(super) fn write(
        &self,
        made: &JoinTokens,
        properties: &str,
    ) -> Result<Vec<String>, Failure> {
        let mut files = Vec::new();
        let mut file = |name: &str, content: &str| {
            let path = self.0.join(name);
            private(&path, content).map_err(|error| {
                Failure::new(format!("cannot write {}: {error}", path.display())).hint(
                    "The tokens that were not written are lost and expire by themselves: make new ones",
                )
            })?;
            files.push(path.display().to_string());
            Ok::<_, Failure>(())
        };
        for (number, token) in (1..).zip(&made.tokens) {
            file(&format!("{TOKEN}{number}"), &format!("{token}\n"))?;
        }
        file(PROPERTIES, properties)?;
        if let Some(authority) = &made.ca_pem {
            file(AUTHORITY, authority)?;
        }
        Ok(files)
    }
}

fn private(path: &Path, content: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()
}
