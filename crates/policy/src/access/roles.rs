//! The roles of an index: by number, with what each allows.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::codes::{Operation, ResourceType};
use super::rule::{Deciding, FIRST_ROLE};
use crate::rbac::{Roles, ScopeType};

/// Codes that have a row or a column of their own; all others share number 0.
pub(super) const TYPES: usize = 8;
const OPERATIONS: usize = 16;

/// Most roles of one index: those beyond are unknown ones and share a name.
const MOST: usize = 250;

/// What decides about one operation on one type of resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Roles that allow it, each a bit at [`FIRST_ROLE`] and its number.
    pub(super) roles: u64,
    /// ACLs that do or do not.
    pub(super) acls: Deciding,
}

/// Names of roles, and the table.
#[derive(Debug, Clone)]
pub(super) struct RoleTable {
    names: Vec<String>,
    wide: u64,
    rows: Box<[Row]>,
}

/// The row or column of a code.
pub(super) const fn place(code: u8, most: usize) -> usize {
    if code >= 2 && (code as usize) < most {
        code as usize
    } else {
        0
    }
}

const fn bit(number: usize) -> u64 {
    let place = number + FIRST_ROLE as usize;
    if place < 64 { 1 << place } else { 0 }
}

impl RoleTable {
    pub(super) fn new(roles: &Roles) -> Self {
        let all = || roles.all().iter().enumerate();
        let row = |resource_type: usize, operation: usize| {
            let kind = ResourceType(resource_type as u8).as_str();
            let operation = Operation(operation as u8);
            let allowing = all().filter(|(_, role)| role.permits(kind, operation.as_str()));
            Row {
                roles: allowing.fold(0, |bits, (number, _)| bits | bit(number)),
                acls: Deciding::about(operation),
            }
        };
        let rows = (0..TYPES).flat_map(|kind| (0..OPERATIONS).map(move |one| row(kind, one)));
        let wide = all().filter(|(_, role)| role.access_policy.scope_type == ScopeType::Cluster);
        Self {
            names: roles.all().iter().map(|role| role.name.clone()).collect(),
            wide: wide.fold(0, |bits, (number, _)| bits | bit(number)),
            rows: rows.collect(),
        }
    }

    /// What a rule of that role says; a role that is not known gets a number, and allows nothing.
    pub(super) fn what(&mut self, name: &str) -> u8 {
        let known = self.names.iter().position(|one| one == name);
        let number = known.unwrap_or_else(|| {
            if self.names.len() < MOST {
                self.names.push(name.to_string());
            }
            self.names.len() - 1
        });
        FIRST_ROLE.saturating_add(number as u8)
    }

    /// Its bit among the roles on whole clusters, if it is one of them.
    pub(super) const fn wide_bit(&self, what: u8) -> u64 {
        if what < 64 {
            self.wide & (1 << what)
        } else {
            0
        }
    }

    /// The name of a role by what its rules say.
    pub(super) fn name(&self, what: u8) -> &str {
        let number = usize::from(what.saturating_sub(FIRST_ROLE));
        self.names.get(number).map_or("", String::as_str)
    }

    pub(super) fn row(&self, operation: Operation, resource_type: ResourceType) -> Row {
        let at = place(resource_type.0, TYPES) * OPERATIONS + place(operation.0, OPERATIONS);
        // Every code has a row.
        let nothing = Row {
            roles: 0,
            acls: Deciding {
                denying: 0,
                allowing: 0,
            },
        };
        self.rows.get(at).copied().unwrap_or(nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_predefined_role_has_a_bit() {
        let roles = Roles::predefined();
        assert!(roles.all().len() + usize::from(FIRST_ROLE) < 64);
        let mut table = RoleTable::new(&roles);
        for role in roles.all() {
            let what = table.what(&role.name);
            assert_eq!(table.name(what), role.name);
            let wide = role.access_policy.scope_type == ScopeType::Cluster;
            assert_eq!(table.wide_bit(what) != 0, wide, "{}", role.name);
        }
        for number in 0..400 {
            let what = table.what(&alloc::format!("Unheard{number}"));
            assert!(what >= FIRST_ROLE + 10 && table.wide_bit(what) == 0);
        }
    }
}
