//! Where events go that no topic took, and what is counted.

use super::queue::Event;

/// The reference product's name for it (`audit-logs.md` 6.5): a target of this server's log.
pub(super) const FALLBACK: &str = "io.confluent.security.audit.log.fallback";

const EVENTS: &str = "openmds_audit_events_total";
const FAILURES: &str = "openmds_audit_event_failures_total";
const QUEUED: &str = "openmds_audit_queue_events";

/// The event as a line of the log.
fn log(event: &Event) {
    metrics::counter!(EVENTS, "outcome" => "fallback").increment(1);
    let line = String::from_utf8_lossy(&event.line);
    tracing::info!(target: FALLBACK, "{line}");
}

/// An event for which there was no room.
pub(super) fn queue_full(event: &Event) {
    metrics::counter!(FAILURES, "reason" => "queue-full").increment(1);
    log(event);
}

/// An event that the destination did not take.
pub(super) fn undelivered(event: &Event, reason: &str) {
    tracing::debug!(
        topic = event.topic,
        reason,
        "an audit event was not delivered"
    );
    log(event);
}

/// Events that the destination has.
pub(super) fn delivered(count: usize) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    metrics::counter!(EVENTS, "outcome" => "delivered").increment(count);
}

/// An attempt that failed.
pub(super) fn failed() {
    metrics::counter!(FAILURES, "reason" => "destination").increment(1);
}

/// How many events wait.
#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floating, and the number is small"
)]
pub(super) fn queued(count: usize) {
    metrics::gauge!(QUEUED).set(count as f64);
}
