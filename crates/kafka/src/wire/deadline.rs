//! The time that a call may take.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::KafkaError;

/// A moment by which something must have ended, and how long that was from the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    allowed: Duration,
}

impl Deadline {
    pub(super) fn after(allowed: Duration) -> Self {
        Self {
            at: Instant::now() + allowed,
            allowed,
        }
    }

    pub(super) fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// A nearer deadline within this one.
    pub(super) fn at_most(&self, allowed: Duration) -> Self {
        Self::after(allowed.min(self.remaining()))
    }

    /// Whole milliseconds, for messages and for Kafka's own time-outs.
    pub(super) fn allowed_ms(&self) -> u128 {
        self.allowed.as_millis()
    }

    /// Runs `work`; `None` when the time is over.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.at, work).await.ok()
    }

    pub(super) fn missed(&self, what: impl std::fmt::Display) -> KafkaError {
        KafkaError::Timeout {
            what: format!("{what} (allowed: {} ms)", self.allowed_ms()),
        }
    }
}
