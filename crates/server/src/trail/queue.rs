//! What waits to be delivered: bounded in number and in bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::metrics::Metrics;

/// Most events that wait.
const MOST_EVENTS: usize = 16_384;

/// Most bytes of events that wait.
const MOST_BYTES: usize = 16 << 20;

/// An event on its way.
pub(super) struct Event {
    pub(super) topic: String,
    pub(super) line: Vec<u8>,
    pub(super) timestamp_ms: i64,
    /// When it was taken in.
    pub(super) since: Instant,
}

impl Event {
    pub(super) fn new(topic: &str, line: Vec<u8>, timestamp_ms: i64) -> Self {
        Self {
            topic: topic.to_string(),
            line,
            timestamp_ms,
            since: Instant::now(),
        }
    }
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    bytes: usize,
    closed: bool,
}

/// What waits, and who waits for it.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    /// When the server stops, and until when events may still be delivered.
    closing: watch::Sender<Option<Instant>>,
    drained: watch::Sender<bool>,
    pub(super) metrics: Arc<Metrics>,
}

impl Queue {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            closing: watch::Sender::new(None),
            drained: watch::Sender::new(false),
            metrics,
        }
    }

    /// Takes an event in, or logs it where no more fit.
    pub(super) fn put(&self, event: Event) {
        let mut waiting = self.waiting();
        let bytes = waiting.bytes + event.line.len();
        if waiting.closed || waiting.events.len() >= MOST_EVENTS || bytes > MOST_BYTES {
            drop(waiting);
            self.queue_full(&event);
            return;
        }
        waiting.bytes = bytes;
        waiting.events.push_back(event);
        let length = waiting.events.len();
        drop(waiting);
        self.queued(length);
        self.arrived.notify_one();
    }

    /// The oldest events, at most so many and so many bytes, but at least one.
    pub(super) fn take(&self, most: usize, most_bytes: usize) -> Vec<Event> {
        let mut waiting = self.waiting();
        let mut taken = Vec::new();
        let mut bytes = 0;
        while let Some(next) = waiting.events.front() {
            bytes += next.line.len();
            if taken.len() >= most || (bytes > most_bytes && !taken.is_empty()) {
                break;
            }
            taken.extend(waiting.events.pop_front());
        }
        let left: usize = taken.iter().map(|event| event.line.len()).sum();
        waiting.bytes = waiting.bytes.saturating_sub(left);
        self.queued(waiting.events.len());
        taken
    }

    /// Waits for an event; `false` when the server stops instead.
    pub(super) async fn wait(&self) -> bool {
        let mut closing = self.closing.subscribe();
        loop {
            if !self.waiting().events.is_empty() {
                return true;
            }
            tokio::select! {
                () = self.arrived.notified() => {}
                _ = closing.wait_for(Option::is_some) => return !self.waiting().events.is_empty(),
            }
        }
    }

    /// Waits before another attempt, unless the server stops.
    pub(super) async fn pause(&self, wait: Duration) {
        let mut closing = self.closing.subscribe();
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = closing.wait_for(Option::is_some) => {}
        }
    }

    /// Until when events may be delivered, if the server stops.
    pub(super) fn closes_at(&self) -> Option<Instant> {
        *self.closing.borrow()
    }

    /// Ends the delivery: waits for what is on its way, and logs what did not get there.
    pub(super) async fn close(&self, limit: Duration) {
        let by = Instant::now() + limit;
        self.closing.send_replace(Some(by));
        let mut drained = self.drained.subscribe();
        let in_time = tokio::time::timeout_at(by, drained.wait_for(|done| *done)).await;
        drop(in_time);
        self.waiting().closed = true;
        for event in self.take(usize::MAX, usize::MAX) {
            self.undelivered(&event, "the server stops");
        }
    }

    /// Says that nothing will be taken any more.
    pub(super) fn done(&self) {
        self.drained.send_replace(true);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
