//! Metadata and CreateTopics.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kafka_protocol::messages::metadata_request::MetadataRequestTopic;
use kafka_protocol::messages::{
    CreateTopicsRequest, CreateTopicsResponse, MetadataRequest, MetadataResponse, TopicName,
};
use kafka_protocol::protocol::StrBytes;

use super::code::Asked;
use super::configs::unanswered;
use crate::{HostPort, KafkaError, NewTopic, TopicDescription};

pub(super) const RETENTION: &str = "retention.ms";

/// Leaves the number to the cluster (KIP-464).
const CLUSTER_DEFAULT: i16 = -1;

pub(super) fn topic_name(name: &str) -> TopicName {
    TopicName(StrBytes::from_string(name.to_owned()))
}

/// Asks for topics without creating them.
pub(super) fn metadata(names: &[String]) -> MetadataRequest {
    let topics = names
        .iter()
        .map(|name| MetadataRequestTopic::default().with_name(Some(topic_name(name))))
        .collect();
    MetadataRequest::default()
        .with_topics(Some(topics))
        .with_allow_auto_topic_creation(false)
}

/// One topic's shape, without its retention; `None` if it does not exist.
pub(super) fn shape(
    answer: &MetadataResponse,
    at: &HostPort,
    name: &str,
) -> Result<Option<TopicDescription>, KafkaError> {
    let topic = answer
        .topics
        .iter()
        .find(|topic| topic.name.as_ref().is_some_and(|found| &*found.0 == name))
        .ok_or_else(|| unanswered(at, "Metadata"))?;
    let asked = Asked {
        at,
        what: format!("Metadata of topic {name}"),
        operation: "Describe",
        resource: format!("Topic {name}"),
    };
    match ResponseError::try_from_code(topic.error_code) {
        Some(ResponseError::UnknownTopicOrPartition) => return Ok(None),
        // A partition without a leader at the moment does not change the topic's shape.
        Some(ResponseError::LeaderNotAvailable) | None => {}
        Some(_) => asked.check(topic.error_code, None)?,
    }
    let replicas = topic
        .partitions
        .first()
        .map_or(0, |first| first.replica_nodes.len());
    Ok(Some(TopicDescription {
        partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
        replication_factor: i32::try_from(replicas).unwrap_or(i32::MAX),
        retention_ms: None,
    }))
}

/// Creates a topic with the cluster's own defaults for partitions and replicas.
pub(super) fn create(name: &str, retention_ms: u64, allowed_ms: u128) -> CreateTopicsRequest {
    let topic = NewTopic {
        name: name.to_owned(),
        partitions: i32::from(CLUSTER_DEFAULT),
        replicas: CLUSTER_DEFAULT,
        retention_ms: Some(retention_ms),
    };
    create_as(&topic, allowed_ms)
}

/// Creates a topic as it is described.
pub(super) fn create_as(topic: &NewTopic, allowed_ms: u128) -> CreateTopicsRequest {
    let retention = |ms: u64| {
        CreatableTopicConfig::default()
            .with_name(StrBytes::from_static_str(RETENTION))
            .with_value(Some(StrBytes::from_string(ms.to_string())))
    };
    let topic = CreatableTopic::default()
        .with_name(topic_name(&topic.name))
        .with_num_partitions(topic.partitions)
        .with_replication_factor(topic.replicas)
        .with_configs(topic.retention_ms.map(retention).into_iter().collect());
    CreateTopicsRequest::default()
        .with_topics(vec![topic])
        .with_timeout_ms(i32::try_from(allowed_ms).unwrap_or(i32::MAX))
}

/// Whether the topic exists now.
pub(super) fn created(
    answer: &CreateTopicsResponse,
    at: &HostPort,
    name: &str,
) -> Result<(), KafkaError> {
    let result = answer
        .topics
        .first()
        .ok_or_else(|| unanswered(at, "CreateTopics"))?;
    if ResponseError::try_from_code(result.error_code) == Some(ResponseError::TopicAlreadyExists) {
        return Ok(());
    }
    let asked = Asked {
        at,
        what: format!("CreateTopics of {name}"),
        operation: "Create",
        resource: format!("Topic {name}"),
    };
    asked.check(result.error_code, result.error_message.as_deref())
}
