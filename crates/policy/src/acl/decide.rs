//! What the ACLs of a cluster say of one request.

use core::net::IpAddr;

use super::binding::AclBinding;
use super::host::HostRule;
use super::set::Acls;
use super::words::{AclOperation, AclPermission, AclResourceType};
use crate::names::{ClusterId, PatternType, Principal};

/// Who wants to do what from where.
#[derive(Debug, Clone, Copy)]
pub struct AclRequest<'a> {
    /// The user and, after it, the groups it belongs to.
    pub principals: &'a [Principal],
    /// The client's address; if it is not known, every denial counts and no allowance for single
    /// hosts does.
    pub host: Option<IpAddr>,
    /// What it wants to do; `All` for what only ACLs of `All` are about.
    pub operation: AclOperation,
    /// The type of the resource.
    pub resource_type: AclResourceType,
    /// The whole name of the resource.
    pub name: &'a str,
}

impl Acls {
    /// The ACL that decides: a denial wins over an allowance; `None` if they say nothing
    /// (Kafka 4.1 `StandardAuthorizerData`).
    #[must_use]
    pub fn decide(&self, cluster: &ClusterId, request: &AclRequest<'_>) -> Option<&AclBinding> {
        let applying = self.of(cluster).filter(|acl| request.is_covered_by(acl));
        // `Deny` is the smaller one.
        applying.min_by_key(|acl| acl.entry.permission_type)
    }
}

impl AclRequest<'_> {
    /// Whether the ACL is about the resource, whoever it is about.
    #[must_use]
    pub fn is_named_by(&self, acl: &AclBinding) -> bool {
        let pattern = &acl.pattern;
        pattern.resource_type == self.resource_type
            && match pattern.pattern_type {
                PatternType::Literal => pattern.name == self.name || pattern.name == "*",
                PatternType::Prefixed => self.name.starts_with(&pattern.name),
            }
    }

    /// Whether the ACL decides the request.
    #[must_use]
    pub fn is_covered_by(&self, acl: &AclBinding) -> bool {
        let entry = &acl.entry;
        let denies = entry.permission_type == AclPermission::Deny;
        let everybody = Principal::user("*");
        self.is_named_by(acl)
            && HostRule::parse(&entry.host).covers(self.host, denies)
            && (self.principals.contains(&entry.principal) || entry.principal == everybody)
            && (entry.operation == AclOperation::All
                || entry.operation == self.operation
                || (!denies && entry.operation.implies(self.operation)))
    }
}
