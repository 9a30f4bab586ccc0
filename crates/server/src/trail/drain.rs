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
use openmds_trail::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};

use super::destination::Destination;
use super::fallback;
use super::queue::{Event, Queue};
use super::routes::{InForce, Routes};
use crate::config::Exporter;
use crate::store::Store;

/// Most events in one batch, and their bytes: well below what a topic takes at once.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 512 << 10;

/// Between two attempts at a destination that is away.
const AGAIN: Duration = Duration::from_millis(500);

pub(crate) struct Drain {
    destination: Destination,
    exporter: Exporter,
    store: Arc<Store>,
    queue: Arc<Queue>,
    routes: Routes,
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
    ) -> Self {
        Self {
            destination: Destination::new(connector, exporter.clone(), home),
            exporter,
            store,
            queue,
            routes: Routes::default(),
            said: None,
        }
    }

    pub(super) async fn run(mut self) {
        let mut kept: VecDeque<Event> = VecDeque::new();
        loop {
            if kept.is_empty() && !self.queue.wait().await {
                break;
            }
            let room = BATCH.saturating_sub(kept.len());
            kept.extend(self.queue.take(room, BATCH_BYTES));
            let batch = std::mem::take(&mut kept);
            kept = self.deliver(batch).await;
            match self.queue.closes_at() {
                Some(_) => {
                    kept.drain(..)
                        .for_each(|event| self.queue.undelivered(&event, "the server stops"));
                }
                None if kept.is_empty() => {}
                None => self.queue.pause(AGAIN).await,
            }
        }
        self.queue.done();
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
            match written {
                Ok(()) => self.queue.delivered(events.len()),
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
        let writer = self.destination.writer(servers).await?;
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

async fn within(
    by: Option<Instant>,
    work: impl Future<Output = Result<(), KafkaError>>,
) -> Result<(), KafkaError> {
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
    EventRecord {
        value: event.line.clone(),
        timestamp_ms: event.timestamp_ms,
        headers: vec![("content-type", CONTENT_TYPE)],
    }
}
