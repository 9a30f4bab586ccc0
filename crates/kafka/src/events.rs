//! What the rest of OpenMDS may write to a Kafka cluster: records of a topic, and nothing else.

use async_trait::async_trait;

use crate::KafkaError;

/// Writes records to the topics of one cluster, over connections that it keeps.
#[async_trait]
pub trait EventWriter: Send + Sync {
    /// Appends the records, in order and as one batch, to some partition of the topic.
    ///
    /// `Ok` means that every in-sync replica has them (`acks=all`). A leader that moved, or that
    /// cannot write at the moment, is asked again within [`Connection::timeout`]; a topic that is
    /// not there for two seconds is [`KafkaError::UnknownTopic`]. After a time-out, or a connection
    /// that was lost while the answer was awaited, the records may be there all the same, or twice:
    /// readers tell by what is in them.
    ///
    /// [`Connection::timeout`]: crate::Connection::timeout
    async fn write(&self, topic: &str, records: &[EventRecord]) -> Result<(), KafkaError>;

    /// Creates a topic. One that exists already is left as it is, and is no error.
    async fn create_topic(&self, topic: &NewTopic) -> Result<(), KafkaError>;

    /// Closes the connections. A later call opens them again.
    async fn close(&self);
}

/// A record without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// The value.
    pub value: Vec<u8>,
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// Names and values of the headers.
    pub headers: Vec<(&'static str, &'static str)>,
}

/// A topic to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// The number of its partitions.
    pub partitions: i32,
    /// How many brokers hold each of them.
    pub replicas: i16,
    /// `retention.ms`; the cluster's own default where the writer does not say.
    pub retention_ms: Option<u64>,
}
