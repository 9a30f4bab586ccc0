//! Names with rules of their own: cluster ids, cluster names, hosts, principals, topic names.

mod cluster;
mod host;
mod principal;
mod resource;
mod topic;

pub use cluster::{ClusterId, ClusterName, ClusterNameError};
pub use host::is_loopback;
pub use principal::{Principal, PrincipalError, PrincipalType};
pub use resource::{PatternType, ResourcePattern, ResourcePatternError};
pub use topic::{AUDIT_TOPIC_PREFIX, DEFAULT_AUDIT_TOPIC, DestinationTopic, DestinationTopicError};

/// Longest name of a principal, a host or a resource, bytes: Kafka's protocol carries names as
/// strings of at most so many, so nothing in a cluster can have a longer one.
pub const LONGEST_NAME: usize = 32_767;
