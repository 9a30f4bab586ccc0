//! What use cases tell the trail: what was asked and why it was answered so, or what was changed.

use openmds_policy::acl::AclEntry;
use openmds_policy::names::{Principal, ResourcePattern};
use openmds_policy::rbac::{Reason, Scope};
use serde_json::Value;

/// What was asked.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// Who wants to.
    pub(crate) principal: &'a Principal,
    /// Where.
    pub(crate) scope: &'a Scope,
    /// What.
    pub(crate) operation: &'a str,
    /// With what.
    pub(crate) resource: &'a ResourcePattern,
}

/// Why it was answered so.
#[derive(Clone, Copy)]
pub(crate) enum Why<'a> {
    /// A role binding, or being a super user.
    Reason(&'a Reason<'a>),
    /// A central ACL.
    Acl(&'a AclEntry),
    /// Nothing allows it.
    Nothing,
}

/// What was changed, without secrets.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// One of [`super::methods`].
    pub(crate) method: &'static str,
    /// `role-binding`, `cluster`, ...
    pub(crate) kind: &'static str,
    /// Which one of its kind.
    pub(crate) key: String,
    /// What it is about.
    pub(crate) scope: Option<Scope>,
    /// The resource in that scope.
    pub(crate) resource: ResourcePattern,
    /// What it was.
    pub(crate) before: Option<Value>,
    /// What it is.
    pub(crate) after: Option<Value>,
}
