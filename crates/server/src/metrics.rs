//! What is counted and measured, in the form that Prometheus reads.
//!
//! Every server has a recorder of its own, so that several may run in one process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{Counter, Gauge, Key, KeyName, Label, Level, Metadata, Recorder as _, SharedString};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

const META: Metadata<'static> = Metadata::new("openmds", Level::INFO, None);

/// Upper bounds of the buckets of latencies, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Measurements after which the recorder is told to tidy up: it keeps each one until then.
const TIDY: u64 = 1024;

/// What is counted and measured.
pub struct Metrics {
    recorder: PrometheusRecorder,
    text: PrometheusHandle,
    measured: AtomicU64,
    /// Of the server's own audit events: they come by the ten thousand a second.
    pub(crate) trail: TrailMetrics,
}

/// What becomes of the server's own audit events.
pub(crate) struct TrailMetrics {
    /// Events that the destination has.
    pub(crate) delivered: Counter,
    /// Events that are lines of the log.
    pub(crate) fallback: Counter,
    /// Events that found no room.
    pub(crate) queue_full: Counter,
    /// Attempts to deliver that failed.
    pub(crate) destination: Counter,
    /// Events that wait.
    pub(crate) queued: Gauge,
}

impl TrailMetrics {
    fn new(recorder: &PrometheusRecorder) -> Self {
        let counter =
            |name, label, value| recorder.register_counter(&key(name, &[(label, value)]), &META);
        let event = |outcome| counter("openmds_audit_events_total", "outcome", outcome);
        let failure = |reason| counter("openmds_audit_event_failures_total", "reason", reason);
        Self {
            delivered: event("delivered"),
            fallback: event("fallback"),
            queue_full: failure("queue-full"),
            destination: failure("destination"),
            queued: recorder.register_gauge(&key("openmds_audit_queue_events", &[]), &META),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        // Buckets that are not empty cannot be refused.
        let builder = PrometheusBuilder::new();
        let recorder = builder
            .set_buckets(&BUCKETS)
            .unwrap_or_default()
            .build_recorder();
        let text = recorder.handle();
        let metrics = Self {
            trail: TrailMetrics::new(&recorder),
            recorder,
            text,
            measured: AtomicU64::new(0),
        };
        metrics.describe();
        metrics
    }
}

fn key(name: &'static str, labels: &[(&'static str, &str)]) -> Key {
    let labels = labels
        .iter()
        .map(|(name, value)| Label::new(*name, (*value).to_string()));
    Key::from_parts(name, labels.collect::<Vec<_>>())
}

impl Metrics {
    fn describe(&self) {
        let counters = [
            (
                "openmds_http_requests_total",
                "Requests, by route template and status",
            ),
            ("openmds_logins_total", "Logins with a password, by outcome"),
            (
                "openmds_rounds_total",
                "Rounds over one cluster, by outcome",
            ),
            (
                "openmds_pushes_total",
                "Audit log configurations and companions pushed to a cluster, by document and outcome",
            ),
            (
                "openmds_audit_events_total",
                "The server's own audit events, delivered or in the fallback",
            ),
            (
                "openmds_feed_answers_total",
                "Answers to nodes that follow the policy, by what they held",
            ),
            (
                "openmds_audit_event_failures_total",
                "Attempts to deliver the server's own audit events that failed, and events that found the queue full",
            ),
        ];
        for (name, about) in counters {
            let (name, about) = (KeyName::from(name), SharedString::from(about));
            self.recorder.describe_counter(name, None, about);
        }
        let about = SharedString::from("Seconds from a request's head to its answer's head");
        self.recorder.describe_histogram(
            KeyName::from("openmds_http_request_seconds"),
            None,
            about,
        );
    }

    /// A request was answered.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let status = status.to_string();
        let labels = [("method", method), ("route", route), ("status", &status)];
        self.count("openmds_http_requests_total", &labels);
        let seconds = key("openmds_http_request_seconds", &labels[..2]);
        self.recorder
            .register_histogram(&seconds, &META)
            .record(took.as_secs_f64());
        if self.measured.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            self.text.run_upkeep();
        }
    }

    /// Somebody tried to log in with a password.
    pub fn login(&self, outcome: &str) {
        self.count("openmds_logins_total", &[("outcome", outcome)]);
    }

    /// A round over one cluster has ended.
    pub fn round(&self, outcome: &str) {
        self.count("openmds_rounds_total", &[("outcome", outcome)]);
    }

    /// A cluster has taken or refused a configuration.
    pub fn push(&self, document: &str, outcome: &str) {
        let labels = [("document", document), ("outcome", outcome)];
        self.count("openmds_pushes_total", &labels);
    }

    /// A node that follows the policy was answered.
    pub fn feed(&self, outcome: &str) {
        self.count("openmds_feed_answers_total", &[("outcome", outcome)]);
    }

    fn count(&self, name: &'static str, labels: &[(&'static str, &str)]) {
        self.recorder
            .register_counter(&key(name, labels), &META)
            .increment(1);
    }

    /// Sets what is counted elsewhere.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; no count here comes near its limit"
    )]
    pub fn gauge(&self, name: &'static str, labels: &[(&'static str, &str)], value: usize) {
        self.recorder
            .register_gauge(&key(name, labels), &META)
            .set(value as f64);
    }

    /// Everything, as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.render()
    }
}
