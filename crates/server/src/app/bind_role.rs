//! Grants and revokes roles.

use std::collections::BTreeSet;

use openmds_api::{MdsScope, ResourcesRequest};
use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Role, SECURITY_METADATA, Scope, ScopeType};
use openmds_policy::text::quotation;

use super::bound_patterns::{bindable, check_patterns};
use super::denial::{Missing, denied};
use super::{App, AppError, Caller};
use crate::store::{Record, State};

/// What to do with the patterns of a binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Add them to those that are bound.
    Merge,
    /// Bind exactly these.
    Replace,
    /// Take them away from those that are bound.
    Subtract,
}

/// The role that grants on its own resources.
const OWNER: &str = "ResourceOwner";

/// The resource that stands for the bindings of a whole scope.
pub(super) fn all_bindings() -> ResourcePattern {
    ResourcePattern {
        resource_type: SECURITY_METADATA.to_string(),
        name: SECURITY_METADATA.to_string(),
        pattern_type: PatternType::Literal,
    }
}

impl App {
    /// The role of that name.
    pub fn role(&self, caller: &Caller, name: &str) -> Result<&Role, AppError> {
        self.roles.named(name).ok_or_else(|| {
            AppError::not_found(format!(
                "no role is named `{}`; see `{} iam rbac role list`",
                quotation(name),
                caller.program
            ))
        })
    }

    pub(super) fn parsed_principal(text: &str) -> Result<Principal, AppError> {
        Principal::parse(text).map_err(|error| AppError::invalid(error.to_string()))
    }

    fn permit_altering(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        patterns: &[ResourcePattern],
    ) -> Result<(), AppError> {
        let all = all_bindings();
        if self.permitted_already(state, caller, scope, "AlterAccess", &all) {
            return Ok(());
        }
        let allowed =
            |one: &&ResourcePattern| self.permitted(state, caller, scope, "AlterAccess", one);
        let refused: Vec<&ResourcePattern> = patterns.iter().filter(|one| !allowed(one)).collect();
        match refused.first() {
            Some(first) => Err(self.not_altering(caller, scope, first, &refused)),
            // Nothing named at all is nothing owned.
            None if patterns.is_empty() => {
                self.permitted(state, caller, scope, "AlterAccess", &all);
                Err(self.not_altering(caller, scope, &all, &[&all]))
            }
            None => Ok(()),
        }
    }

    fn not_altering(
        &self,
        caller: &Caller,
        scope: &Scope,
        first: &ResourcePattern,
        refused: &[&ResourcePattern],
    ) -> AppError {
        let owner = self.roles.named(OWNER);
        let missing: Vec<Missing<'_>> = refused
            .iter()
            .map(|pattern| {
                if owner.is_some_and(|role| role.can_bind(&pattern.resource_type)) {
                    Missing {
                        role: OWNER,
                        scope,
                        resource: Some(pattern),
                    }
                } else {
                    Missing::role("UserAdmin", scope)
                }
            })
            .collect();
        let more = match refused.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let what = format!("{first}{more} at {scope}");
        denied(caller, "AlterAccess", &what, &missing)
    }

    /// Binds a cluster-scoped role, or takes any role away from the scope.
    pub async fn bind_cluster_role(
        &self,
        caller: &Caller,
        principal: &str,
        role: &str,
        scope: &MdsScope,
        bound: bool,
    ) -> Result<(), AppError> {
        let role = self.role(caller, role)?;
        let principal = Self::parsed_principal(principal)?;
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let scope = self.resolved(state, caller, scope)?;
            self.permit_altering(state, caller, &scope, &[all_bindings()])?;
            if bound && role.access_policy.scope_type == ScopeType::Resource {
                return Err(AppError::invalid(format!(
                    "{} is a role on resources: name at least one, such as Topic:orders",
                    role.name
                )));
            }
            let key = BindingKey {
                principal,
                role: role.name.clone(),
                scope,
            };
            let present = state.bindings().patterns(&key).is_some();
            let patterns = bound.then(BTreeSet::new);
            Ok(if present == bound {
                vec![]
            } else {
                vec![Record::Binding { key, patterns }]
            })
        };
        self.record(caller, decide).await?;
        Ok(())
    }

    /// Changes the resource patterns of a binding.
    pub async fn bind_resources(
        &self,
        caller: &Caller,
        principal: &str,
        role: &str,
        request: &ResourcesRequest,
        change: Change,
    ) -> Result<(), AppError> {
        let role = self.role(caller, role)?;
        let principal = Self::parsed_principal(principal)?;
        check_patterns(role, &request.resource_patterns)?;
        if request.resource_patterns.is_empty() && change != Change::Replace {
            return Err(AppError::invalid(
                "resourcePatterns is empty: name at least one resource",
            ));
        }
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let scope = self.resolved(state, caller, &request.scope)?;
            let key = BindingKey {
                principal,
                role: role.name.clone(),
                scope,
            };
            let bound = state.bindings().patterns(&key).cloned().unwrap_or_default();
            let named: BTreeSet<ResourcePattern> =
                bindable(&request.resource_patterns, &key.scope)?
                    .into_iter()
                    .collect();
            let next: BTreeSet<ResourcePattern> = match change {
                Change::Merge => bound.union(&named).cloned().collect(),
                Change::Replace => named.clone(),
                Change::Subtract => bound.difference(&named).cloned().collect(),
            };
            let mut touched: BTreeSet<ResourcePattern> =
                bound.symmetric_difference(&next).cloned().collect();
            touched.extend(named);
            let touched: Vec<ResourcePattern> = touched.into_iter().collect();
            self.permit_altering(state, caller, &key.scope, &touched)?;
            let patterns = (!next.is_empty()).then_some(next.clone());
            Ok(if next == bound {
                vec![]
            } else {
                vec![Record::Binding { key, patterns }]
            })
        };
        self.record(caller, decide).await?;
        Ok(())
    }
}
