//! What a user may do: a component asks before it serves that user.

use std::collections::BTreeSet;

use openmds_api::{Action, AuthorizeRequest};
use openmds_policy::audit::FieldError;
use openmds_policy::names::{PatternType, Principal, PrincipalType, ResourcePattern};
use openmds_policy::rbac::Scope;

use super::bind_role::all_bindings;
use super::bound_patterns::kept_name;
use super::denial::{Missing, denied};
use super::scopes::scope_of;
use super::{App, AppError, Caller};
use crate::store::State;
use crate::trail::Question;

impl App {
    /// Whether the user, with the groups it belongs to, may do each of these: in their order.
    ///
    /// Everybody may ask about oneself; about others, those who may see the bindings of every
    /// scope that is named (`rbac-registry-tokens.md` 9.1).
    pub fn authorize_actions(
        &self,
        caller: &Caller,
        request: &AuthorizeRequest,
    ) -> Result<Vec<bool>, AppError> {
        let user = Self::parsed_principal(&request.user_principal)?;
        if user.kind() != PrincipalType::User {
            return Err(AppError::invalid(format!(
                "userPrincipal is {user}: only users act, write `User:<name>`"
            )));
        }
        let state = self.store.read();
        let mut faults = Vec::new();
        let actions: Vec<(Scope, ResourcePattern)> = request
            .actions
            .iter()
            .enumerate()
            .filter_map(|(index, action)| parsed(index, action, &mut faults))
            .collect();
        let scopes: BTreeSet<&Scope> = actions.iter().map(|(scope, _)| scope).collect();
        self.permit_asking(&state, caller, &user, &scopes)?;
        if !faults.is_empty() {
            return Err(AppError::invalid_fields("nothing was decided", faults));
        }
        let principals = self.effective(caller, &user);
        let asked = actions.iter().zip(&request.actions);
        Ok(asked
            .map(|((scope, resource), action)| {
                let question = Question {
                    principal: &user,
                    scope,
                    operation: &action.operation,
                    resource,
                };
                self.answered(&state, caller, &principals, question)
            })
            .collect())
    }

    fn permit_asking(
        &self,
        state: &State,
        caller: &Caller,
        user: &Principal,
        scopes: &BTreeSet<&Scope>,
    ) -> Result<(), AppError> {
        if caller.principal() == *user {
            return Ok(());
        }
        let all = all_bindings();
        let closed =
            |scope: &&&Scope| !self.permitted(state, caller, scope, "DescribeAccess", &all);
        let closed: Vec<&Scope> = scopes.iter().filter(closed).copied().collect();
        let Some(first) = closed.first() else {
            return Ok(());
        };
        let more = match closed.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let missing: Vec<Missing<'_>> = closed
            .iter()
            .map(|scope| Missing::role("SecurityAdmin", scope))
            .collect();
        let what = format!("{all} at {first}{more}");
        Err(denied(caller, "DescribeAccess", &what, &missing))
    }
}

fn parsed(
    index: usize,
    action: &Action,
    faults: &mut Vec<FieldError>,
) -> Option<(Scope, ResourcePattern)> {
    let mut fault = |field: &str, message: String| {
        faults.push(FieldError {
            path: format!("actions[{index}].{field}"),
            message,
        });
    };
    let scope = scope_of(&action.scope.clusters)
        .map_err(|error| fault("scope", error.message))
        .ok();
    for (field, text) in [
        ("operation", &action.operation),
        ("resourceType", &action.resource_type),
        ("resourceName", &action.resource_name),
    ] {
        if text.is_empty() {
            fault(field, "is empty".to_string());
        }
    }
    let scope = scope?;
    let name = kept_name(&action.resource_type, &action.resource_name, &scope);
    let resource = ResourcePattern {
        resource_type: action.resource_type.clone(),
        name: name.to_string(),
        pattern_type: PatternType::Literal,
    };
    Some((scope, resource))
}
