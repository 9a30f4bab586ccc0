//! A log in memory, for tests.

use std::sync::{Mutex, PoisonError};

use super::log::{Append, Generation, MetaLog, StoreError};
use super::record::Record;

/// Remembers until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryLog(Mutex<Vec<(Generation, Record)>>);

impl MetaLog for MemoryLog {
    fn append(&self, append: &Append) -> Result<Generation, StoreError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries
            .last()
            .map(|(generation, _)| *generation)
            .unwrap_or_default();
        if found != append.expected {
            return Err(StoreError::Moved {
                expected: append.expected,
                found,
            });
        }
        let next = append.generation.max(Generation(found.0 + 1));
        entries.extend(append.records.iter().map(|record| (next, record.clone())));
        Ok(next)
    }

    fn replay(&self) -> Result<Vec<(Generation, Record)>, StoreError> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }
}
