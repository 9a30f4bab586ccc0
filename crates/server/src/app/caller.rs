//! Who is asking.

use std::net::IpAddr;

use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::{AccessRequest, Decision, Rules, Scope, authorize};

use super::App;
use crate::store::State;

/// What is known of the request itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// The request's id, as its answer and the log name it.
    pub id: String,
    /// Whence it came; absent for a server in process.
    pub client_address: Option<IpAddr>,
}

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    principals: Vec<Principal>,
    /// The program whose commands a message shows (`rulings.md` 10).
    pub program: &'static str,
    /// The user who acts in this caller's name.
    pub acted_by: Option<String>,
    /// The request at hand.
    pub request: RequestContext,
}

impl Caller {
    /// The user of that name.
    #[must_use]
    pub fn user(name: &str, program: &'static str) -> Self {
        Self {
            principals: vec![Principal::user(name)],
            program,
            acted_by: None,
            request: RequestContext::default(),
        }
    }

    /// The same caller as a member of these groups too.
    #[must_use]
    pub fn in_groups(mut self, groups: impl IntoIterator<Item = String>) -> Self {
        for group in groups {
            let group = Principal::group(&group);
            if !self.principals.contains(&group) {
                self.principals.push(group);
            }
        }
        self
    }

    /// The user, then the groups.
    #[must_use]
    pub fn principals(&self) -> &[Principal] {
        &self.principals
    }

    /// The user.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.principals
            .first()
            .cloned()
            .unwrap_or_else(|| Principal::user("ANONYMOUS"))
    }

    /// Whether the principal is the caller or one of the caller's groups.
    #[must_use]
    pub fn is(&self, principal: &Principal) -> bool {
        self.principals.contains(principal)
    }
}

impl App {
    /// Whether the caller may do this here.
    #[must_use]
    pub fn may(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
    ) -> bool {
        self.permits(state, &caller.principals, scope, operation, resource)
    }

    /// Whether a user with these groups may do this here. The one question, asked of the one
    /// function.
    #[must_use]
    pub fn permits(
        &self,
        state: &State,
        principals: &[Principal],
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
    ) -> bool {
        let request = AccessRequest {
            principals,
            scope,
            operation,
            resource,
            host: None,
        };
        let decision: Decision<'_> = authorize(&self.rules(state), request);
        decision.is_allowed()
    }

    /// What the one function decides by: ACLs decide inside clusters, not about the service.
    pub(super) fn rules<'a>(&'a self, state: &'a State) -> Rules<'a> {
        Rules {
            roles: &self.roles,
            super_users: &self.settings.super_users,
            bindings: state.bindings(),
            acls: None,
        }
    }

    /// Whether the caller is a static super user.
    #[must_use]
    pub fn is_super_user(&self, caller: &Caller) -> bool {
        self.any_super_user(&caller.principals)
    }

    /// Whether one of the principals is a static super user.
    #[must_use]
    pub(super) fn any_super_user(&self, principals: &[Principal]) -> bool {
        let mut principals = principals.iter();
        principals.any(|principal| self.settings.super_users.contains(principal))
    }
}
