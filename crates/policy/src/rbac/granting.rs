//! What would have to change so that a request is allowed.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::authorize::{
    AccessRequest, AclSource, Decision, Refusal, Rules, acls, applying, asked, authorize, binding,
};
use super::roles::{Role, ScopeType};
use crate::acl::{AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType};
use crate::names::{Principal, ResourcePattern};

/// A rule to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// A binding of the role at the request's scope, on the pattern or on the whole scope.
    Role(String, Option<ResourcePattern>),
    /// A central ACL.
    Acl(AclBinding),
}

/// What would have to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granting {
    /// All ACLs that deny it: they have to go, whatever else is done.
    pub denials: Vec<(AclBinding, AclSource)>,
    /// Any one of these is enough then, those that open least first; none are needed if there are
    /// none.
    pub grants: Vec<Grant>,
}

/// What would allow the principal, one of the request's own, what the request is about. `None` if it
/// is allowed, or if nothing but being a super user opens it. Roles on the whole scope come last,
/// and only if no role on the resource does.
#[must_use]
pub fn granting(
    rules: &Rules<'_>,
    request: AccessRequest<'_>,
    principal: &Principal,
) -> Option<Granting> {
    match authorize(rules, request) {
        Decision::Allow(_) | Decision::Deny(Refusal::Reserved) => return None,
        Decision::Deny(_) => {}
    }
    let denials = denials(rules, request);
    let allowed = binding(rules, request).is_some()
        || applying(rules, request, AclPermission::Allow).is_some();
    let grants = if allowed {
        Vec::new()
    } else {
        grants(rules, request, principal)
    };
    let possible = allowed || !grants.is_empty();
    possible.then_some(Granting { denials, grants })
}

fn denials(rules: &Rules<'_>, request: AccessRequest<'_>) -> Vec<(AclBinding, AclSource)> {
    let Some(asked) = asked(&request) else {
        return Vec::new();
    };
    acls(rules, request.scope)
        .filter(|(acl, _)| acl.entry.permission_type == AclPermission::Deny)
        .filter(|(acl, _)| asked.is_covered_by(acl))
        .map(|(acl, source)| (acl.clone(), source))
        .collect()
}

fn grants(rules: &Rules<'_>, request: AccessRequest<'_>, principal: &Principal) -> Vec<Grant> {
    let resource = request.resource;
    let kind = &resource.resource_type;
    let roles = rules.roles.all().iter();
    let allowing = roles.filter(|role| role.permits(kind, request.operation));
    let (whole, on_resources): (Vec<&Role>, Vec<&Role>) =
        allowing.partition(|role| role.access_policy.scope_type == ScopeType::Cluster);
    let mut on_resources: Vec<&Role> = on_resources
        .into_iter()
        .filter(|role| role.can_bind(kind))
        .collect();
    on_resources.sort_by_key(|role| power(role));
    if !on_resources.is_empty() {
        let grant = |role: &Role| Grant::Role(role.name.clone(), Some(resource.clone()));
        return on_resources.into_iter().map(grant).collect();
    }
    let mut whole = whole;
    whole.sort_by_key(|role| power(role));
    let acl = rules.acls.and_then(|_| acl(request, principal));
    let roles = whole
        .into_iter()
        .map(|role| Grant::Role(role.name.clone(), None));
    acl.map(Grant::Acl).into_iter().chain(roles).collect()
}

/// How much a role opens: `All` is more than anything that is listed.
fn power(role: &Role) -> usize {
    let policies = role.access_policy.allowed_operations.iter();
    let opened = policies.map(|one| match one.operations.iter().any(|all| all == "All") {
        true => usize::from(u16::MAX),
        false => one.operations.len(),
    });
    opened.sum()
}

/// The central ACL that says just that, if there can be one.
fn acl(request: AccessRequest<'_>, principal: &Principal) -> Option<AclBinding> {
    request.scope.only_kafka_cluster()?;
    let resource_type = AclResourceType::named_in_roles(&request.resource.resource_type)?;
    let operation = AclOperation::named_in_roles(request.operation)?;
    (resource_type.is_central() && operation.is_central()).then(|| AclBinding {
        pattern: AclPattern {
            resource_type,
            name: request.resource.name.clone(),
            pattern_type: request.resource.pattern_type,
        },
        entry: AclEntry {
            principal: principal.clone(),
            host: "*".to_string(),
            operation,
            permission_type: AclPermission::Allow,
        },
    })
}
