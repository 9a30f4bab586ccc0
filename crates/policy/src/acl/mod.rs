//! Centralised ACLs: what they say, and which of them a filter means.
//!
//! The spellings and the matching are Apache Kafka's (`org.apache.kafka.common.acl` and
//! `.common.resource`); principals may also be groups. The role bindings live in `rbac`.

mod binding;
mod decide;
mod encoded;
mod filter;
mod host;
mod set;
mod words;

pub use binding::{AclBinding, AclEntry, AclPattern, WrittenAcl};
pub use decide::AclRequest;
pub use encoded::AclRef;
pub(crate) use encoded::PackedAcls;
pub use filter::{AclFilter, PatternTypeFilter, WrittenFilter};
pub use host::HostRule;
pub use set::Acls;
pub use words::{AclOperation, AclPermission, AclResourceType};
