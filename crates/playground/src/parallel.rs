//! Several things at once, each on a thread of its own.

use std::thread;

use anyhow::{Result, anyhow};

/// Does the work for every item; waits for all of them and gives back the first error.
pub(crate) fn in_parallel<T: Send>(
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = items.map(|item| scope.spawn(move || work(item))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
            .collect::<Vec<Result<()>>>()
            .into_iter()
            .collect()
    })
}
