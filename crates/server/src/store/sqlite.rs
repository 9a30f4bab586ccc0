//! The embedded store: one SQLite file, which `sqlite3` can look into.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use super::log::{Append, Generation, MetaLog, StoreError};
use super::record::{Record, revocation_key};

/// The format of [`Record`]s in the `value` column.
const FORMAT: i64 = 1;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS log (
        position   INTEGER PRIMARY KEY AUTOINCREMENT,
        generation INTEGER NOT NULL,
        format     INTEGER NOT NULL,
        key        TEXT NOT NULL,
        value      TEXT NOT NULL,
        at         TEXT NOT NULL,
        actor      TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS log_generation ON log (generation);
    CREATE INDEX IF NOT EXISTS log_revocation ON log (key) WHERE key >= 'revocation/' AND key < 'revocation0';
";

/// A log in an SQLite file.
pub struct SqliteLog {
    connection: Mutex<Connection>,
    /// Held as long as this process writes here; the system lets go of it when the process ends.
    _lock: File,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl SqliteLog {
    /// Opens or makes `openmds.sqlite` in the folder; what is made, only its owner may read. One
    /// process at a time: the state in memory would not notice what another one writes.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let io = |error: io::Error| StoreError::Io(format!("{}: {error}", folder.display()));
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(io)?;
        let lock = own_file(&folder.join("openmds.lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse(folder.to_path_buf()));
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let path = folder.join("openmds.sqlite");
        own_file(&path).map_err(io)?;
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            connection: Mutex::new(connection),
            _lock: lock,
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file, making it for its owner alone if it is not there.
fn own_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
}

fn last(connection: &Connection) -> Result<Generation, StoreError> {
    let last: Option<i64> = connection
        .query_row("SELECT max(generation) FROM log", [], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(Generation(
        last.and_then(|last| u64::try_from(last).ok())
            .unwrap_or_default(),
    ))
}

/// Drops what the record says is forgotten, and the last record that said so.
fn drop_forgotten(connection: &Connection, record: &Record) -> Result<(), StoreError> {
    let Record::ForgottenRevocations { keys } = record else {
        return Ok(());
    };
    let mut delete = connection.prepare(
        "DELETE FROM log WHERE key = ?1 AND key >= 'revocation/' AND key < 'revocation0'",
    )?;
    for key in keys.iter().map(String::as_str).chain([""]) {
        delete.execute([revocation_key(key)])?;
    }
    Ok(())
}

impl MetaLog for SqliteLog {
    fn append(&self, append: &Append) -> Result<Generation, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let found = last(&transaction)?;
        if found != append.expected {
            return Err(StoreError::Moved {
                expected: append.expected,
                found,
            });
        }
        let next = append.generation.0.max(found.0 + 1);
        for record in &append.records {
            drop_forgotten(&transaction, record)?;
            let value = serde_json::to_string(record)
                .map_err(|error| StoreError::Format(error.to_string()))?;
            let generation =
                i64::try_from(next).map_err(|error| StoreError::Io(error.to_string()))?;
            transaction.execute(
                "INSERT INTO log (generation, format, key, value, at, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![generation, FORMAT, record.key(), value, append.at, append.actor],
            )?;
        }
        transaction.commit()?;
        Ok(Generation(next))
    }

    fn replay(&self) -> Result<Vec<(Generation, Record)>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT generation, format, value FROM log ORDER BY position")?;
        let mut rows = statement.query([])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let (generation, format, value): (i64, i64, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if format != FORMAT {
                return Err(StoreError::Format(format!("format {format}")));
            }
            let record = serde_json::from_str(&value)
                .map_err(|error| StoreError::Format(error.to_string()))?;
            entries.push((
                Generation(u64::try_from(generation).unwrap_or_default()),
                record,
            ));
        }
        Ok(entries)
    }
}
