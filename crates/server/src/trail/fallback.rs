//! Where events go that no topic took, and what is counted.

use super::queue::{Event, Queue};

/// The reference product's name for it (`audit-logs.md` 6.5): a target of this server's log.
pub(super) const FALLBACK: &str = "io.confluent.security.audit.log.fallback";

impl Queue {
    /// The event as a line of the log.
    fn log(&self, event: &Event) {
        self.metrics.audit_events("fallback", 1);
        let line = String::from_utf8_lossy(&event.line);
        tracing::info!(target: FALLBACK, "{line}");
    }

    /// An event for which there was no room.
    pub(super) fn queue_full(&self, event: &Event) {
        self.metrics.audit_failure("queue-full");
        self.log(event);
    }

    /// An event that the destination did not take.
    pub(super) fn undelivered(&self, event: &Event, reason: &str) {
        tracing::debug!(
            topic = event.topic,
            reason,
            "an audit event was not delivered"
        );
        self.log(event);
    }

    /// Events that the destination has.
    pub(super) fn delivered(&self, count: usize) {
        self.metrics
            .audit_events("delivered", u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// An attempt that failed.
    pub(super) fn failed(&self) {
        self.metrics.audit_failure("destination");
    }

    /// How many events wait.
    pub(super) fn queued(&self, count: usize) {
        self.metrics.gauge("openmds_audit_queue_events", &[], count);
    }
}
