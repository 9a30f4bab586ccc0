//! What came near to allowing a request that is denied.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::authorize::{AccessRequest, AclSource, Rules, acls, asked};
use super::bindings::BindingKey;
use super::ground::Ground;
use super::roles::{Role, ScopeType};
use crate::acl::{AclBinding, AclOperation, AclPermission, AclRequest, HostRule};
use crate::names::{Principal, ResourcePattern};

/// In what a rule differs from one that allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// It is about other clients' addresses.
    Host,
    /// It is about other operations.
    Operation,
    /// It is about other resources of the type.
    Resource,
    /// It holds elsewhere.
    Scope,
}

/// A rule of the principals that does not allow the request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// In what it differs; the smaller comes nearer.
    pub lacks: BTreeSet<Lack>,
    /// The rule.
    pub rule: Ground,
}

/// With more differences than so many a rule has nothing to do with the request.
const MOST_LACKS: usize = 2;

/// The rules of the request's own principals that come nearest to allowing it, the nearest first, at
/// most so many. Costs as much as looking at all that they hold, and at the cluster's ACLs.
#[must_use]
pub fn nearest(rules: &Rules<'_>, request: AccessRequest<'_>, most: usize) -> Vec<Near> {
    let mut near: Vec<Near> = Vec::new();
    for principal in request.principals {
        for (key, patterns) in rules.bindings.of(principal) {
            near.extend(binding(rules, request, key, patterns));
        }
    }
    if let Some(asked) = asked(&request) {
        let acls = acls(rules, request.scope);
        near.extend(acls.filter_map(|(acl, source)| near_acl(&asked, acl, source)));
    }
    near.retain(|near| (1..=MOST_LACKS).contains(&near.lacks.len()));
    let alike = |near: &Near| match &near.rule {
        Ground::RoleBinding(_, Some(pattern)) => beginning(&pattern.name, &request.resource.name),
        Ground::Acl(acl, _) => beginning(&acl.pattern.name, &request.resource.name),
        _ => 0,
    };
    near.sort_by_cached_key(|near| (near.lacks.len(), Reverse(alike(near)), near.clone()));
    near.truncate(most);
    near
}

/// How many bytes two names have in common at their beginning.
fn beginning(one: &str, other: &str) -> usize {
    let mut both = one.bytes().zip(other.bytes());
    both.position(|(one, other)| one != other)
        .unwrap_or_else(|| one.len().min(other.len()))
}

/// The role could do something with resources of the type.
fn concerns(role: &Role, resource_type: &str) -> bool {
    let mut operations = AclOperation::ALL.iter();
    operations.any(|operation| role.permits(resource_type, operation.as_str()))
}

fn binding(
    rules: &Rules<'_>,
    request: AccessRequest<'_>,
    key: &BindingKey,
    patterns: &BTreeSet<ResourcePattern>,
) -> Option<Near> {
    let resource = request.resource;
    let role = rules.roles.named(&key.role)?;
    let permits = role.permits(&resource.resource_type, request.operation);
    if !permits && !concerns(role, &resource.resource_type) {
        return None;
    }
    let mut lacks = BTreeSet::new();
    if key.scope != *request.scope {
        lacks.insert(Lack::Scope);
    }
    if !permits {
        lacks.insert(Lack::Operation);
    }
    let pattern = match role.access_policy.scope_type {
        ScopeType::Cluster => None,
        ScopeType::Resource => {
            let of_type = patterns.iter();
            let of_type = of_type.filter(|one| one.resource_type == resource.resource_type);
            let nearest = of_type.max_by_key(|one| {
                let alike = beginning(&one.name, &resource.name);
                (one.contains(resource), alike, Reverse(one.name.len()))
            })?;
            if !nearest.contains(resource) {
                lacks.insert(Lack::Resource);
            }
            Some(nearest.clone())
        }
    };
    let rule = Ground::RoleBinding(key.clone(), pattern);
    Some(Near { lacks, rule })
}

fn near_acl(asked: &AclRequest<'_>, acl: &AclBinding, source: AclSource) -> Option<Near> {
    let entry = &acl.entry;
    let about =
        asked.principals.contains(&entry.principal) || entry.principal == Principal::user("*");
    if !about
        || entry.permission_type != AclPermission::Allow
        || acl.pattern.resource_type != asked.resource_type
    {
        return None;
    }
    let mut lacks = BTreeSet::new();
    if !HostRule::parse(&entry.host).covers(asked.host, false) {
        lacks.insert(Lack::Host);
    }
    let operation = entry.operation;
    if operation != AclOperation::All
        && operation != asked.operation
        && !operation.implies(asked.operation)
    {
        lacks.insert(Lack::Operation);
    }
    if !asked.is_named_by(acl) {
        lacks.insert(Lack::Resource);
    }
    let rule = Ground::Acl(acl.clone(), source);
    Some(Near { lacks, rule })
}
