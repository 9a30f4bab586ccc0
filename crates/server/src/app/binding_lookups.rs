//! Who holds which role.

use std::collections::{BTreeMap, BTreeSet};

use openmds_api::MdsScope;
use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::{BindingKey, Scope};

use super::bind_role::all_bindings;
use super::bound_patterns::kept_name;
use super::denial::{Missing, denied};
use super::{App, AppError, Caller};
use crate::store::State;

/// Role to patterns; none for a role on whole clusters.
pub type RolePatterns = BTreeMap<String, Vec<ResourcePattern>>;

/// What these principals hold at the scope.
pub(super) fn held_at(
    state: &State,
    principals: &[Principal],
    scope: &Scope,
) -> BTreeMap<Principal, RolePatterns> {
    let mut found: BTreeMap<Principal, RolePatterns> = BTreeMap::new();
    for principal in principals {
        let bindings = state.bindings().of(principal);
        for (key, patterns) in bindings.filter(|(key, _)| key.scope == *scope) {
            let roles = found.entry(key.principal.clone()).or_default();
            roles.insert(key.role.clone(), patterns.iter().cloned().collect());
        }
    }
    found
}

impl App {
    /// Everybody may ask about oneself; about others, and about nobody in particular, those who
    /// may see all bindings of the scope (`rbac-registry-tokens.md` 1.5).
    pub(super) fn permit_describing(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        about: Option<&Principal>,
    ) -> Result<(), AppError> {
        let oneself = about.is_some_and(|principal| caller.is(principal));
        if oneself || self.permitted(state, caller, scope, "DescribeAccess", &all_bindings()) {
            return Ok(());
        }
        let what = format!("{} at {scope}", all_bindings());
        let missing = [Missing::role("SecurityAdmin", scope)];
        Err(denied(caller, "DescribeAccess", &what, &missing))
    }

    /// The roles and patterns of the principal and of its groups, by principal.
    pub fn roles_of(
        &self,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
    ) -> Result<BTreeMap<Principal, RolePatterns>, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(principal)?;
        let scope = self.resolved(&state, caller, scope)?;
        self.permit_describing(&state, caller, &scope, Some(&principal))?;
        let principals = self.effective(caller, &principal);
        Ok(held_at(&state, &principals, &scope))
    }

    /// The names of the roles of the principal and of its groups.
    pub fn role_names_of(
        &self,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
    ) -> Result<BTreeSet<String>, AppError> {
        let roles = self.roles_of(caller, principal, scope)?;
        Ok(roles.into_values().flat_map(BTreeMap::into_keys).collect())
    }

    /// The patterns of one binding; those of groups are bindings of their own.
    pub fn patterns_of(
        &self,
        caller: &Caller,
        principal: &str,
        role: &str,
        scope: &MdsScope,
    ) -> Result<Vec<ResourcePattern>, AppError> {
        let role = self.role(caller, role)?;
        let mut roles = self.roles_of(caller, principal, scope)?;
        let principal = Self::parsed_principal(principal)?;
        Ok(roles
            .remove(&principal)
            .and_then(|mut roles| roles.remove(&role.name))
            .unwrap_or_default())
    }

    /// The principals that hold the role at the scope; with a resource, those whose patterns
    /// cover it (a role on whole clusters has none).
    pub fn holders_of(
        &self,
        caller: &Caller,
        role: &str,
        scope: &MdsScope,
        resource: Option<(&str, &str)>,
    ) -> Result<BTreeSet<Principal>, AppError> {
        let state = self.store.read();
        let role = self.role(caller, role)?;
        let scope = self.resolved(&state, caller, scope)?;
        self.permit_describing(&state, caller, &scope, None)?;
        let resource = resource.map(|(kind, name)| (kind, kept_name(kind, name, &scope)));
        let holds = |(key, patterns): &(&BindingKey, &BTreeSet<ResourcePattern>)| {
            key.role == role.name
                && key.scope == scope
                && resource.is_none_or(|(kind, name)| {
                    patterns.iter().any(|pattern| pattern.covers(kind, name))
                })
        };
        Ok(state
            .bindings()
            .iter()
            .filter(holds)
            .map(|(key, _)| key.principal.clone())
            .collect())
    }
}
