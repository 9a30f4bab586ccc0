//! To whose bindings a question about somebody leads: the user's own and the groups'.

use openmds_policy::names::{Principal, PrincipalType};

use super::{App, Caller};

impl App {
    /// The groups of a user that the directory knows; none for a group, because groups are not
    /// nested (`rbac-registry-tokens.md` 1.7).
    #[must_use]
    pub fn groups_of(&self, principal: &Principal) -> Vec<Principal> {
        if principal.kind() == PrincipalType::Group {
            return Vec::new();
        }
        let groups = self.directory.groups_of(principal.name()).into_iter();
        groups.map(|group| Principal::group(&group)).collect()
    }

    /// The users and groups that the directory knows.
    pub(super) fn directory_principals(&self) -> impl Iterator<Item = Principal> {
        let known = self.directory.users_and_groups();
        let users = known.users.into_iter().map(|name| Principal::user(&name));
        let groups = known.groups.into_iter().map(|name| Principal::group(&name));
        users.chain(groups)
    }

    /// Whose bindings count for a principal: a user's own and those of its groups, a group's only
    /// its own. The caller's groups are those that the caller came in with.
    #[must_use]
    pub(super) fn effective(&self, caller: &Caller, about: &Principal) -> Vec<Principal> {
        if caller.principal() == *about {
            return caller.principals().to_vec();
        }
        let mut principals = vec![about.clone()];
        principals.extend(self.groups_of(about));
        principals
    }
}
