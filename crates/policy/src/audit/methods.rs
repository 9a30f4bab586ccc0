//! Which API an event names, and to which category it belongs.
//!
//! The table is data: one row an API of Apache Kafka up to 4.4, numbered as Kafka numbers them
//! (`org.apache.kafka.common.protocol.ApiKeys`). Categories: `audit-logs.md` 4.3. A method that
//! no row knows is `management`, so that a newer Kafka's API is recorded rather than lost.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::category::Category::{
    self, Consume, Describe, Heartbeat, Interbroker, Management, Produce,
};

/// A consumer's fetch.
pub const FETCH_CONSUMER: &str = "kafka.FetchConsumer";
/// A follower's fetch.
pub const FETCH_FOLLOWER: &str = "kafka.FetchFollower";

const FETCH: i16 = 1;

/// Methods outside the numbered APIs, and names of earlier Kafka versions.
const OTHER: [(&str, Category); 5] = [
    ("mds.Authorize", Category::Authorize),
    ("kafka.Authentication", Category::Authentication),
    (FETCH_CONSUMER, Consume),
    (FETCH_FOLLOWER, Interbroker),
    ("kafka.ListClientMetricsResources", Describe),
];

/// `(method, category)` at the index of the API key.
#[rustfmt::skip]
const APIS: [(&str, Category); 93] = [
    ("kafka.Produce", Produce),
    ("kafka.Fetch", Consume),
    ("kafka.ListOffsets", Consume),
    ("kafka.Metadata", Describe),
    ("kafka.LeaderAndIsr", Interbroker),
    ("kafka.StopReplica", Interbroker),
    ("kafka.UpdateMetadata", Interbroker),
    ("kafka.ControlledShutdown", Interbroker),
    ("kafka.OffsetCommit", Consume),
    ("kafka.OffsetFetch", Consume),
    ("kafka.FindCoordinator", Describe),
    ("kafka.JoinGroup", Consume),
    ("kafka.Heartbeat", Heartbeat),
    ("kafka.LeaveGroup", Consume),
    ("kafka.SyncGroup", Consume),
    ("kafka.DescribeGroups", Describe),
    ("kafka.ListGroups", Describe),
    ("kafka.SaslHandshake", Management),
    ("kafka.ApiVersions", Management),
    ("kafka.CreateTopics", Management),
    ("kafka.DeleteTopics", Management),
    ("kafka.DeleteRecords", Management),
    ("kafka.InitProducerId", Produce),
    ("kafka.OffsetForLeaderEpoch", Describe),
    ("kafka.AddPartitionsToTxn", Produce),
    ("kafka.AddOffsetsToTxn", Consume),
    ("kafka.EndTxn", Produce),
    ("kafka.WriteTxnMarkers", Interbroker),
    ("kafka.TxnOffsetCommit", Consume),
    ("kafka.DescribeAcls", Describe),
    ("kafka.CreateAcls", Management),
    ("kafka.DeleteAcls", Management),
    ("kafka.DescribeConfigs", Describe),
    ("kafka.AlterConfigs", Management),
    ("kafka.AlterReplicaLogDirs", Management),
    ("kafka.DescribeLogDirs", Describe),
    ("kafka.SaslAuthenticate", Management),
    ("kafka.CreatePartitions", Management),
    ("kafka.CreateDelegationToken", Management),
    ("kafka.RenewDelegationToken", Management),
    ("kafka.ExpireDelegationToken", Management),
    ("kafka.DescribeDelegationToken", Describe),
    ("kafka.DeleteGroups", Management),
    ("kafka.ElectLeaders", Management),
    ("kafka.IncrementalAlterConfigs", Management),
    ("kafka.AlterPartitionReassignments", Management),
    ("kafka.ListPartitionReassignments", Describe),
    ("kafka.OffsetDelete", Management),
    ("kafka.DescribeClientQuotas", Describe),
    ("kafka.AlterClientQuotas", Management),
    ("kafka.DescribeUserScramCredentials", Describe),
    ("kafka.AlterUserScramCredentials", Management),
    ("kafka.Vote", Interbroker),
    ("kafka.BeginQuorumEpoch", Interbroker),
    ("kafka.EndQuorumEpoch", Interbroker),
    ("kafka.DescribeQuorum", Describe),
    ("kafka.AlterPartition", Interbroker),
    ("kafka.UpdateFeatures", Management),
    ("kafka.Envelope", Interbroker),
    ("kafka.FetchSnapshot", Interbroker),
    ("kafka.DescribeCluster", Describe),
    ("kafka.DescribeProducers", Describe),
    ("kafka.BrokerRegistration", Interbroker),
    ("kafka.BrokerHeartbeat", Interbroker),
    ("kafka.UnregisterBroker", Management),
    ("kafka.DescribeTransactions", Describe),
    ("kafka.ListTransactions", Describe),
    ("kafka.AllocateProducerIds", Interbroker),
    ("kafka.ConsumerGroupHeartbeat", Heartbeat),
    ("kafka.ConsumerGroupDescribe", Describe),
    ("kafka.ControllerRegistration", Interbroker),
    ("kafka.GetTelemetrySubscriptions", Management),
    ("kafka.PushTelemetry", Management),
    ("kafka.AssignReplicasToDirs", Interbroker),
    ("kafka.ListConfigResources", Describe),
    ("kafka.DescribeTopicPartitions", Describe),
    ("kafka.ShareGroupHeartbeat", Heartbeat),
    ("kafka.ShareGroupDescribe", Describe),
    ("kafka.ShareFetch", Consume),
    ("kafka.ShareAcknowledge", Consume),
    ("kafka.AddRaftVoter", Management),
    ("kafka.RemoveRaftVoter", Management),
    ("kafka.UpdateRaftVoter", Interbroker),
    ("kafka.InitializeShareGroupState", Interbroker),
    ("kafka.ReadShareGroupState", Interbroker),
    ("kafka.WriteShareGroupState", Interbroker),
    ("kafka.DeleteShareGroupState", Interbroker),
    ("kafka.ReadShareGroupStateSummary", Interbroker),
    ("kafka.StreamsGroupHeartbeat", Heartbeat),
    ("kafka.StreamsGroupDescribe", Describe),
    ("kafka.DescribeShareGroupOffsets", Describe),
    ("kafka.AlterShareGroupOffsets", Management),
    ("kafka.DeleteShareGroupOffsets", Management),
];

/// The method name of an API key: `kafka.` and the API's name, with `Fetch` split by who fetches:
/// a follower is checked for `ClusterAction` (`audit-logs.md` 4.1 and 13).
#[must_use]
pub fn method_name(api_key: i16, operation: &str) -> Cow<'static, str> {
    if api_key == FETCH {
        return Cow::Borrowed(if operation == "ClusterAction" {
            FETCH_FOLLOWER
        } else {
            FETCH_CONSUMER
        });
    }
    usize::try_from(api_key)
        .ok()
        .and_then(|key| APIS.get(key))
        .map_or_else(
            || Cow::Owned(format!("kafka.Api{api_key}")),
            |(method, _)| Cow::Borrowed(*method),
        )
}

impl Category {
    /// The category of a method name.
    #[must_use]
    pub fn of_method(method: &str) -> Self {
        let mut known = OTHER.iter().chain(&APIS);
        known
            .find(|(name, _)| *name == method)
            .map_or(Management, |(_, category)| *category)
    }
}

/// The CRN element type of a resource type as authorizers and role tables spell it; `None` for the
/// cluster itself, whose CRN has no further element (`audit-logs.md` 3.1).
#[must_use]
pub fn crn_kind(resource_type: &str) -> Option<Cow<'static, str>> {
    let kind = match resource_type {
        "Cluster" => return None,
        "Topic" => "topic",
        "Group" => "group",
        "TransactionalId" => "transaction-id",
        "DelegationToken" => "delegation-token",
        "User" => "user",
        other => return Some(Cow::Owned(kebab_case(other))),
    };
    Some(Cow::Borrowed(kind))
}

/// `SecurityMetadata` as `security-metadata`.
fn kebab_case(name: &str) -> String {
    let mut kind = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() && !kind.is_empty() {
            kind.push('-');
        }
        kind.push(character.to_ascii_lowercase());
    }
    kind
}
