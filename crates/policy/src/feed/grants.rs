//! The role bindings that a node holds.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::encoded::Patterns;
use super::message::Grant;
use crate::names::Principal;

/// Each principal's roles, in order, and their patterns: lists that are no longer than they need to
/// be, since a node holds hundreds of thousands of them, most with a single role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grants(BTreeMap<Principal, Vec<(Box<str>, Patterns)>>);

impl Grants {
    pub(super) const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// What the principal's role is bound to.
    pub(super) fn get(&self, principal: &Principal, role: &str) -> Option<&Patterns> {
        let roles = self.0.get(principal)?;
        let place = place_of(roles, role).ok()?;
        roles.get(place).map(|(_, patterns)| patterns)
    }

    /// Assigns a binding, or takes it away.
    pub(super) fn set(&mut self, grant: Grant) {
        if let Some(patterns) = &grant.patterns {
            let roles = self.0.entry(grant.principal).or_default();
            let patterns = Patterns::new(patterns);
            match place_of(roles, &grant.role) {
                Ok(place) => {
                    if let Some((_, held)) = roles.get_mut(place) {
                        *held = patterns;
                    }
                }
                Err(place) => {
                    roles.reserve_exact(1);
                    roles.insert(place, (grant.role.into(), patterns));
                }
            }
        } else if let Some(roles) = self.0.get_mut(&grant.principal) {
            if let Ok(place) = place_of(roles, &grant.role) {
                roles.remove(place);
            }
            if roles.is_empty() {
                self.0.remove(&grant.principal);
            }
        }
    }

    /// All of them, ordered by principal and role.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Principal, &str, &Patterns)> {
        self.0.iter().flat_map(|(principal, roles)| {
            let roles = roles.iter();
            roles.map(move |(role, patterns)| (principal, &**role, patterns))
        })
    }
}

/// Where the role is, or where it belongs.
fn place_of(roles: &[(Box<str>, Patterns)], role: &str) -> Result<usize, usize> {
    roles.binary_search_by(|(one, _)| (**one).cmp(role))
}
