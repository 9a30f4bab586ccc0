//! Which resource patterns a role takes at a scope.

use openmds_policy::audit::FieldError;
use openmds_policy::names::ResourcePattern;
use openmds_policy::rbac::{KSQL_CLUSTER, Role, Scope, ScopeKey, ScopeType};

use super::AppError;

const KSQL_TYPE: &str = "KsqlCluster";

/// The name under which a resource is kept at the scope. The one `KsqlCluster` of a ksqlDB cluster
/// goes by a constant; clients also call it by the cluster's id (`rbac-registry-tokens.md` 1.3).
pub(super) fn kept_name<'a>(resource_type: &str, name: &'a str, scope: &Scope) -> &'a str {
    let id = scope.clusters().get(&ScopeKey::KsqlCluster);
    if resource_type == KSQL_TYPE && id.is_some_and(|id| id == name) {
        KSQL_CLUSTER
    } else {
        name
    }
}

/// The pattern as it is kept at the scope.
pub(super) fn kept(pattern: &ResourcePattern, scope: &Scope) -> ResourcePattern {
    ResourcePattern {
        name: kept_name(&pattern.resource_type, &pattern.name, scope).to_string(),
        ..pattern.clone()
    }
}

/// The patterns as they are kept at the scope, if they can be bound there.
pub(super) fn bindable(
    patterns: &[ResourcePattern],
    scope: &Scope,
) -> Result<Vec<ResourcePattern>, AppError> {
    let kept: Vec<ResourcePattern> = patterns.iter().map(|one| kept(one, scope)).collect();
    let other = |one: &&ResourcePattern| one.resource_type == KSQL_TYPE && one.name != KSQL_CLUSTER;
    match kept.iter().find(other) {
        None => Ok(kept),
        Some(pattern) => Err(AppError::invalid(format!(
            "the only KsqlCluster resource of {scope} is LITERAL `{KSQL_CLUSTER}`, not {pattern}"
        ))),
    }
}

/// Whether the role takes these patterns; that each is one by itself was checked when it was read.
/// Names every pattern that it does not take.
pub(super) fn check_patterns(role: &Role, patterns: &[ResourcePattern]) -> Result<(), AppError> {
    let policy = &role.access_policy;
    if policy.scope_type == ScopeType::Cluster {
        return Err(AppError::invalid(format!(
            "{} is a role on whole clusters: leave the resources away",
            role.name
        )));
    }
    let types = policy.allowed_operations.iter();
    let types: Vec<&str> = types.map(|one| one.resource_type.as_str()).collect();
    let refused = patterns.iter().enumerate();
    let faults: Vec<FieldError> = refused
        .filter(|(_, pattern)| !role.can_bind(&pattern.resource_type))
        .map(|(index, pattern)| FieldError {
            path: format!("resourcePatterns[{index}].resourceType"),
            message: format!(
                "{} cannot be bound to a {}; it takes {}",
                role.name,
                pattern.resource_type,
                types.join(", ")
            ),
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(AppError::invalid_fields("nothing was changed", faults))
    }
}
