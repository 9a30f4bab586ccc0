//! ListOffsets and Fetch.

use kafka_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_protocol::messages::list_offsets_response::ListOffsetsPartitionResponse;
use kafka_protocol::messages::{
    BrokerId, FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse,
};

use super::topics::topic_name;
use crate::OffsetAt;

/// Of somebody who is no broker.
const CONSUMER: BrokerId = BrokerId(-1);
/// Only records that every in-sync replica has and whose transaction, if any, is settled.
const READ_COMMITTED: i8 = 1;
/// No answer comes near the largest frame that is read.
const MAX_BYTES: i32 = 4 << 20;
const NO_SESSION_EPOCH: i32 = -1;

/// How long a broker waits for the first record that is not there yet.
pub(super) const WAIT_MS: i32 = 100;

pub(super) fn list_offsets(topic: &str, partition: i32, at: OffsetAt) -> ListOffsetsRequest {
    let timestamp = match at {
        OffsetAt::Latest => -1,
        OffsetAt::Earliest => -2,
        OffsetAt::Time(ms) => ms.max(0),
    };
    let partition = ListOffsetsPartition::default()
        .with_partition_index(partition)
        .with_timestamp(timestamp);
    let topic = ListOffsetsTopic::default()
        .with_name(topic_name(topic))
        .with_partitions(vec![partition]);
    ListOffsetsRequest::default()
        .with_replica_id(CONSUMER)
        .with_isolation_level(READ_COMMITTED)
        .with_topics(vec![topic])
}

/// The one partition that was asked for.
pub(super) fn listed(answer: &ListOffsetsResponse) -> Option<&ListOffsetsPartitionResponse> {
    answer.topics.first()?.partitions.first()
}

pub(super) fn fetch(topic: &str, partition: i32, from: i64) -> FetchRequest {
    let partition = FetchPartition::default()
        .with_partition(partition)
        .with_fetch_offset(from)
        .with_partition_max_bytes(MAX_BYTES);
    let topic = FetchTopic::default()
        .with_topic(topic_name(topic))
        .with_partitions(vec![partition]);
    FetchRequest::default()
        .with_replica_id(CONSUMER)
        .with_max_wait_ms(WAIT_MS)
        .with_min_bytes(1)
        .with_max_bytes(MAX_BYTES)
        .with_isolation_level(READ_COMMITTED)
        .with_session_epoch(NO_SESSION_EPOCH)
        .with_topics(vec![topic])
}

/// The one partition that was asked for.
pub(super) fn fetched(answer: &FetchResponse) -> Option<&PartitionData> {
    answer.responses.first()?.partitions.first()
}
