//! What the rest of OpenMDS may read of a Kafka cluster: the records of a topic's partitions.

use async_trait::async_trait;

use crate::KafkaError;

/// Reads records of the topics of one cluster, over connections that it keeps. It belongs to no
/// consumer group and leaves no trace at the cluster; whoever calls keeps the place.
#[async_trait]
pub trait EventReader: Send + Sync {
    /// The partitions of a topic, in order.
    async fn partitions(&self, topic: &str) -> Result<Vec<i32>, KafkaError>;

    /// The offset at some point of a partition.
    async fn offset(&self, topic: &str, partition: i32, at: OffsetAt) -> Result<i64, KafkaError>;

    /// The records from an offset on, as many as one answer has. Where there are none yet, it waits a
    /// moment for some. Where the partition begins later by now, reading goes on at its beginning.
    async fn read(&self, topic: &str, partition: i32, from: i64) -> Result<ReadBatch, KafkaError>;

    /// Closes the connections. A later call opens them again.
    async fn close(&self);
}

/// A point of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetAt {
    /// The first record that is still there.
    Earliest,
    /// Behind the last record.
    Latest,
    /// The first record that is not older than this, milliseconds since 1970; behind the last one
    /// where there is none.
    Time(i64),
}

/// What one answer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBatch {
    /// In the order of their offsets; may be none.
    pub records: Vec<ReadRecord>,
    /// Where to read on.
    pub next: i64,
    /// The offset behind the last record of the partition.
    pub end: i64,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRecord {
    /// Its place in the partition.
    pub offset: i64,
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// The value; empty where there is none.
    pub value: Vec<u8>,
}
