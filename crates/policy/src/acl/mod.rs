//! Centralised ACLs: what they say, and which of them a filter means.
//!
//! The spellings and the matching are Apache Kafka's (`org.apache.kafka.common.acl` and
//! `.common.resource`); principals may also be groups. The role bindings live in `rbac`.

mod binding;
mod decide;
mod filter;
mod set;
mod words;

pub use binding::{AclBinding, AclEntry, AclPattern, WrittenAcl};
pub use decide::AclRequest;
pub use filter::{AclFilter, PatternTypeFilter, WrittenFilter};
pub use set::Acls;
pub use words::{AclOperation, AclPermission, AclResourceType};
