//! The one task that takes events to the destination.
//!
//! Events stay in order for each topic. While the destination is away they are kept until they are
//! as old as `delivery.timeout.ms`, as by Kafka's own producer; then they are lines of the log.
//! A lost answer may mean that an event is there twice, or there and in the log: its id tells.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use openmds_kafka::{
    Connection, Connector, EventRecord, EventWriter, HostPort, KafkaError, NewTopic,
};
use openmds_policy::companion::Format;
use openmds_policy::crn::Crn;
use openmds_trail::{CONTENT_TYPE, OCSF_CONTENT_TYPE};
use tokio::time::{Instant, timeout_at};

use super::destination::Destination;
use super::fallback;
use super::ledger::{Ledger, Whence};
use super::queue::{Event, Queue};
use super::routes::{InForce, Routes};
use crate::config::Exporter;
use crate::store::Store;

/// Most events in one batch, and their bytes: well below what a topic takes at once.
pub(super) const BATCH: usize = 500;
const BATCH_BYTES: usize = 512 << 10;

/// Between two attempts at a destination that is away.
const AGAIN: Duration = Duration::from_millis(500);

pub(crate) struct Drain {
    destination: Destination,
    exporter: Exporter,
    store: Arc<Store>,
    queue: Arc<Queue>,
    routes: Routes,
    ledger: Ledger,
    told_home: Option<String>,
    /// Whether the topic of the trail's own events took the last ones.
    takes_own: bool,
    /// What was last said about the destination, so that it is said once.
    said: Option<String>,
}

impl Drain {
    pub(super) fn new(
        connector: Arc<dyn Connector>,
        exporter: Exporter,
        home: Connection,
        store: Arc<Store>,
        queue: Arc<Queue>,
        ledger: Ledger,
        told_home: Option<String>,
    ) -> Self {
        Self {
            destination: Destination::new(connector, exporter.clone(), home),
            exporter,
            store,
            queue,
            routes: Routes::default(),
            ledger,
            told_home,
            takes_own: true,
            said: None,
        }
    }

    pub(super) async fn run(mut self) {
        let mut kept: VecDeque<Event> = VecDeque::new();
        loop {
            if kept.is_empty() && !self.queue.wait(self.ledger.due()).await {
                break;
            }
            let room = BATCH.saturating_sub(kept.len());
            let batch = self.next_batch(std::mem::take(&mut kept), room);
            kept = self.deliver(batch).await;
            if self.queue.closes_at().is_some() {
                self.log_all(&mut kept);
            } else if !kept.is_empty() {
                self.queue.pause(AGAIN).await;
            }
            self.name_losses(&mut kept);
        }
        self.end().await;
        self.queue.done();
    }

    /// What is kept from before, with what leaves the queue now, numbered, behind it.
    fn next_batch(&mut self, mut kept: VecDeque<Event>, room: usize) -> VecDeque<Event> {
        let taken = self.queue.take(room, BATCH_BYTES);
        let missed = self.queue.missed();
        let first = taken.first().map(|event| event.topic.clone());
        let whence = self.whence(first.or_else(|| missed.topics.keys().next().cloned()));
        self.ledger.number(&whence, taken, &missed, &mut kept);
        let account = self.queue.account();
        self.ledger.say(&whence, &account, &mut kept);
        kept
    }

    /// Takes the last events away, and closes the epoch.
    async fn end(&mut self) {
        self.queue.seal();
        let batch = self.next_batch(VecDeque::new(), usize::MAX);
        let mut kept = self.deliver(batch).await;
        self.log_all(&mut kept);
        let whence = self.whence(None);
        let account = self.queue.account();
        self.ledger.close(&whence, &account, &mut kept);
        kept = self.deliver(kept).await;
        self.log_all(&mut kept);
        self.ledger.ended();
    }

    /// Names what was lost, if the destination takes events.
    fn name_losses(&mut self, kept: &mut VecDeque<Event>) {
        if self.takes_own && !self.ledger.losses.is_empty() {
            let whence = self.whence(None);
            self.ledger.tell_losses(&whence, kept);
        }
    }

    fn log_all(&mut self, kept: &mut VecDeque<Event>) {
        for event in kept.drain(..) {
            self.queue.undelivered(&event, "the server stops");
            self.ledger.lose(&event);
        }
    }

    /// Who emits, and where its own events go: if the document names no topic for them, where others
    /// go.
    fn whence(&self, another: Option<String>) -> Whence {
        let state = self.store.read();
        let in_force = self.routes.in_force(&state);
        let learned = state.home().map(|id| id.as_str());
        let home = self.told_home.as_deref().or(learned).unwrap_or_default();
        let named = in_force.own_topic().map(ToString::to_string);
        let topic = named.or(another).unwrap_or_default();
        Whence {
            source: Crn::for_cluster(&self.exporter.authority, home).to_string(),
            home: home.to_string(),
            format: in_force.format(&topic),
            topic,
        }
    }

    /// Tries to deliver; answers what is worth another attempt.
    async fn deliver(&mut self, batch: VecDeque<Event>) -> VecDeque<Event> {
        let in_force = self.routes.in_force(&self.store.read());
        let servers = self.destination.servers(&in_force);
        let mut topics: BTreeMap<String, Vec<Event>> = BTreeMap::new();
        for event in batch {
            topics.entry(event.topic.clone()).or_default().push(event);
        }
        let mut kept = VecDeque::new();
        for (topic, events) in topics {
            let written = self.write(&in_force, &servers, &topic, &events).await;
            self.say(&servers, &topic, written.as_ref().err());
            if in_force.own_topic().is_none_or(|own| own == topic) {
                self.takes_own = written.is_ok();
            }
            match written {
                Ok(()) => self.queue.delivered(&events),
                Err(error) => {
                    self.queue.failed();
                    let reason = error.to_string();
                    for event in events {
                        if may_pass(&error)
                            && event.since.elapsed() < self.exporter.delivery_timeout
                        {
                            kept.push_back(event);
                        } else {
                            self.queue.undelivered(&event, &reason);
                            self.ledger.lose(&event);
                        }
                    }
                }
            }
        }
        kept
    }

    async fn write(
        &mut self,
        in_force: &InForce,
        servers: &[HostPort],
        topic: &str,
        events: &[Event],
    ) -> Result<(), KafkaError> {
        let records: Vec<EventRecord> = events.iter().map(record).collect();
        let by = self.queue.closes_at();
        let writer = within(by, self.destination.writer(servers)).await?;
        match within(by, writer.write(topic, &records)).await {
            Err(KafkaError::UnknownTopic { .. }) if self.may_create(in_force, topic) => {
                let new = self.new_topic(in_force, topic);
                within(by, create_and_write(&*writer, &new, &records)).await
            }
            written => written,
        }
    }

    fn may_create(&self, in_force: &InForce, topic: &str) -> bool {
        self.exporter.topic_create && in_force.retention(topic).is_some()
    }

    fn new_topic(&self, in_force: &InForce, topic: &str) -> NewTopic {
        NewTopic {
            name: topic.to_string(),
            partitions: self.exporter.topic_partitions,
            replicas: self.exporter.topic_replicas,
            retention_ms: in_force.retention(topic),
        }
    }

    fn say(&mut self, servers: &[HostPort], topic: &str, error: Option<&KafkaError>) {
        let said = error.map(ToString::to_string);
        if said == self.said {
            return;
        }
        let servers: Vec<String> = servers.iter().map(ToString::to_string).collect();
        let servers = servers.join(",");
        match &said {
            Some(error) => tracing::warn!(
                servers,
                topic,
                error,
                "the server's own audit events are not delivered; they go to the log under {} \
                 (check confluent.security.event.logger.exporter.kafka.*)",
                fallback::FALLBACK
            ),
            None => tracing::info!(
                servers,
                topic,
                "the server's own audit events are delivered again"
            ),
        }
        self.said = said;
    }
}

/// Whether the destination may take it a little later.
const fn may_pass(error: &KafkaError) -> bool {
    matches!(
        error,
        KafkaError::Unreachable { .. } | KafkaError::Timeout { .. }
    )
}

async fn create_and_write(
    writer: &dyn EventWriter,
    topic: &NewTopic,
    records: &[EventRecord],
) -> Result<(), KafkaError> {
    writer.create_topic(topic).await?;
    writer.write(&topic.name, records).await
}

async fn within<T>(
    by: Option<Instant>,
    work: impl Future<Output = Result<T, KafkaError>>,
) -> Result<T, KafkaError> {
    let Some(by) = by else {
        return work.await;
    };
    let stopped = |_| {
        Err(KafkaError::Timeout {
            what: "the last events before the server stops".to_string(),
        })
    };
    timeout_at(by, work).await.unwrap_or_else(stopped)
}

fn record(event: &Event) -> EventRecord {
    let content_type = match event.format {
        Format::CloudEvents => CONTENT_TYPE,
        Format::Ocsf => OCSF_CONTENT_TYPE,
    };
    EventRecord {
        value: event.line.clone(),
        timestamp_ms: event.timestamp_ms,
        headers: vec![("content-type", content_type)],
    }
}
