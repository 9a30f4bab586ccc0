//! [`EventReader`] by Kafka's protocol: ask the leader, and again where it moved.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use kafka_protocol::ResponseError;
use tokio::sync::Mutex;

use super::api::Api;
use super::code::Asked;
use super::configs::unanswered;
use super::deadline::Deadline;
use super::pool::Pool;
use super::{batches, fetch, produce, topics};
use crate::{EventReader, HostPort, KafkaError, OffsetAt, ReadBatch};

/// Between two attempts; elections take some hundred milliseconds.
const AGAIN: Duration = Duration::from_millis(100);

pub(super) struct Reader {
    pool: Pool,
    leaders: Mutex<BTreeMap<String, BTreeMap<i32, HostPort>>>,
}

/// What an answer says of the one partition that was asked for.
enum Said<T> {
    Done(T),
    /// The leader moved or is away.
    Again(KafkaError),
}

impl Reader {
    pub(super) fn new(pool: Pool) -> Self {
        Self {
            pool,
            leaders: Mutex::default(),
        }
    }

    /// Where each partition has its leader; asked for where it is not known.
    async fn leaders(
        &self,
        topic: &str,
        deadline: &Deadline,
    ) -> Result<BTreeMap<i32, HostPort>, KafkaError> {
        let mut known = self.leaders.lock().await;
        if let Some(leaders) = known.get(topic) {
            return Ok(leaders.clone());
        }
        let request = topics::metadata(&[topic.to_owned()]);
        let (at, answer) = self.pool.call_any(&request, deadline).await?;
        let shape = topics::shape(&answer, &at, topic)?;
        shape.ok_or_else(|| KafkaError::UnknownTopic {
            topic: topic.to_owned(),
            address: at.to_string(),
        })?;
        let leaders: BTreeMap<_, _> = produce::leaders(&answer, topic).into_iter().collect();
        known.insert(topic.to_owned(), leaders.clone());
        Ok(leaders)
    }

    /// Asks the leader of a partition until it answers or the time is over.
    async fn ask<R: Api, T>(
        &self,
        (topic, partition): (&str, i32),
        request: &R,
        said: impl Fn(&HostPort, R::Answer) -> Result<Said<T>, KafkaError>,
    ) -> Result<T, KafkaError> {
        let deadline = self.pool.deadline();
        loop {
            let leaders = self.leaders(topic, &deadline).await?;
            let error = match leaders.get(&partition) {
                None => KafkaError::Unreachable {
                    address: format!("the leader of {topic}-{partition}"),
                    reason: "the partition has none at the moment; are the brokers that hold it running?"
                        .to_owned(),
                },
                Some(at) => match self.pool.call_at(at, request, &deadline).await {
                    Ok(answer) => match said(at, answer)? {
                        Said::Done(done) => return Ok(done),
                        Said::Again(error) => error,
                    },
                    Err(error @ KafkaError::Unreachable { .. }) => error,
                    Err(other) => return Err(other),
                },
            };
            self.leaders.lock().await.remove(topic);
            tracing::debug!(topic, partition, %error, "reading again");
            if deadline.run(tokio::time::sleep(AGAIN)).await.is_none() {
                return Err(error);
            }
        }
    }
}

/// The verdict by a partition's code: whether there is something to read in the answer.
fn verdict(
    at: &HostPort,
    name: &str,
    (topic, partition): (&str, i32),
    code: i16,
) -> Result<Said<()>, KafkaError> {
    let asked = Asked {
        at,
        what: format!("{name} of {topic}-{partition}"),
        operation: "Read",
        resource: format!("Topic {topic}"),
    };
    match (asked.check(code, None), ResponseError::try_from_code(code)) {
        (Ok(()), _) => Ok(Said::Done(())),
        (
            Err(error),
            Some(
                ResponseError::NotLeaderOrFollower
                | ResponseError::LeaderNotAvailable
                | ResponseError::ReplicaNotAvailable
                | ResponseError::KafkaStorageError
                | ResponseError::FencedLeaderEpoch
                | ResponseError::UnknownLeaderEpoch
                | ResponseError::OffsetNotAvailable
                | ResponseError::UnknownTopicOrPartition,
            ),
        ) => Ok(Said::Again(error)),
        (Err(error), _) => Err(error),
    }
}

#[async_trait]
impl EventReader for Reader {
    async fn partitions(&self, topic: &str) -> Result<Vec<i32>, KafkaError> {
        let deadline = self.pool.deadline();
        let request = topics::metadata(&[topic.to_owned()]);
        let (at, answer) = self.pool.call_any(&request, &deadline).await?;
        let shape = topics::shape(&answer, &at, topic)?;
        let shape = shape.ok_or_else(|| KafkaError::UnknownTopic {
            topic: topic.to_owned(),
            address: at.to_string(),
        })?;
        // Partitions are numbered from 0 without a hole.
        Ok((0..shape.partitions).collect())
    }

    async fn offset(&self, topic: &str, partition: i32, at: OffsetAt) -> Result<i64, KafkaError> {
        let request = fetch::list_offsets(topic, partition, at);
        let place = (topic, partition);
        let found = self
            .ask(place, &request, |at, answer| {
                let found = fetch::listed(&answer).ok_or_else(|| unanswered(at, "ListOffsets"))?;
                Ok(match verdict(at, "ListOffsets", place, found.error_code)? {
                    Said::Done(()) => Said::Done(found.offset),
                    Said::Again(error) => Said::Again(error),
                })
            })
            .await?;
        match at {
            // There is none so young.
            OffsetAt::Time(_) if found < 0 => self.offset(topic, partition, OffsetAt::Latest).await,
            _ => Ok(found),
        }
    }

    async fn read(&self, topic: &str, partition: i32, from: i64) -> Result<ReadBatch, KafkaError> {
        let request = fetch::fetch(topic, partition, from);
        let place = (topic, partition);
        let read = self
            .ask(place, &request, |at, answer| {
                let found = fetch::fetched(&answer).ok_or_else(|| unanswered(at, "Fetch"))?;
                let code = match answer.error_code {
                    0 => found.error_code,
                    code => code,
                };
                if ResponseError::try_from_code(code) == Some(ResponseError::OffsetOutOfRange) {
                    return Ok(Said::Done(None));
                }
                if let Said::Again(error) = verdict(at, "Fetch", place, code)? {
                    return Ok(Said::Again(error));
                }
                let bytes = found.records.clone().unwrap_or_default();
                let mut read = batches::records(&bytes).map_err(|reason| KafkaError::Protocol {
                    address: at.to_string(),
                    reason: format!("{topic}-{partition} from offset {from}: {reason}"),
                })?;
                // A batch is answered as a whole, from its beginning.
                read.records.retain(|record| record.offset >= from);
                Ok(Said::Done(Some(ReadBatch {
                    records: read.records,
                    next: read.next.unwrap_or(from).max(from),
                    end: found.high_watermark,
                })))
            })
            .await?;
        match read {
            Some(read) => Ok(read),
            None => {
                let end = self.offset(topic, partition, OffsetAt::Latest).await?;
                let start = self.offset(topic, partition, OffsetAt::Earliest).await?;
                Ok(ReadBatch {
                    records: Vec::new(),
                    // Beyond the end: the topic was made anew.
                    next: start,
                    end,
                })
            }
        }
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
