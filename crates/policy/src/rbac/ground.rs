//! What a decision rests on, as a value of its own.

use super::authorize::{AccessRequest, AclSource, Decision, Reason, Refusal, Rules};
use super::bindings::BindingKey;
use crate::acl::AclBinding;
use crate::names::{Principal, ResourcePattern};

/// What a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A static super user, or a group of such.
    SuperUser(Principal),
    /// A role binding, with the pattern that counts; none for a role on the whole scope.
    RoleBinding(BindingKey, Option<ResourcePattern>),
    /// An ACL.
    Acl(AclBinding, AclSource),
    /// The topic belongs to the metadata service.
    Reserved,
    /// No rule names the resource, and that opens it to everybody.
    Everyone,
    /// Nothing allows it.
    Nothing,
}

impl Ground {
    /// What the decision about the request rests on.
    #[must_use]
    pub fn of(decision: &Decision<'_>, rules: &Rules<'_>, request: AccessRequest<'_>) -> Self {
        match decision {
            Decision::Allow(Reason::SuperUser(user)) => Self::SuperUser((*user).clone()),
            Decision::Allow(Reason::RoleBinding(key)) => {
                let patterns = rules.bindings.patterns(key).into_iter().flatten();
                let pattern = patterns
                    .filter(|pattern| pattern.contains(request.resource))
                    .max_by_key(|pattern| pattern.name.len());
                Self::RoleBinding((*key).clone(), pattern.cloned())
            }
            Decision::Allow(Reason::Acl(acl, source))
            | Decision::Deny(Refusal::Acl(acl, source)) => Self::Acl((*acl).clone(), *source),
            Decision::Allow(Reason::Everyone) => Self::Everyone,
            Decision::Deny(Refusal::Reserved) => Self::Reserved,
            Decision::Deny(Refusal::Nothing) => Self::Nothing,
        }
    }
}
