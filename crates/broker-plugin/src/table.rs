//! Engines by handle. Java holds numbers, never addresses: a stale handle finds nothing, and a
//! call that races with `close` keeps its engine until it returns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use arc_swap::ArcSwap;

use crate::engine::Engine;

type Table = BTreeMap<u64, Arc<Engine>>;

static TABLE: LazyLock<ArcSwap<Table>> = LazyLock::new(|| ArcSwap::from_pointee(Table::new()));
static LAST: AtomicU64 = AtomicU64::new(0);

/// Adds an engine and names its handle.
pub(crate) fn open(engine: Engine) -> u64 {
    let handle = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    let engine = Arc::new(engine);
    TABLE.rcu(|table| {
        let mut table = Table::clone(table);
        table.insert(handle, Arc::clone(&engine));
        table
    });
    handle
}

/// Forgets an engine; it is freed when the last call on it has returned.
pub(crate) fn close(handle: u64) {
    TABLE.rcu(|table| {
        let mut table = Table::clone(table);
        table.remove(&handle);
        table
    });
}

/// Calls `use_engine` with the engine, unless it is closed. Takes no lock.
pub(crate) fn with<T>(handle: u64, use_engine: impl FnOnce(&Engine) -> T) -> Option<T> {
    TABLE.load().get(&handle).map(|engine| use_engine(engine))
}

#[cfg(test)]
mod tests {
    use super::{close, open, with};
    use crate::engine::{Engine, Settings};

    #[test]
    fn a_closed_handle_finds_nothing_and_another_stays() {
        let (one, other) = (
            open(Engine::new(Settings::default())),
            open(Engine::new(Settings::default())),
        );
        assert_ne!(one, other);
        close(one);
        close(one);
        assert_eq!(with(one, |_| ()), None);
        assert_eq!(with(other, |_| ()), Some(()));
        close(other);
        assert_eq!(with(0, |_| ()), None);
    }
}
