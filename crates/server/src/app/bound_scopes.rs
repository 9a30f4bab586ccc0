//! Where somebody has roles: the look-ups over all scopes, and over one.

use std::collections::BTreeSet;

use openmds_api::{MdsScope, ScopeBody, ScopeRoleBindingMapping};
use openmds_policy::names::Principal;
use openmds_policy::rbac::{Scope, ScopeKey};

use super::bind_role::all_bindings;
use super::binding_lookups::held_at;
use super::denial::{Missing, denied};
use super::scopes::{is_of_kind, scope_body};
use super::{App, AppError, Caller};
use crate::store::State;

impl App {
    /// The scopes with bindings that the principal can see: at least its own and its groups', for
    /// a super user all. The clusters need not exist (`rbac-registry-tokens.md` 1.2).
    pub fn bound_scopes(
        &self,
        caller: &Caller,
        principal: &str,
        kind: Option<ScopeKey>,
    ) -> Result<Vec<ScopeBody>, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(principal)?;
        let principals = self.effective(caller, &principal);
        let scopes: BTreeSet<&Scope> = if self.any_super_user(&principals) {
            state.bindings().iter().map(|(key, _)| &key.scope).collect()
        } else {
            held(&state, &principals)
        };
        let shown = self.shown_scopes(&state, caller, &principal, scopes)?;
        let shown = shown.into_iter().filter(|scope| is_of_kind(scope, kind));
        Ok(shown.map(scope_body).collect())
    }

    /// What the principal and its groups hold, scope by scope.
    pub fn bindings_everywhere(
        &self,
        caller: &Caller,
        principal: &str,
        kind: Option<ScopeKey>,
    ) -> Result<Vec<ScopeRoleBindingMapping>, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(principal)?;
        let principals = self.effective(caller, &principal);
        let shown = self.shown_scopes(&state, caller, &principal, held(&state, &principals))?;
        let shown = shown.into_iter().filter(|scope| is_of_kind(scope, kind));
        Ok(shown
            .map(|scope| mapping(&state, &principals, scope))
            .collect())
    }

    /// What the principal and its groups hold at one scope.
    pub fn bindings_at(
        &self,
        caller: &Caller,
        principal: &str,
        scope: &MdsScope,
    ) -> Result<ScopeRoleBindingMapping, AppError> {
        let state = self.store.read();
        let principal = Self::parsed_principal(principal)?;
        let scope = self.resolved(&state, caller, scope)?;
        self.permit_describing(&state, caller, &scope, Some(&principal))?;
        let principals = self.effective(caller, &principal);
        Ok(mapping(&state, &principals, &scope))
    }

    /// Of the scopes of a principal, those that the caller may hear of: oneself all, others where
    /// they may see all bindings. Who may do so nowhere is refused.
    fn shown_scopes<'a>(
        &self,
        state: &'a State,
        caller: &Caller,
        about: &Principal,
        scopes: BTreeSet<&'a Scope>,
    ) -> Result<Vec<&'a Scope>, AppError> {
        if caller.is(about) {
            return Ok(scopes.into_iter().collect());
        }
        let all = all_bindings();
        let open = |scope: &&Scope| self.may(state, caller, scope, "DescribeAccess", &all);
        let own = held(state, caller.principals());
        if !self.is_super_user(caller) && !own.iter().any(open) {
            let home = self.home(state).ok().map(|id| Scope::kafka(&id));
            if let Some(home) = &home {
                self.permitted(state, caller, home, "DescribeAccess", &all);
            }
            let missing: Vec<Missing<'_>> = home
                .iter()
                .map(|home| Missing::role("SecurityAdmin", home))
                .collect();
            let what = format!("{all} at any scope");
            return Err(denied(caller, "DescribeAccess", &what, &missing));
        }
        Ok(scopes.into_iter().filter(open).collect())
    }
}

fn held<'a>(state: &'a State, principals: &'a [Principal]) -> BTreeSet<&'a Scope> {
    let bindings = principals.iter().flat_map(|one| state.bindings().of(one));
    bindings.map(|(key, _)| &key.scope).collect()
}

fn mapping(state: &State, principals: &[Principal], scope: &Scope) -> ScopeRoleBindingMapping {
    let held = held_at(state, principals, scope).into_iter();
    ScopeRoleBindingMapping {
        scope: scope_body(scope),
        rolebindings: held
            .map(|(principal, roles)| (principal.to_string(), roles))
            .collect(),
    }
}
