//! What Java's drain thread asks of an engine.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use uuid::Uuid;

use super::{Engine, lock};
use crate::boundary::forget;
use crate::breakage::Place;
use crate::counters::Counter;
use crate::outgoing::{Emitter, Ledger, Outgoing, To};
use crate::pairs::Pairs;
use crate::queue::Waiting;
use crate::record::Record;
use crate::snapshot::Snapshot;

/// Events in one batch at most: bounds what a drain thread that dies takes with it.
const MOST_EVENTS: u32 = 1_000;

impl Engine {
    /// Hands a batch of events, at most about `capacity` bytes, to `take`, which says whether it
    /// took it; what was not taken is offered again. Called by one thread.
    pub fn drain<T>(&self, capacity: usize, take: impl FnOnce(&[u8]) -> (bool, T)) -> Option<T> {
        lock(&self.retired).retain(|snapshot| Arc::strong_count(snapshot) > 1);
        self.rules.tidy();
        let emitter = self.emitter.get()?;
        let mut outgoing = lock(&self.outgoing);
        if outgoing.batch.events() == 0 {
            self.fill(&mut outgoing, emitter, capacity);
        }
        let batch = &mut outgoing.batch;
        let events = batch.events();
        if events == 0 {
            return None;
        }
        let (taken, result) = take(batch.finish());
        if taken {
            batch.clear();
            self.counters.add(Counter::Drained, u64::from(events));
            self.pending.store(0, Ordering::Relaxed);
        }
        Some(result)
    }

    /// Makes the writing of the next event panic, so that a test can show what becomes of it.
    pub fn break_next_event(&self) {
        self.breakage.want(Place::Draining);
    }

    /// Events of decisions and log ins in the batch that was not taken yet.
    pub fn pending(&self) -> u64 {
        self.pending.load(Ordering::Relaxed)
    }

    /// All counters, then the queue's length, its fill, and [`Self::pending`]
    /// (`spec/native-bridge.md`, `counters`).
    pub fn sums(&self) -> Vec<u64> {
        let length = u64::try_from(self.queue.len()).unwrap_or(u64::MAX);
        let waiting = [length, self.queue.fill_permille(), self.pending()];
        self.counters.sums().into_iter().chain(waiting).collect()
    }

    /// What the drain thread says (`spec/native-bridge.md`, `tell`).
    pub fn tell(&self, what: &Pairs, clock: fn() -> i64) -> Pairs {
        let Some(emitter) = self.emitter.get() else {
            return Pairs::new();
        };
        let mut outgoing = lock(&self.outgoing);
        if what.first("what") == Some("open") {
            let slots = self.queue.capacity().saturating_add(1_000);
            let ledger = Ledger::open(what, &emitter.cluster_id, slots, clock);
            let mut answer = Pairs::new();
            answer.add("emitter", ledger.stamper.emitter());
            answer.add("epoch", ledger.stamper.epoch().to_string());
            answer.add("file", ledger.file(false));
            outgoing.ledger = Some(ledger);
            return answer;
        }
        let snapshot = self.snapshot.load();
        let to = snapshot.as_deref().map(Snapshot::to_own);
        outgoing.tell(what, emitter, to.unwrap_or_default())
    }

    fn fill(&self, outgoing: &mut Outgoing, emitter: &Emitter, capacity: usize) {
        let enough = capacity.saturating_sub(capacity / 4);
        let snapshot = self.snapshot.load();
        let to = snapshot.as_deref().map(Snapshot::to_own);
        let to = to.unwrap_or_default();
        let is_sure = |snapshot: &Snapshot| snapshot.modes.is_some();
        outgoing.batch.own_ahead = snapshot.as_deref().is_some_and(is_sure);
        let dropped = self.counters.sum(Counter::DroppedQueueFull);
        outgoing.miss(emitter, to, dropped, |most| self.drops.take(most));
        while outgoing.batch.events() < MOST_EVENTS && outgoing.batch.len() < enough {
            let Some(waiting) = self.queue.pop() else {
                break;
            };
            // An event that leads nowhere after all leaves the opening of an epoch behind, no more.
            outgoing.open(emitter, to);
            let before = outgoing.batch.len();
            let adding = AssertUnwindSafe(|| self.add(outgoing, &waiting, emitter));
            match catch_unwind(adding) {
                Ok(Ok(())) => {}
                Ok(Err(why)) => {
                    self.counters.add(why, 1);
                    self.counters.take(Counter::Routed, 1);
                }
                Err(payload) => {
                    forget(payload);
                    self.counters.add(Counter::Panics, 1);
                    self.counters.add(Counter::Unrecorded, 1);
                    outgoing.batch.rewind(before);
                    outgoing.give_up(emitter, to);
                }
            }
        }
        let pending = u64::from(outgoing.batch.happened());
        self.pending.store(pending, Ordering::Relaxed);
    }

    fn add(
        &self,
        outgoing: &mut Outgoing,
        waiting: &Waiting,
        emitter: &Emitter,
    ) -> Result<(), Counter> {
        self.breakage.happen(Place::Draining);
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_deref();
        let to = |topic| {
            let known = snapshot.map(|snapshot| snapshot.to(topic));
            known.unwrap_or_else(|| To {
                topic,
                ..To::default()
            })
        };
        let stamper = outgoing.ledger.as_mut().map(|ledger| &mut ledger.stamper);
        let batch = &mut outgoing.batch;
        match waiting {
            Waiting::Decision(record) => {
                let to = to(self.topic_of(record, snapshot)?);
                batch.add(
                    record,
                    (to, Uuid::new_v4()),
                    (emitter, &self.methods),
                    stamper,
                );
            }
            Waiting::Login(login) => {
                let topic = match snapshot {
                    Some(snapshot) if login.topic.is_empty() => Self::route_login(snapshot, login),
                    _ => Ok(login.topic.as_str()),
                }?;
                batch.add_login(login, (to(topic), Uuid::new_v4()), emitter, stamper);
            }
        }
        Ok(())
    }

    fn topic_of<'a>(
        &self,
        record: &'a Record,
        snapshot: Option<&'a Snapshot>,
    ) -> Result<&'a str, Counter> {
        match (record.topic(), snapshot) {
            ("", Some(snapshot)) => {
                let kind = (record.api_key, record.operation);
                let resource = (record.resource_type, record.resource_name());
                self.route(snapshot, kind, resource, record.principal(), record.granted)
            }
            (topic, _) => Ok(topic),
        }
    }
}
