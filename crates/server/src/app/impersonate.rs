//! A token for somebody else, for programs that act in users' names
//! (`rbac-registry-tokens.md` 3.5).

use openmds_api::{AuthenticationResponse, ImpersonationRequest};
use openmds_policy::names::Principal;

use super::{App, AppError, Caller, Identity};
use crate::tokens::OWN_PRINCIPAL;

impl App {
    /// A token for the target, which says who acts. Who acts in somebody's name already may not
    /// take a third one.
    pub fn impersonate(
        &self,
        caller: &Caller,
        identity: &Identity,
        request: &ImpersonationRequest,
    ) -> Result<AuthenticationResponse, AppError> {
        let rules = &self.settings.impersonation;
        let may = rules
            .super_users
            .iter()
            .any(|principal| caller.is(principal));
        if !may || caller.acted_by.is_some() {
            return Err(AppError::forbidden(format!(
                "{} not permitted to Impersonate other users. Who may is named in confluent.metadata.server.impersonation.super.users",
                caller.principal()
            )));
        }
        if !request.target_principal_type.eq_ignore_ascii_case("USER") {
            return Err(AppError::invalid(format!(
                "`targetPrincipalType` is `{}`; only USER can be impersonated",
                request.target_principal_type
            )));
        }
        let name = request.target_principal_name.as_str();
        if name.is_empty() {
            return Err(AppError::invalid("`targetPrincipalName` is empty"));
        }
        if name == OWN_PRINCIPAL || self.is_protected(name)? {
            return Err(AppError::forbidden(format!(
                "{} not permitted to Impersonate User:{name}, who is protected (confluent.metadata.server.impersonation.protected.users, or a super user)",
                caller.principal()
            )));
        }
        let mut target = Identity::of(name, identity.proof);
        target.acted_by = Some(identity.name.clone());
        target.session_end = identity.session_end;
        let issued = self.issue_token(&target)?;
        self.record_impersonation(caller, name);
        Ok(issued)
    }

    /// Whether nobody may act in this name. Groups count as long as they are known; while they are
    /// not, nobody can say.
    fn is_protected(&self, name: &str) -> Result<bool, AppError> {
        let lists = [
            &self.settings.impersonation.protected,
            &self.settings.super_users,
        ];
        let protected = |principal: &Principal| lists.iter().any(|list| list.contains(principal));
        if protected(&Principal::user(name)) {
            return Ok(true);
        }
        let group = |principal: &&Principal| principal.to_string().starts_with("Group:");
        let by_group = lists.iter().any(|list| list.iter().any(|one| group(&one)));
        if by_group && !self.directory.knows_groups() {
            return Err(AppError::unavailable(
                "nobody can be impersonated now: protected groups are configured, and the directory has not told its groups yet. Repeat later",
            ));
        }
        let mut groups = self.directory.groups_of(name).into_iter();
        Ok(groups.any(|group| protected(&Principal::group(&group))))
    }
}
