//! What somebody may create: resources, or bindings on resources.

use std::collections::BTreeSet;

use openmds_api::{CreateGuidelines, MdsScope};
use openmds_policy::names::{PatternType, ResourcePattern};
use openmds_policy::rbac::ScopeType;
use openmds_policy::text::quotation;

use super::{App, AppError, Caller};

impl App {
    /// On which resources of the type the principal or one of its groups may do `Create` or
    /// `AlterAccess`.
    pub fn create_guidelines(
        &self,
        caller: &Caller,
        principal: &str,
        resource_type: &str,
        operation: &str,
        scope: &MdsScope,
    ) -> Result<CreateGuidelines, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(principal)?;
        if !["Create", "AlterAccess"].contains(&operation) {
            return Err(AppError::invalid(format!(
                "there are no guidelines for the operation `{}`: ask for Create or AlterAccess",
                quotation(operation)
            )));
        }
        let scope = self.resolved(&state, caller, scope)?;
        self.permit_describing(&state, caller, &scope, Some(&principal))?;
        let principals = self.effective(caller, &principal);
        let mut any = self.any_super_user(&principals);
        let mut patterns: BTreeSet<&ResourcePattern> = BTreeSet::new();
        let held = principals.iter().flat_map(|one| state.bindings().of(one));
        for (key, bound) in held.filter(|(key, _)| key.scope == scope) {
            let role = self.roles.named(&key.role);
            let Some(role) = role.filter(|role| role.permits(resource_type, operation)) else {
                continue;
            };
            match role.access_policy.scope_type {
                ScopeType::Cluster => any = true,
                ScopeType::Resource => {
                    let of_type = bound.iter();
                    patterns.extend(of_type.filter(|one| one.resource_type == resource_type));
                }
            }
        }
        let every =
            |one: &&ResourcePattern| one.pattern_type == PatternType::Literal && one.name == "*";
        any |= patterns.iter().any(every);
        Ok(match (any, patterns.is_empty()) {
            (true, _) => guidelines("ANY", Vec::new()),
            (false, true) => guidelines("NONE", Vec::new()),
            (false, false) => guidelines("SOME", squashed(&patterns)),
        })
    }
}

fn guidelines(result: &str, resource_patterns: Vec<ResourcePattern>) -> CreateGuidelines {
    CreateGuidelines {
        result: result.to_string(),
        resource_patterns,
    }
}

/// Without those that lie inside another one.
fn squashed(patterns: &BTreeSet<&ResourcePattern>) -> Vec<ResourcePattern> {
    let inside = |one: &ResourcePattern| {
        let mut others = patterns.iter().filter(|other| **other != one);
        others.any(|other| other.contains(one))
    };
    let kept = patterns.iter().filter(|one| !inside(one));
    kept.map(|one| (*one).clone()).collect()
}
