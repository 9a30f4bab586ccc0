//! A directory of the real file system.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, FileExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use super::disk::{Disk, Name};

const PRIVATE_DIRECTORY: u32 = 0o700;
const PRIVATE_FILE: u32 = 0o600;

/// A directory that only its owner may enter (0700), with files that only he may read (0600). At most
/// four descriptors are open at a time.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    lock: Option<File>,
    writing: BTreeMap<Name, File>,
    reading: Option<(Name, File)>,
}

impl Directory {
    /// The directory; nothing is touched yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            lock: None,
            writing: BTreeMap::new(),
            reading: None,
        }
    }

    fn path(&self, name: Name) -> PathBuf {
        self.path.join(name.file())
    }

    fn written(&mut self, name: Name) -> io::Result<&mut File> {
        let closed = || io::Error::other("not open for writing");
        self.writing.get_mut(&name).ok_or_else(closed)
    }

    fn read_from(&mut self, name: Name) -> io::Result<&File> {
        let open = self.reading.take().filter(|(open, _)| *open == name);
        let open = match open {
            Some(open) => open,
            None => (name, File::open(self.path(name))?),
        };
        Ok(&self.reading.insert(open).1)
    }
}

impl Disk for Directory {
    fn prepare(&mut self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(PRIVATE_DIRECTORY);
        builder.create(&self.path)?;
        let permissions = self.path.metadata()?.permissions();
        if permissions.mode() & 0o777 != PRIVATE_DIRECTORY {
            std::fs::set_permissions(&self.path, Permissions::from_mode(PRIVATE_DIRECTORY))?;
        }
        Ok(())
    }

    fn lock(&mut self) -> io::Result<bool> {
        self.lock = None;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.mode(PRIVATE_FILE).open(self.path(Name::Lock))?;
        match file.try_lock() {
            Ok(()) => {
                self.lock = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn segments(&mut self) -> io::Result<Vec<(u64, u64)>> {
        let mut found = Vec::new();
        for entry in self.path.read_dir()? {
            let entry = entry?;
            if let Some(index) = entry.file_name().to_str().and_then(Name::segment) {
                found.push((index, entry.metadata()?.len()));
            }
        }
        Ok(found)
    }

    fn create(&mut self, name: Name) -> io::Result<()> {
        let mut options = OpenOptions::new();
        match name {
            Name::Segment(_) => options.append(true).create_new(true),
            Name::Position | Name::Draft | Name::Lock => {
                options.write(true).create(true).truncate(true)
            }
        };
        let file = options.mode(PRIVATE_FILE).open(self.path(name))?;
        self.writing.insert(name, file);
        Ok(())
    }

    fn append(&mut self, name: Name, bytes: &[u8]) -> io::Result<()> {
        self.written(name)?.write_all(bytes)
    }

    fn sync(&mut self, name: Name) -> io::Result<()> {
        self.written(name)?.sync_data()
    }

    fn sync_directory(&mut self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    fn close(&mut self, name: Name) {
        self.writing.remove(&name);
    }

    fn truncate(&mut self, name: Name, length: u64) -> io::Result<()> {
        let file = OpenOptions::new().write(true).open(self.path(name))?;
        file.set_len(length)?;
        file.sync_data()
    }

    fn length(&mut self, name: Name) -> io::Result<u64> {
        Ok(self.path(name).metadata()?.len())
    }

    fn read(&mut self, name: Name, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let file = self.read_from(name)?;
        let mut filled = 0_usize;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let offset = at.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
            match file.read_at(rest, offset) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) if filled > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn rename(&mut self, from: Name, to: Name) -> io::Result<()> {
        self.close(from);
        std::fs::rename(self.path(from), self.path(to))
    }

    fn remove(&mut self, name: Name) -> io::Result<()> {
        self.close(name);
        if self.reading.as_ref().is_some_and(|(open, _)| *open == name) {
            self.reading = None;
        }
        std::fs::remove_file(self.path(name))
    }
}
