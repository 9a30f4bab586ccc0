//! Produce, and the leaders it goes to.

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{MetadataResponse, ProduceRequest, ProduceResponse};

use super::code::Asked;
use super::configs::unanswered;
use super::topics::topic_name;
use crate::{HostPort, KafkaError};

/// `acks=all`.
const ALL_IN_SYNC_REPLICAS: i16 = -1;

/// One batch for one partition.
pub(super) fn request(
    topic: &str,
    partition: i32,
    batch: Bytes,
    allowed_ms: u128,
) -> ProduceRequest {
    let data = PartitionProduceData::default()
        .with_index(partition)
        .with_records(Some(batch));
    let data = TopicProduceData::default()
        .with_name(topic_name(topic))
        .with_partition_data(vec![data]);
    ProduceRequest::default()
        .with_acks(ALL_IN_SYNC_REPLICAS)
        .with_timeout_ms(i32::try_from(allowed_ms).unwrap_or(i32::MAX))
        .with_topic_data(vec![data])
}

/// Code and text of the one partition that was asked.
pub(super) fn verdict(
    answer: &ProduceResponse,
    at: &HostPort,
) -> Result<(i16, Option<String>), KafkaError> {
    let mut partitions = answer
        .responses
        .iter()
        .flat_map(|topic| &topic.partition_responses);
    let first = partitions.next().ok_or_else(|| unanswered(at, "Produce"))?;
    let message = first.error_message.as_ref().map(ToString::to_string);
    Ok((first.error_code, message))
}

/// A refusal in words for an operator.
pub(super) fn refused(topic: &str, at: &HostPort, code: i16, message: Option<&str>) -> KafkaError {
    if ResponseError::try_from_code(code) == Some(ResponseError::UnknownTopicOrPartition) {
        return KafkaError::UnknownTopic {
            topic: topic.to_owned(),
            address: at.to_string(),
        };
    }
    let asked = Asked {
        at,
        what: format!("Produce to topic {topic}"),
        operation: "Write",
        resource: format!("Topic {topic}"),
    };
    let refused = asked.check(code, message).err();
    refused.unwrap_or_else(|| unanswered(at, "Produce"))
}

/// The partitions that have a leader at the moment, and its address.
pub(super) fn leaders(answer: &MetadataResponse, topic: &str) -> Vec<(i32, HostPort)> {
    let address = |id: i32| {
        let broker = answer
            .brokers
            .iter()
            .find(|broker| broker.node_id.0 == id)?;
        Some(HostPort {
            host: broker.host.to_string(),
            port: u16::try_from(broker.port).ok()?,
        })
    };
    let named = |name: &Option<_>| name.as_ref().is_some_and(|name| *name == topic_name(topic));
    answer
        .topics
        .iter()
        .filter(|found| named(&found.name))
        .flat_map(|found| &found.partitions)
        .filter_map(|partition| Some((partition.partition_index, address(partition.leader_id.0)?)))
        .collect()
}
