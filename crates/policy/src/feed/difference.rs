//! What a message changed, piece by piece: what an index must learn.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::message::{Grant, Membership};
use crate::acl::AclBinding;
use crate::names::{Principal, ResourcePattern};

/// One rule that came or went, or the groups that a user has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A role binding as a whole, whatever it is bound to.
    Binding {
        /// Who.
        principal: Principal,
        /// Which role.
        role: String,
        /// Came or went.
        present: bool,
    },
    /// One pattern of a role binding.
    Pattern {
        /// Who.
        principal: Principal,
        /// Which role.
        role: String,
        /// On what.
        pattern: ResourcePattern,
        /// Came or went.
        present: bool,
    },
    /// A central ACL.
    Acl {
        /// Which.
        acl: AclBinding,
        /// Came or went.
        present: bool,
    },
    /// All groups of a user.
    Membership(Membership),
}

/// What setting a grant changes, against what was held.
pub(super) fn of_grant(grant: &Grant, held: Option<BTreeSet<ResourcePattern>>) -> Vec<Difference> {
    let (principal, role) = (&grant.principal, &grant.role);
    let mut differences = Vec::new();
    if held.is_some() != grant.patterns.is_some() {
        differences.push(Difference::Binding {
            principal: principal.clone(),
            role: role.clone(),
            present: grant.patterns.is_some(),
        });
    }
    let before = held.unwrap_or_default();
    let nothing = BTreeSet::new();
    let after = grant.patterns.as_ref().unwrap_or(&nothing);
    let mut one = |pattern: &ResourcePattern, present| {
        differences.push(Difference::Pattern {
            principal: principal.clone(),
            role: role.clone(),
            pattern: pattern.clone(),
            present,
        });
    };
    before.difference(after).for_each(|gone| one(gone, false));
    after.difference(&before).for_each(|come| one(come, true));
    differences
}
