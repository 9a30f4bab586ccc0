//! The one function that answers allow or deny.

use alloc::collections::BTreeSet;
use core::net::IpAddr;

use super::bindings::{BindingKey, RoleBindings};
use super::patterns::any_contains;
use super::roles::{Roles, ScopeType};
use super::scope::Scope;
use crate::acl::{AclBinding, AclOperation, AclPermission, AclRequest, AclResourceType, Acls};
use crate::names::{Principal, ResourcePattern};

/// What the names of topics that nobody but a super user may touch begin with (`rulings.md` 18).
pub const RESERVED_TOPICS: &str = "_openmds-";

/// Who wants to do what to which resource, and where.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// The user and, after it, the groups it belongs to.
    pub principals: &'a [Principal],
    /// Where the resource lives.
    pub scope: &'a Scope,
    /// `Describe`, `AlterConfigs`, ...
    pub operation: &'a str,
    /// The resource, as a pattern: granting on a prefix needs a right on all of it. Where ACLs
    /// count, it is a literal name.
    pub resource: &'a ResourcePattern,
    /// The client's address, if it is known and ACLs count.
    pub host: Option<IpAddr>,
}

/// All that decides.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// What the roles allow.
    pub roles: &'a Roles,
    /// Who may do everything.
    pub super_users: &'a BTreeSet<Principal>,
    /// Who holds which role where.
    pub bindings: &'a RoleBindings,
    /// What decides beside role bindings inside a Kafka cluster; `None` where the metadata service
    /// asks about itself.
    pub acls: Option<AclRules<'a>>,
}

/// What decides beside role bindings inside a Kafka cluster.
#[derive(Debug, Clone, Copy)]
pub struct AclRules<'a> {
    /// ACLs of the metadata service.
    pub central: &'a Acls,
    /// The cluster's own ACLs.
    pub local: &'a Acls,
    /// `allow.everyone.if.no.acl.found`.
    pub allow_everyone: bool,
}

/// Where an ACL is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AclSource {
    /// With the metadata service.
    Central,
    /// In the Kafka cluster itself.
    Local,
}

/// Why a request is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason<'a> {
    /// A static super user.
    SuperUser(&'a Principal),
    /// A role binding, its role and scope in the key.
    RoleBinding(&'a BindingKey),
    /// An ACL.
    Acl(&'a AclBinding, AclSource),
    /// No rule names the resource, and that opens it to everybody.
    Everyone,
}

/// Why a request is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// The topic belongs to the metadata service.
    Reserved,
    /// An ACL.
    Acl(&'a AclBinding, AclSource),
    /// Nothing allows it.
    Nothing,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Allowed, and by what.
    Allow(Reason<'a>),
    /// Denied, and by what.
    Deny(Refusal<'a>),
}

impl Decision<'_> {
    /// Whether the answer is allow.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

/// Decides a request, in the order of `rulings.md` 18: a super user may; topics of the metadata
/// service are closed; an ACL denies; a role binding or an ACL allows; a resource that no rule
/// names is open to everybody if so configured; all else is denied.
///
/// This is the reference. Brokers ask [`crate::access::Index`], which is held equal to it.
#[must_use]
pub fn authorize<'a>(rules: &Rules<'a>, request: AccessRequest<'a>) -> Decision<'a> {
    let mut principals = request.principals.iter();
    if let Some(user) = principals.find(|one| rules.super_users.contains(one)) {
        return Decision::Allow(Reason::SuperUser(user));
    }
    if request.resource.resource_type == AclResourceType::Topic.as_str()
        && request.resource.name.starts_with(RESERVED_TOPICS)
    {
        return Decision::Deny(Refusal::Reserved);
    }
    if let Some((acl, source)) = applying(rules, request, AclPermission::Deny) {
        return Decision::Deny(Refusal::Acl(acl, source));
    }
    if let Some(key) = binding(rules, request) {
        return Decision::Allow(Reason::RoleBinding(key));
    }
    if let Some((acl, source)) = applying(rules, request, AclPermission::Allow) {
        return Decision::Allow(Reason::Acl(acl, source));
    }
    let everyone = rules.acls.is_some_and(|acls| acls.allow_everyone);
    if everyone && !is_named(rules, request) {
        return Decision::Allow(Reason::Everyone);
    }
    Decision::Deny(Refusal::Nothing)
}

/// A binding of the user or one of its groups whose role permits the operation, in exactly this
/// scope, and whose patterns, if the role is resource-scoped, contain the resource.
pub(super) fn binding<'a>(rules: &Rules<'a>, request: AccessRequest<'_>) -> Option<&'a BindingKey> {
    let principals = request.principals.iter();
    let mut held = principals.flat_map(|principal| rules.bindings.of(principal));
    let allows = |key: &BindingKey, patterns: &BTreeSet<ResourcePattern>| {
        let Some(role) = rules.roles.named(&key.role) else {
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
        .map(|(key, _)| key)
}

/// The cluster's ACLs, central ones first.
pub(super) fn acls<'a>(
    rules: &Rules<'a>,
    scope: &Scope,
) -> impl Iterator<Item = (&'a AclBinding, AclSource)> + use<'a> {
    let cluster = scope.only_kafka_cluster();
    let both = rules.acls.zip(cluster).into_iter();
    both.flat_map(|(acls, cluster)| {
        let central = acls
            .central
            .of(&cluster)
            .map(|acl| (acl, AclSource::Central));
        let local = acls.local.of(&cluster).map(|acl| (acl, AclSource::Local));
        central.chain(local)
    })
}

/// The question as ACLs understand it; `None` if they know no such type of resource.
pub(super) fn asked<'a>(request: &AccessRequest<'a>) -> Option<AclRequest<'a>> {
    Some(AclRequest {
        principals: request.principals,
        host: request.host,
        operation: AclOperation::named_in_roles(request.operation).unwrap_or(AclOperation::All),
        resource_type: AclResourceType::named_in_roles(&request.resource.resource_type)?,
        name: &request.resource.name,
    })
}

pub(super) fn applying<'a>(
    rules: &Rules<'a>,
    request: AccessRequest<'_>,
    permission: AclPermission,
) -> Option<(&'a AclBinding, AclSource)> {
    let asked = asked(&request)?;
    acls(rules, request.scope)
        .find(|(acl, _)| acl.entry.permission_type == permission && asked.is_covered_by(acl))
}

/// Whether a role binding or an ACL names the resource, whoever it is about.
fn is_named(rules: &Rules<'_>, request: AccessRequest<'_>) -> bool {
    let resource = request.resource;
    let asked = asked(&request);
    let by_acl = |acl: &AclBinding| asked.is_some_and(|asked| asked.is_named_by(acl));
    let by_binding = |(key, patterns): (&BindingKey, &BTreeSet<ResourcePattern>)| {
        let wide = rules
            .roles
            .named(&key.role)
            .is_some_and(|role| role.access_policy.scope_type == ScopeType::Cluster);
        let covers = |one: &ResourcePattern| one.covers(&resource.resource_type, &resource.name);
        key.scope == *request.scope && !wide && patterns.iter().any(covers)
    };
    acls(rules, request.scope).any(|(acl, _)| by_acl(acl)) || rules.bindings.iter().any(by_binding)
}
