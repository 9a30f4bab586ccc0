//! Where events go that no topic took, and what is counted.

use super::queue::{Event, Queue};

/// The reference product's name for it (`audit-logs.md` 6.5): a target of this server's log.
pub(super) const FALLBACK: &str = "io.confluent.security.audit.log.fallback";

/// Likewise, of events that never got a number: an event of the trail stands for the numbers that they
/// would have had. Apart, so that the lines of the other name can be verified as they are.
const UNNUMBERED: &str = "io.confluent.security.audit.log.fallback.unnumbered";

impl Queue {
    /// The event as a line of the log.
    fn log(&self, event: &Event) {
        self.metrics.trail.fallback.increment(1);
        let line = String::from_utf8_lossy(&event.line);
        if event.numbers.is_some() {
            tracing::info!(target: FALLBACK, "{line}");
        } else {
            tracing::info!(target: UNNUMBERED, "{line}");
        }
    }

    /// An event for which there was no room.
    pub(super) fn queue_full(&self, event: &Event) {
        self.metrics.trail.queue_full.increment(1);
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
        self.settle(event, false);
    }

    /// Events that the destination has.
    pub(super) fn delivered(&self, events: &[Event]) {
        let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
        self.metrics.trail.delivered.increment(count);
        events.iter().for_each(|event| self.settle(event, true));
    }

    /// An attempt that failed.
    pub(super) fn failed(&self) {
        self.metrics.trail.destination.increment(1);
    }

    /// How many events wait.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; the queue is bounded"
    )]
    pub(super) fn queued(&self, count: usize) {
        self.metrics.trail.queued.set(count as f64);
    }
}
