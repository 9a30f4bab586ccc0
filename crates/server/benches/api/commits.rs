//! Bare commits: one row a transaction, as durable as the store's.

use std::path::Path;
use std::time::Instant;

/// Commits a second.
pub(crate) fn rate(folder: &Path, count: usize) -> f64 {
    let connection = rusqlite::Connection::open(folder.join("bare.sqlite")).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    connection
        .pragma_update(None, "synchronous", "FULL")
        .unwrap();
    connection
        .execute(
            "create table log (generation integer primary key, value text)",
            [],
        )
        .unwrap();
    let value = "x".repeat(300);
    let start = Instant::now();
    for _ in 0..count {
        connection
            .execute("insert into log (value) values (?1)", [&value])
            .unwrap();
    }
    count as f64 / start.elapsed().as_secs_f64()
}
