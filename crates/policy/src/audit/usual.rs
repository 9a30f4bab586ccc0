//! Which API usually asks whether somebody may do something.

use super::methods::{FETCH_CONSUMER, FETCH_FOLLOWER};

/// What the decisions of the metadata service about others' resources are recorded as.
const AUTHORIZE: &str = "mds.Authorize";

/// The method whose event most often names the operation on the type of resource: of a broker
/// (Kafka 4.1 `KafkaApis`, `ControllerApis`), or of the metadata service where no broker knows such a
/// type. Other methods may ask for the same.
#[must_use]
pub fn usual_method(resource_type: &str, operation: &str) -> &'static str {
    match (resource_type, operation) {
        ("Topic", "Read") => FETCH_CONSUMER,
        ("Topic", "Write") => "kafka.Produce",
        ("Topic", "Describe") => "kafka.Metadata",
        ("Topic", "Alter") => "kafka.CreatePartitions",
        ("Topic" | "Cluster", "Create") => "kafka.CreateTopics",
        ("Topic", "Delete") => "kafka.DeleteTopics",
        ("Topic" | "Cluster" | "Group", "DescribeConfigs") => "kafka.DescribeConfigs",
        ("Topic" | "Cluster" | "Group", "AlterConfigs") => "kafka.IncrementalAlterConfigs",
        ("Group", "Read") => "kafka.JoinGroup",
        ("Group", "Describe") => "kafka.DescribeGroups",
        ("Group", "Delete") => "kafka.DeleteGroups",
        ("TransactionalId", "Describe") => "kafka.FindCoordinator",
        ("TransactionalId", "Write" | "TwoPhaseCommit") | ("Cluster", "IdempotentWrite") => {
            "kafka.InitProducerId"
        }
        ("Cluster", "ClusterAction") => FETCH_FOLLOWER,
        ("Cluster", "Describe") => "kafka.DescribeAcls",
        ("Cluster", "Alter") => "kafka.CreateAcls",
        ("DelegationToken", _) | ("User", "DescribeTokens") => "kafka.DescribeDelegationToken",
        ("User", _) => "kafka.CreateDelegationToken",
        _ => AUTHORIZE,
    }
}
