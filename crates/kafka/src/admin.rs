//! What the rest of OpenMDS may ask of a Kafka cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use openmds_policy::acl::AclBinding;

use crate::{Connection, EventReader, EventWriter, HostProbe, KafkaError};

/// Opens connections to clusters.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Connects and logs in to one of the brokers of `connection.bootstrap`.
    async fn connect(&self, connection: &Connection) -> Result<Arc<dyn Admin>, KafkaError>;

    /// Connects and logs in to a dedicated controller, which is the one address in
    /// `connection.bootstrap`.
    async fn connect_controller(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn ControllerAdmin>, KafkaError>;

    /// A writer to the cluster's topics, which connects when it first writes.
    async fn connect_writer(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventWriter>, KafkaError>;

    /// A reader of the cluster's topics, which connects when it first reads.
    async fn connect_reader(
        &self,
        connection: &Connection,
    ) -> Result<Arc<dyn EventReader>, KafkaError>;

    /// Follows each bootstrap address to the login, and says where it does not lead further.
    async fn probe(&self, connection: &Connection) -> Vec<HostProbe>;
}

/// A cluster as seen through its brokers.
///
/// Every call ends within [`Connection::timeout`]. All of them are idempotent, so each is repeated
/// on a fresh connection when the one in use turns out to be lost. After a time-out a change may
/// still be carried out later, when a frozen node thaws: look again and correct.
#[async_trait]
pub trait Admin: Send + Sync {
    /// Who the cluster is, its live brokers, and its controllers where we may know them.
    async fn describe_cluster(&self) -> Result<ClusterDescription, KafkaError>;

    /// What we may do on Cluster, in Kafka's spelling: of `DescribeConfigs`, `AlterConfigs`,
    /// `Describe` and `Alter`. Nothing where we lack `Describe`, which the answer itself needs.
    async fn cluster_operations(&self) -> Result<Vec<&'static str>, KafkaError>;

    /// The cluster-wide default of a broker configuration key, as one broker has it stored.
    async fn broker_default_config(&self, key: &str) -> Result<ConfigValue, KafkaError>;

    /// A key of one broker's configuration, asked at that very broker.
    async fn broker_config(&self, broker_id: i32, key: &str) -> Result<NodeConfig, KafkaError>;

    /// Sets (or with `None` deletes) one key of the cluster-wide broker default.
    ///
    /// A value over [`MAX_CONFIG_VALUE_BYTES`](crate::MAX_CONFIG_VALUE_BYTES) is refused without
    /// being sent. `Ok` means accepted by the active controller; brokers follow some 25 ms later.
    async fn alter_broker_default(&self, key: &str, value: Option<&str>) -> Result<(), KafkaError>;

    /// The named topics; `None` for one that does not exist.
    async fn describe_topics(
        &self,
        names: &[String],
    ) -> Result<BTreeMap<String, Option<TopicDescription>>, KafkaError>;

    /// Creates a topic with the cluster's own defaults for partitions and replicas. One that
    /// exists already is left as it is, and is no error.
    ///
    /// Waits, within the time-out, until the broker in use knows the topic.
    async fn create_topic(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError>;

    /// Sets `retention.ms` of a topic.
    ///
    /// Waits, within the time-out, until the broker in use shows the new value.
    async fn set_topic_retention(&self, name: &str, retention_ms: u64) -> Result<(), KafkaError>;

    /// All ACLs that the cluster keeps itself; needs `Describe` on Cluster. Kafka sends them in one
    /// answer, which may have 16 MiB: more than a hundred thousand ACLs.
    async fn describe_acls(&self) -> Result<ListedAcls, KafkaError>;

    /// Closes the connections. A later call opens them again.
    async fn close(&self);
}

/// A dedicated controller, which answers only for itself.
#[async_trait]
pub trait ControllerAdmin: Send + Sync {
    /// A key of this controller's configuration. Rejected unless `node_id` is its own id.
    async fn node_config(&self, node_id: i32, key: &str) -> Result<NodeConfig, KafkaError>;

    /// Closes the connection. A later call opens it again.
    async fn close(&self);
}

/// A cluster's identity and members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterDescription {
    /// The id that the cluster was formatted with.
    pub cluster_id: String,
    /// Brokers with a live session, by id. A frozen or stopped one vanishes from here.
    pub brokers: Vec<BrokerNode>,
    /// Ids of the quorum's voters, in order; a combined node is in both lists. Empty where we lack
    /// Cluster:Describe. Observers are left out, since every broker is one too.
    pub controllers: Vec<i32>,
}

/// A broker and where it listens, on the listener that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerNode {
    /// The node id.
    pub id: i32,
    /// The advertised host.
    pub host: String,
    /// The advertised port.
    pub port: u16,
}

/// A configuration value as a node is willing to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigValue {
    /// The key is not set.
    Absent,
    /// The key is set, but the node treats it as sensitive and keeps the value to itself.
    Hidden,
    /// The value.
    Value(String),
}

/// One key of a node's configuration: what it runs with, and what it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeConfig {
    /// What the node has applied.
    pub applied: ConfigValue,
    /// The cluster-wide default as this node has it stored, if it shows it.
    pub stored: Option<String>,
    /// Whether a setting of this node alone exists, which beats the cluster-wide default.
    pub per_broker_override: bool,
}

/// The ACLs that a cluster keeps itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListedAcls {
    /// Those that are understood.
    pub acls: BTreeSet<AclBinding>,
    /// How many more there are, with words of a newer Kafka.
    pub unknown: usize,
}

/// A topic's shape and retention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicDescription {
    /// Number of partitions.
    pub partitions: i32,
    /// Replicas of the first partition.
    pub replication_factor: i32,
    /// `retention.ms`; -1 is unlimited.
    pub retention_ms: Option<i64>,
}
