//! Who may do something, by what the server knows.

use openmds_api::{HolderInfo, WhoCanAnswer, WhoCanRequest};
use openmds_policy::acl::Acls;
use openmds_policy::names::{Principal, PrincipalType};
use openmds_policy::rbac::{Holder, WhoCan, who_can};

use super::explain::notes;
use super::explained_rule::explained;
use super::scopes::scope_body;
use super::{App, AppError, Caller};

impl App {
    /// Everybody who may, and everybody to whom an ACL denies it: whom rules name, and the users of
    /// the directory with their groups. For those who may see all bindings of the scope.
    pub fn who_can(
        &self,
        caller: &Caller,
        request: &WhoCanRequest,
    ) -> Result<WhoCanAnswer, AppError> {
        let state = self.store.read();
        let asked = self.understood(&state, caller, request)?;
        self.permit_describing(&state, caller, &asked.scope, None)?;
        let users = self.directory_principals();
        let users = users.filter(|one| one.kind() == PrincipalType::User);
        let users: Vec<(Principal, Vec<Principal>)> = users
            .map(|user| {
                let groups = self.groups_of(&user);
                (user, groups)
            })
            .collect();
        let local = Acls::default();
        let question = WhoCan {
            scope: &asked.scope,
            operation: &asked.operation,
            resource: &asked.resource,
        };
        let known = users.iter().map(|(user, groups)| (user, groups.as_slice()));
        let holders = who_can(&self.rules_inside(&state, &local), question, known);
        let mut notes = notes(&asked.scope);
        if let Some(trouble) = self.directory.trouble() {
            notes.push(format!("Users may be missing: {trouble}"));
        }
        notes.push(
            "Groups that only tokens name have no members here; whoever's token carries the group may what the group may."
                .to_string(),
        );
        Ok(WhoCanAnswer {
            scope: scope_body(&asked.scope),
            may: holders.may.iter().map(holder).collect(),
            denied: holders.denied.iter().map(holder).collect(),
            notes,
            operation: asked.operation,
            resource_type: asked.resource.resource_type,
            resource_name: asked.resource.name,
        })
    }
}

fn holder(holder: &Holder) -> HolderInfo {
    HolderInfo {
        principal: holder.principal.to_string(),
        host: holder.host.clone(),
        reason: explained(&holder.ground),
    }
}
