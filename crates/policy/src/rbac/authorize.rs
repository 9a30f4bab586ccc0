//! The one function that answers allow or deny.

use alloc::collections::BTreeSet;

use super::bindings::{BindingKey, RoleBindings};
use super::patterns::any_contains;
use super::roles::{Roles, ScopeType};
use super::scope::Scope;
use crate::names::{Principal, ResourcePattern};

/// Who wants to do what to which resource, and where.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// The user and, after it, the groups it belongs to.
    pub principals: &'a [Principal],
    /// Where the resource lives.
    pub scope: &'a Scope,
    /// `Describe`, `AlterConfigs`, ...
    pub operation: &'a str,
    /// The resource, as a pattern: granting on a prefix needs a right on all of it.
    pub resource: &'a ResourcePattern,
}

/// Why a request is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'a> {
    /// A static super user.
    SuperUser(&'a Principal),
    /// A role binding, its role and scope in the key.
    RoleBinding(&'a BindingKey),
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Allowed, and by what.
    Allow(Reason<'a>),
    /// Denied: nothing allows it.
    Deny,
}

impl Decision<'_> {
    /// Whether the answer is allow.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

/// Decides a request from super users and role bindings: super users first, then any binding of
/// the user or one of its groups whose role permits the operation, in exactly this scope, and
/// whose patterns, if the role is resource-scoped, contain the resource.
#[must_use]
pub fn authorize<'a>(
    roles: &Roles,
    super_users: &'a BTreeSet<Principal>,
    bindings: &'a RoleBindings,
    request: AccessRequest<'a>,
) -> Decision<'a> {
    if let Some(principal) = request
        .principals
        .iter()
        .find(|principal| super_users.contains(principal))
    {
        return Decision::Allow(Reason::SuperUser(principal));
    }
    let mut held = request
        .principals
        .iter()
        .flat_map(|principal| bindings.of(principal));
    let allows = |key: &BindingKey, patterns: &BTreeSet<ResourcePattern>| {
        let Some(role) = roles.named(&key.role) else {
            return false;
        };
        key.scope == *request.scope
            && role.permits(&request.resource.resource_type, request.operation)
            && match role.access_policy.scope_type {
                ScopeType::Cluster => true,
                ScopeType::Resource => any_contains(patterns, request.resource),
            }
    };
    held.find(|(key, patterns)| allows(key, patterns))
        .map_or(Decision::Deny, |(key, _)| {
            Decision::Allow(Reason::RoleBinding(key))
        })
}
