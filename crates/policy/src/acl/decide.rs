//! What the ACLs of a cluster say of one request.

use super::binding::AclBinding;
use super::set::Acls;
use super::words::{AclOperation, AclPermission, AclResourceType};
use crate::names::{ClusterId, PatternType, Principal, PrincipalType};

/// Who wants to do what from where.
#[derive(Debug, Clone, Copy)]
pub struct AclRequest<'a> {
    /// The user and, after it, the groups it belongs to.
    pub principals: &'a [Principal],
    /// The client's address; if it is not known, every denial counts and no allowance for single
    /// hosts does.
    pub host: Option<&'a str>,
    /// What it wants to do; not `All`.
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
    fn is_covered_by(&self, acl: &AclBinding) -> bool {
        let (pattern, entry) = (&acl.pattern, &acl.entry);
        let denies = entry.permission_type == AclPermission::Deny;
        pattern.resource_type == self.resource_type
            && match pattern.pattern_type {
                PatternType::Literal => pattern.name == self.name || pattern.name == "*",
                PatternType::Prefixed => self.name.starts_with(&pattern.name),
            }
            && (entry.host == "*" || self.host.map_or(denies, |host| host == entry.host))
            && (self.principals.contains(&entry.principal) || is_everybody(&entry.principal))
            && (entry.operation == AclOperation::All
                || entry.operation == self.operation
                || (!denies && implies(entry.operation, self.operation)))
    }
}

fn is_everybody(principal: &Principal) -> bool {
    principal.kind() == PrincipalType::User && principal.name() == "*"
}

/// Whether being allowed the one means being allowed the other.
fn implies(allowed: AclOperation, wanted: AclOperation) -> bool {
    use AclOperation::{Alter, AlterConfigs, Delete, Describe, DescribeConfigs, Read, Write};
    match wanted {
        Describe => matches!(allowed, Read | Write | Delete | Alter),
        DescribeConfigs => allowed == AlterConfigs,
        _ => false,
    }
}
