//! Which bindings of a scope somebody may see and change.

use std::collections::{BTreeMap, BTreeSet};

use openmds_api::{ClusterAccessInfo, ManagedResourceBinding, ManagedRoleBindings, MdsScope};
use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{Scope, ScopeType};

use super::bind_role::all_bindings;
use super::denial::{Missing, denied};
use super::scopes::scope_body;
use super::{App, AppError, Caller};
use crate::store::State;

const ABILITIES: [&str; 2] = ["AlterAccess", "DescribeAccess"];

/// The key of what no role gives.
const SUPER_USER: &str = "super.user";

impl App {
    /// What the principal may do with the bindings of the scope.
    pub fn cluster_access(
        &self,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
    ) -> Result<ClusterAccessInfo, AppError> {
        let state = self.store.read();
        let (principals, scope) = self.manager(&state, caller, principal, scope)?;
        Ok(self.abilities(&state, &principals, &scope))
    }

    /// The bindings of the scope that the principal may see, and which of them it may change;
    /// with a resource type only those on such resources.
    pub fn managed_bindings(
        &self,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
        resource_type: Option<&str>,
    ) -> Result<ManagedRoleBindings, AppError> {
        let state = self.store.read();
        let (principals, scope) = self.manager(&state, caller, principal, scope)?;
        let may = |operation: &str, on: &ResourcePattern| {
            self.permits(&state, &principals, &scope, operation, on)
        };
        let whole: Vec<String> = ABILITIES
            .into_iter()
            .filter(|ability| may(ability, &all_bindings()))
            .map(String::from)
            .collect();
        let able = |ability: &str, on: &ResourcePattern| {
            whole.iter().any(|one| one == ability) || may(ability, on)
        };
        let mut answer = ManagedRoleBindings {
            scope: scope_body(&scope),
            cluster_role_bindings: BTreeMap::new(),
            resource_role_bindings: BTreeMap::new(),
        };
        let bindings = state.bindings().iter();
        for (key, patterns) in bindings.filter(|(key, _)| key.scope == scope) {
            let principal = key.principal.to_string();
            if patterns.is_empty() && resource_type.is_none() && !whole.is_empty() {
                let roles = answer.cluster_role_bindings.entry(principal.clone());
                roles.or_default().insert(key.role.clone(), whole.clone());
            }
            let wanted = |one: &&ResourcePattern| {
                resource_type.is_none_or(|kind| kind == one.resource_type)
                    && ABILITIES.into_iter().any(|ability| able(ability, one))
            };
            let shown: Vec<ManagedResourceBinding> = patterns
                .iter()
                .filter(wanted)
                .map(|pattern| shown(&key.role, pattern, able("AlterAccess", pattern)))
                .collect();
            if !shown.is_empty() {
                let roles = answer.resource_role_bindings.entry(principal);
                roles.or_default().insert(key.role.clone(), shown);
            }
        }
        Ok(answer)
    }

    /// The principals that can be granted something: those with bindings and those of the
    /// directory, for whoever may grant or see something at the scope, super users included
    /// (`rbac-registry-tokens.md` 8.2).
    pub fn known_principals(
        &self,
        caller: &Caller,
        scope: &MdsScope,
    ) -> Result<BTreeSet<Principal>, AppError> {
        let state = self.store.read();
        let me = caller.principal().to_string();
        self.manager(&state, caller, &me, scope)?;
        let bound = state
            .bindings()
            .iter()
            .map(|(key, _)| key.principal.clone());
        Ok(bound.chain(self.directory_principals()).collect())
    }

    /// Who is asked about, and where: oneself if one manages anything there, anybody for those
    /// who may see all bindings.
    fn manager(
        &self,
        state: &State,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
    ) -> Result<(Vec<Principal>, Scope), AppError> {
        let principal = Self::parsed_principal(principal)?;
        let scope = self.resolved(state, caller, scope)?;
        self.permit_describing(state, caller, &scope, Some(&principal))?;
        let principals = self.effective(caller, &principal);
        let own = caller.is(&principal);
        if own && self.abilities(state, caller.principals(), &scope) == ClusterAccessInfo::default()
        {
            self.permitted(state, caller, &scope, "DescribeAccess", &all_bindings());
            let what = format!("any binding at {scope}");
            let missing = [Missing::role("SecurityAdmin", &scope)];
            return Err(denied(caller, "DescribeAccess", &what, &missing));
        }
        Ok((principals, scope))
    }

    fn abilities(
        &self,
        state: &State,
        principals: &[Principal],
        scope: &Scope,
    ) -> ClusterAccessInfo {
        let all = all_bindings();
        let whole = ABILITIES.into_iter();
        let whole = whole.filter(|one| self.permits(state, principals, scope, one, &all));
        let mut access = ClusterAccessInfo {
            cluster: whole.map(String::from).collect(),
            resources: BTreeMap::new(),
        };
        let mut give = |kind: &str, role: &str, abilities: Vec<String>| {
            if !abilities.is_empty() {
                let roles = access.resources.entry(kind.to_string()).or_default();
                roles.insert(role.to_string(), abilities);
            }
        };
        let tables = self.roles.all().iter();
        let types = tables.flat_map(|role| &role.access_policy.allowed_operations);
        let types = types.map(|operations| operations.resource_type.as_str());
        let types: BTreeSet<&str> = types.filter(|kind| *kind != "All").collect();
        if self.any_super_user(principals) {
            for kind in &types {
                give(kind, SUPER_USER, ABILITIES.map(String::from).to_vec());
            }
        }
        let held = principals.iter().flat_map(|one| state.bindings().of(one));
        for (key, patterns) in held.filter(|(key, _)| key.scope == *scope) {
            let Some(role) = self.roles.named(&key.role) else {
                continue;
            };
            let bound = patterns.iter().map(|one| one.resource_type.as_str());
            let kinds = match role.access_policy.scope_type {
                ScopeType::Cluster => types.clone(),
                ScopeType::Resource => bound.collect(),
            };
            for kind in kinds {
                let able = ABILITIES.into_iter().filter(|one| role.permits(kind, one));
                give(kind, &role.name, able.map(String::from).collect());
            }
        }
        access
    }
}

fn shown(role: &str, pattern: &ResourcePattern, alter_access: bool) -> ManagedResourceBinding {
    let how = match pattern.pattern_type {
        PatternType::Literal => "LITERAL",
        PatternType::Prefixed => "PREFIXED",
    };
    ManagedResourceBinding {
        role: role.to_string(),
        resource_type: pattern.resource_type.clone(),
        resource_name: pattern.name.clone(),
        resource_pattern: how.to_string(),
        alter_access,
    }
}
