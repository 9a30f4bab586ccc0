//! [`EventWriter`] of a cluster in memory.

use async_trait::async_trait;

use super::admin::behave;
use super::fleet::FakeFleet;
use super::state::FakeCall;
use crate::{Connection, EventRecord, EventWriter, KafkaError, NewTopic, TopicDescription};

/// Connects anew for each call, as the real one may.
pub(super) struct FakeWriter {
    fleet: FakeFleet,
    connection: Connection,
}

impl FakeWriter {
    pub(super) fn new(fleet: FakeFleet, connection: &Connection) -> Self {
        Self {
            fleet,
            connection: connection.clone(),
        }
    }
}

#[async_trait]
impl EventWriter for FakeWriter {
    async fn write(&self, topic: &str, records: &[EventRecord]) -> Result<(), KafkaError> {
        let cluster = self.fleet.find(&self.connection)?;
        let condition = cluster.state().condition;
        cluster.state().calls.push(FakeCall::Write {
            topic: topic.to_owned(),
            records: records.len(),
        });
        behave(condition, &self.connection, "Produce").await?;
        let mut state = cluster.state();
        state.authorize("Write", &format!("Topic {topic}"))?;
        if !state.topics.contains_key(topic) {
            return Err(KafkaError::UnknownTopic {
                topic: topic.to_owned(),
                address: state.cluster_id.clone(),
            });
        }
        let log = state.records.entry(topic.to_owned()).or_default();
        log.extend_from_slice(records);
        Ok(())
    }

    async fn create_topic(&self, topic: &NewTopic) -> Result<(), KafkaError> {
        let cluster = self.fleet.find(&self.connection)?;
        let condition = cluster.state().condition;
        behave(condition, &self.connection, "CreateTopics").await?;
        let mut state = cluster.state();
        state.authorize("Create", &format!("Topic {}", topic.name))?;
        let described = TopicDescription {
            partitions: topic.partitions,
            replication_factor: i32::from(topic.replicas),
            retention_ms: topic.retention_ms.and_then(|ms| i64::try_from(ms).ok()),
        };
        state.topics.entry(topic.name.clone()).or_insert(described);
        Ok(())
    }

    async fn close(&self) {}
}
