//! What waits to be delivered: bounded in number and in bytes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openmds_policy::companion::Format;
use openmds_trail::{Account, Reason};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::metrics::Metrics;

/// Most events that wait.
pub(super) const MOST_EVENTS: usize = 16_384;

/// For writing lines of the log and a file once nothing is delivered any more.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Most bytes of events that wait.
const MOST_BYTES: usize = 16 << 20;

/// An event on its way.
pub(super) struct Event {
    pub(super) topic: String,
    pub(super) format: Format,
    pub(super) line: Vec<u8>,
    pub(super) timestamp_ms: i64,
    /// When it was taken in.
    pub(super) since: Instant,
    /// First and last number that the line stands for, once it left the queue.
    pub(super) numbers: Option<(u64, u64)>,
    /// Whether it is about the trail itself, and not in the account.
    pub(super) own: bool,
}

impl Event {
    pub(super) fn new(topic: &str, format: Format, line: Vec<u8>, timestamp_ms: i64) -> Self {
        Self {
            topic: topic.to_string(),
            format,
            line,
            timestamp_ms,
            since: Instant::now(),
            numbers: None,
            own: false,
        }
    }
}

/// Events that found no room.
#[derive(Debug, Default)]
pub(super) struct Missed {
    pub(super) count: u64,
    /// How many were on their way to which topic.
    pub(super) topics: BTreeMap<String, u64>,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<Event>,
    bytes: usize,
    closed: bool,
    /// Since they were last asked for.
    missed: Missed,
    /// What became of everything so far, except for what waits.
    account: Account,
    /// Events that left the queue, and of which nobody knows yet what becomes of them.
    in_hand: u64,
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
        waiting.account.decided = waiting.account.decided.saturating_add(1);
        waiting.account.routed = waiting.account.routed.saturating_add(1);
        let bytes = waiting.bytes + event.line.len();
        if waiting.closed || waiting.events.len() >= MOST_EVENTS || bytes > MOST_BYTES {
            let dropped = waiting
                .account
                .dropped
                .entry(Reason::QueueFull)
                .or_default();
            *dropped = dropped.saturating_add(1);
            let missed = &mut waiting.missed;
            missed.count = missed.count.saturating_add(1);
            let topic = missed.topics.entry(event.topic.clone()).or_default();
            *topic = topic.saturating_add(1);
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

    /// Counts a decision that is recorded nowhere: because of its principal, or because no route
    /// leads anywhere.
    pub(super) fn leave_out(&self, principal_is_excluded: bool) {
        let account = &mut self.waiting().account;
        account.decided = account.decided.saturating_add(1);
        let left_out = if principal_is_excluded {
            &mut account.excluded
        } else {
            &mut account.not_routed
        };
        *left_out = left_out.saturating_add(1);
    }

    /// The events that found no room since this was last asked.
    pub(super) fn missed(&self) -> Missed {
        std::mem::take(&mut self.waiting().missed)
    }

    /// What became of everything, at one moment.
    pub(super) fn account(&self) -> Account {
        let waiting = self.waiting();
        let queued = u64::try_from(waiting.events.len()).unwrap_or(u64::MAX);
        Account {
            waiting: queued.saturating_add(waiting.in_hand),
            ..waiting.account.clone()
        }
    }

    /// Notes what became of an event that left the queue.
    pub(super) fn settle(&self, event: &Event, is_delivered: bool) {
        if event.own {
            return;
        }
        let mut waiting = self.waiting();
        waiting.in_hand = waiting.in_hand.saturating_sub(1);
        let account = &mut waiting.account;
        let place = if is_delivered {
            &mut account.delivered
        } else {
            &mut account.fallback
        };
        *place = place.saturating_add(1);
    }

    /// Takes no more in from now on.
    pub(super) fn seal(&self) {
        self.waiting().closed = true;
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
        let count = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        waiting.in_hand = waiting.in_hand.saturating_add(count);
        self.queued(waiting.events.len());
        taken
    }

    /// Waits for an event, but not beyond this; `false` when the server stops instead.
    pub(super) async fn wait(&self, until: Option<Instant>) -> bool {
        let mut closing = self.closing.subscribe();
        let over = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(over);
        loop {
            if !self.waiting().events.is_empty() {
                return true;
            }
            tokio::select! {
                () = self.arrived.notified() => {}
                () = &mut over => return true,
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
        // What was on its way until then is logged, and the epoch closed, a moment later.
        let by = by + LAST_WORDS;
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
