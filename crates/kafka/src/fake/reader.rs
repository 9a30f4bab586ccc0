//! [`EventReader`] of a cluster in memory: each topic has its records in partition 0.

use async_trait::async_trait;

use super::admin::behave;
use super::cluster::FakeCluster;
use super::fleet::FakeFleet;
use crate::{Connection, EventReader, KafkaError, OffsetAt, ReadBatch, ReadRecord};

/// An answer has so many records, so that reading takes several.
const ANSWER: usize = 100;

/// Connects anew for each call, as the real one may.
pub(super) struct FakeReader {
    fleet: FakeFleet,
    connection: Connection,
}

impl FakeReader {
    pub(super) fn new(fleet: FakeFleet, connection: &Connection) -> Self {
        Self {
            fleet,
            connection: connection.clone(),
        }
    }

    /// The cluster, if it answers and has the topic.
    async fn cluster(&self, topic: &str, what: &str) -> Result<FakeCluster, KafkaError> {
        let cluster = self.fleet.find(&self.connection)?;
        let condition = cluster.state().condition;
        behave(condition, &self.connection, what).await?;
        let state = cluster.state();
        state.authorize("Read", &format!("Topic {topic}"))?;
        if !state.topics.contains_key(topic) {
            return Err(KafkaError::UnknownTopic {
                topic: topic.to_owned(),
                address: state.cluster_id.clone(),
            });
        }
        drop(state);
        Ok(cluster)
    }
}

fn offset(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

#[async_trait]
impl EventReader for FakeReader {
    async fn partitions(&self, topic: &str) -> Result<Vec<i32>, KafkaError> {
        let cluster = self.cluster(topic, "Metadata").await?;
        let partitions = cluster.topic(topic).map_or(0, |topic| topic.partitions);
        Ok((0..partitions).collect())
    }

    async fn offset(&self, topic: &str, partition: i32, at: OffsetAt) -> Result<i64, KafkaError> {
        let cluster = self.cluster(topic, "ListOffsets").await?;
        let records = match partition {
            0 => cluster.records(topic),
            _ => Vec::new(),
        };
        let found = match at {
            OffsetAt::Earliest => Some(0),
            OffsetAt::Latest => None,
            OffsetAt::Time(ms) => records.iter().position(|record| record.timestamp_ms >= ms),
        };
        Ok(offset(found.unwrap_or(records.len())))
    }

    async fn read(&self, topic: &str, partition: i32, from: i64) -> Result<ReadBatch, KafkaError> {
        let cluster = self.cluster(topic, "Fetch").await?;
        let all = match partition {
            0 => cluster.records(topic),
            _ => Vec::new(),
        };
        let end = offset(all.len());
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        let records = all.into_iter().enumerate().skip(start).take(ANSWER);
        let records: Vec<_> = records
            .map(|(index, record)| ReadRecord {
                offset: offset(index),
                timestamp_ms: record.timestamp_ms,
                value: record.value,
            })
            .collect();
        let next = records
            .last()
            .map_or(from, |last| last.offset.saturating_add(1));
        Ok(ReadBatch { records, next, end })
    }

    async fn close(&self) {}
}
