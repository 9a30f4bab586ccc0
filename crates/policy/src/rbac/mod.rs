//! Role-based access: roles, scopes, bindings, and the one function that authorizes.

mod authorize;
mod bindings;
mod granting;
mod ground;
mod nearest;
mod patterns;
mod roles;
mod scope;
mod who_can;

pub use authorize::{
    AccessRequest, AclRules, AclSource, Decision, RESERVED_TOPICS, Reason, Refusal, Rules,
    authorize,
};
pub use bindings::{BindingKey, RoleBindings};
pub use granting::{Grant, Granting, granting};
pub use ground::Ground;
pub use nearest::{Lack, Near, nearest};
pub use roles::{AccessPolicy, ResourceOperations, Role, Roles, ScopeType};
pub use scope::{Scope, ScopeError, ScopeKey};
pub use who_can::{Holder, Holders, WhoCan, who_can};

/// The resource type of the audit-log configuration: it exists in the service only, so that
/// AuditAdmin never reaches a broker's settings (`rulings.md` 19).
pub const AUDIT_LOG: &str = "AuditLog";

/// The resource type of an entry of the cluster registry.
pub const CLUSTER_REGISTRY: &str = "ClusterRegistry";

/// The resource type of role bindings as a whole, and of what administrators ask about them.
pub const SECURITY_METADATA: &str = "SecurityMetadata";

/// The name of the one `Cluster` resource of a Kafka cluster.
pub const KAFKA_CLUSTER: &str = "kafka-cluster";

/// The name of the one `KsqlCluster` resource of a ksqlDB cluster.
pub const KSQL_CLUSTER: &str = "ksql-cluster";
