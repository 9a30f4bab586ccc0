//! Names with rules of their own: cluster ids, cluster names, principals, topic names.

mod cluster;
mod principal;
mod resource;
mod topic;

pub use cluster::{ClusterId, ClusterName, ClusterNameError};
pub use principal::{Principal, PrincipalError, PrincipalType};
pub use resource::{PatternType, ResourcePattern, ResourcePatternError};
pub use topic::{AUDIT_TOPIC_PREFIX, DEFAULT_AUDIT_TOPIC, DestinationTopic, DestinationTopicError};
