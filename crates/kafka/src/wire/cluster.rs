//! DescribeCluster and DescribeQuorum.

use kafka_protocol::messages::describe_quorum_request::{PartitionData, TopicData};
use kafka_protocol::messages::{
    DescribeClusterResponse, DescribeQuorumRequest, DescribeQuorumResponse, TopicName,
};
use kafka_protocol::protocol::StrBytes;

use super::code::Asked;
use crate::{BrokerNode, ClusterDescription, HostPort, KafkaError};

/// The log of the controller quorum: one partition.
const METADATA_TOPIC: &str = "__cluster_metadata";

/// Id and brokers; no controllers yet.
pub(super) fn described(
    answer: &DescribeClusterResponse,
    at: &HostPort,
) -> Result<ClusterDescription, KafkaError> {
    let asked = Asked {
        at,
        what: "DescribeCluster".to_owned(),
        operation: "Describe",
        resource: "Cluster".to_owned(),
    };
    asked.check(answer.error_code, answer.error_message.as_deref())?;
    let mut brokers = Vec::with_capacity(answer.brokers.len());
    for broker in &answer.brokers {
        let port = u16::try_from(broker.port).map_err(|_| KafkaError::Protocol {
            address: at.to_string(),
            reason: format!(
                "broker {} advertises port {}",
                broker.broker_id.0, broker.port
            ),
        })?;
        brokers.push(BrokerNode {
            id: broker.broker_id.0,
            host: broker.host.to_string(),
            port,
        });
    }
    brokers.sort_by_key(|broker| broker.id);
    let cluster_id = answer.cluster_id.to_string();
    Ok(ClusterDescription {
        cluster_id,
        brokers,
        controllers: Vec::new(),
    })
}

/// The bits of an answer as names (`org.apache.kafka.common.acl.AclOperation`).
pub(super) fn operations(bits: i32) -> Vec<&'static str> {
    // Kafka's sign for "not asked".
    if bits == i32::MIN {
        return Vec::new();
    }
    [
        (7, "Alter"),
        (8, "Describe"),
        (10, "DescribeConfigs"),
        (11, "AlterConfigs"),
    ]
    .into_iter()
    .filter(|(code, _)| bits & (1 << code) != 0)
    .map(|(_, name)| name)
    .collect()
}

pub(super) fn quorum() -> DescribeQuorumRequest {
    DescribeQuorumRequest::default().with_topics(vec![
        TopicData::default()
            .with_topic_name(TopicName(StrBytes::from_static_str(METADATA_TOPIC)))
            .with_partitions(vec![PartitionData::default().with_partition_index(0)]),
    ])
}

/// The ids of the quorum's voters, none if it was refused.
pub(super) fn voters(answer: &DescribeQuorumResponse) -> Vec<i32> {
    let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
    let mut voters: Vec<i32> = partitions
        .filter(|partition| answer.error_code == 0 && partition.error_code == 0)
        .flat_map(|partition| &partition.current_voters)
        .map(|voter| voter.replica_id.0)
        .collect();
    voters.sort_unstable();
    voters.dedup();
    voters
}

#[cfg(test)]
mod tests {
    use super::operations;

    #[test]
    fn operations_are_read_from_bits() {
        assert_eq!(operations(i32::MIN), Vec::<&str>::new());
        assert_eq!(operations(0), Vec::<&str>::new());
        assert_eq!(
            operations(1 << 10 | 1 << 8 | 1 << 2),
            ["Describe", "DescribeConfigs"]
        );
        assert_eq!(operations(1 << 11), ["AlterConfigs"]);
    }
}
