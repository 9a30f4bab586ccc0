//! What an index is made of.

use alloc::collections::BTreeSet;
use alloc::string::String;

use super::local::LocalAcls;
use crate::feed::Policy;
use crate::rbac::Roles;

/// Which rules count (`confluent.authorizer.access.rule.providers`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Providers {
    /// The cluster's own ACLs: `KRAFT_ACL`.
    pub local: bool,
    /// Role bindings and central ACLs: `OPENMDS`.
    pub central: bool,
}

/// All rules of a Kafka cluster.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// What the roles allow.
    pub roles: &'a Roles,
    /// Who may do everything, each with its type, as `super.users` has them.
    pub super_users: &'a BTreeSet<String>,
    /// `allow.everyone.if.no.acl.found`.
    pub allow_everyone: bool,
    /// Which of the following count.
    pub providers: Providers,
    /// The cluster's own ACLs.
    pub local: &'a LocalAcls,
    /// What the metadata service says. The directory's groups count whatever the providers are.
    pub policy: &'a Policy,
}
