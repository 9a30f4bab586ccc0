//! [`EventWriter`] by Kafka's protocol: find a leader, send it a batch, and again where it moved.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kafka_protocol::ResponseError;
use tokio::sync::Mutex;

use super::deadline::Deadline;
use super::pool::Pool;
use super::{produce, records, topics};
use crate::{EventRecord, EventWriter, HostPort, KafkaError, NewTopic};

/// Between two attempts; elections take some hundred milliseconds.
const AGAIN: Duration = Duration::from_millis(100);

/// How long a topic may be unknown: one just created needs a moment to be known everywhere.
const UNKNOWN: Duration = Duration::from_secs(2);

/// A partition and where its leader is.
type Leader = (i32, HostPort);

pub(super) struct Writer {
    pool: Pool,
    leaders: Mutex<BTreeMap<String, Vec<Leader>>>,
    turn: AtomicUsize,
}

/// How an attempt failed.
enum Failed {
    /// Nothing changes that by itself.
    ForGood(KafkaError),
    /// The leader moved or is away.
    Again(KafkaError),
    /// The topic is not there, or not yet.
    Unknown(KafkaError),
}

impl Writer {
    pub(super) fn new(pool: Pool) -> Self {
        Self {
            pool,
            leaders: Mutex::default(),
            turn: AtomicUsize::new(0),
        }
    }

    async fn attempt(&self, topic: &str, batch: &Bytes, deadline: &Deadline) -> Result<(), Failed> {
        let (partition, at) = self.leader(topic, deadline).await?;
        let request = produce::request(topic, partition, batch.clone(), deadline.allowed_ms());
        let answer = self.pool.call_at(&at, &request, deadline).await;
        let answer = answer.map_err(|error| match error {
            KafkaError::Unreachable { .. } => Failed::Again(error),
            other => Failed::ForGood(other),
        })?;
        let (code, message) = produce::verdict(&answer, &at).map_err(Failed::ForGood)?;
        let Some(error) = ResponseError::try_from_code(code) else {
            return Ok(());
        };
        let refused = produce::refused(topic, &at, code, message.as_deref());
        Err(match error {
            ResponseError::UnknownTopicOrPartition => Failed::Unknown(refused),
            ResponseError::NotLeaderOrFollower
            | ResponseError::LeaderNotAvailable
            | ResponseError::ReplicaNotAvailable
            | ResponseError::KafkaStorageError
            | ResponseError::NetworkException
            | ResponseError::NotEnoughReplicas
            | ResponseError::NotEnoughReplicasAfterAppend
            | ResponseError::CorruptMessage => Failed::Again(refused),
            _ => Failed::ForGood(refused),
        })
    }

    /// The leader whose turn it is; asked for where it is not known.
    async fn leader(&self, topic: &str, deadline: &Deadline) -> Result<Leader, Failed> {
        let mut known = self.leaders.lock().await;
        if !known.contains_key(topic) {
            let request = topics::metadata(&[topic.to_owned()]);
            let (at, answer) = self
                .pool
                .call_any(&request, deadline)
                .await
                .map_err(|error| match error {
                    KafkaError::Unreachable { .. } => Failed::Again(error),
                    other => Failed::ForGood(other),
                })?;
            let unknown = || KafkaError::UnknownTopic {
                topic: topic.to_owned(),
                address: at.to_string(),
            };
            let shape = topics::shape(&answer, &at, topic).map_err(Failed::ForGood)?;
            shape.ok_or_else(|| Failed::Unknown(unknown()))?;
            known.insert(topic.to_owned(), produce::leaders(&answer, topic));
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let leaders = known.get(topic).map(Vec::as_slice).unwrap_or_default();
        let chosen = turn.checked_rem(leaders.len()).and_then(|n| leaders.get(n));
        chosen.cloned().ok_or_else(|| {
            Failed::Again(KafkaError::Unreachable {
                address: format!("the leaders of topic {topic}"),
                reason: "no partition has one at the moment; are the brokers that hold it running?"
                    .to_owned(),
            })
        })
    }
}

#[async_trait]
impl EventWriter for Writer {
    async fn write(&self, topic: &str, records: &[EventRecord]) -> Result<(), KafkaError> {
        if records.is_empty() {
            return Ok(());
        }
        let batch = records::batch(records).map_err(|reason| KafkaError::Rejected {
            what: format!("a batch for topic {topic}"),
            reason,
        })?;
        let deadline = self.pool.deadline();
        let known_by = deadline.at_most(UNKNOWN);
        loop {
            let error = match self.attempt(topic, &batch, &deadline).await {
                Ok(()) => return Ok(()),
                Err(Failed::ForGood(error)) => return Err(error),
                Err(Failed::Unknown(error)) if known_by.remaining().is_zero() => return Err(error),
                Err(Failed::Unknown(error) | Failed::Again(error)) => error,
            };
            self.leaders.lock().await.remove(topic);
            tracing::debug!(topic, %error, "writing again");
            if deadline.run(tokio::time::sleep(AGAIN)).await.is_none() {
                return Err(error);
            }
        }
    }

    async fn create_topic(&self, topic: &NewTopic) -> Result<(), KafkaError> {
        let deadline = self.pool.deadline();
        let request = topics::create_as(topic, deadline.allowed_ms());
        let (at, answer) = self.pool.change_any(&request, &deadline).await?;
        topics::created(&answer, &at, &topic.name)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
