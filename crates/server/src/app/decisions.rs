//! Decisions that enter the audit trail (`audit-logs.md` 5.2, `mds.Authorize`).
//!
//! [`App::may`] answers quietly, for lists that show what a caller may see; what is decided here
//! lets a request through or refuses it.

use openmds_policy::acl::{AclEntry, AclPermission};
use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::{AccessRequest, Decision, Scope, authorize};

use super::{App, Caller};
use crate::store::State;
use crate::trail::{Question, Why};

impl App {
    /// Whether the caller may do this here; the answer is recorded.
    pub(super) fn permitted(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
    ) -> bool {
        self.ask(state, caller, scope, operation, resource, true)
    }

    /// The same where a refusal is not the last word: only consent is recorded, as Kafka does with
    /// checks that have an alternative (`audit-logs.md` 4.2).
    pub(super) fn permitted_already(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
    ) -> bool {
        self.ask(state, caller, scope, operation, resource, false)
    }

    fn ask(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
        denials_too: bool,
    ) -> bool {
        let principal = caller.principal();
        let question = Question {
            principal: &principal,
            scope,
            operation,
            resource,
        };
        self.answer(state, caller, caller.principals(), question, denials_too)
    }

    /// What a user with these groups may do, for a caller who asks; the answer is recorded.
    pub(super) fn answered(
        &self,
        state: &State,
        caller: &Caller,
        principals: &[Principal],
        question: Question<'_>,
    ) -> bool {
        self.answer(state, caller, principals, question, true)
    }

    /// Records what a central ACL decided, and answers it.
    pub(super) fn decided_by_acl(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
        acl: &AclEntry,
    ) -> bool {
        let principal = caller.principal();
        let question = Question {
            principal: &principal,
            scope,
            operation,
            resource,
        };
        let granted = acl.permission_type == AclPermission::Allow;
        let why = Why::Acl(acl);
        self.trail.decided(state, caller, question, granted, why);
        granted
    }

    /// Records that nothing allows it: neither this nor an alternative that was asked about.
    pub(super) fn refused(
        &self,
        state: &State,
        caller: &Caller,
        scope: &Scope,
        operation: &str,
        resource: &ResourcePattern,
    ) {
        let principal = caller.principal();
        let question = Question {
            principal: &principal,
            scope,
            operation,
            resource,
        };
        self.trail
            .decided(state, caller, question, false, Why::Nothing);
    }

    fn answer(
        &self,
        state: &State,
        caller: &Caller,
        principals: &[Principal],
        question: Question<'_>,
        denials_too: bool,
    ) -> bool {
        let request = AccessRequest {
            principals,
            scope: question.scope,
            operation: question.operation,
            resource: question.resource,
            host: None,
        };
        let decision: Decision<'_> = authorize(&self.rules(state), request);
        let allowed = decision.is_allowed();
        if allowed || denials_too {
            let why = match &decision {
                Decision::Allow(reason) => Why::Reason(reason),
                Decision::Deny(_) => Why::Nothing,
            };
            self.trail.decided(state, caller, question, allowed, why);
        }
        allowed
    }
}
