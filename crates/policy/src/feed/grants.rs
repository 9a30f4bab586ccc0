//! The role bindings that a node holds.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::encoded::{GrantRef, beginning, push_pattern};
use super::message::Grant;
use crate::names::{Principal, ResourcePattern};
use crate::packed::{Packed, Records};

/// A record for each pattern of each principal's role, one for a role on the whole cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grants(Packed);

impl Grants {
    pub(super) const fn none() -> Self {
        Self(Packed::new())
    }

    /// Of all bindings; of two for the same principal and role the later holds.
    pub(super) fn of(grants: &[Grant]) -> Self {
        let mut last = alloc::collections::BTreeMap::new();
        for (place, grant) in grants.iter().enumerate() {
            last.insert((&grant.principal, &grant.role), place);
        }
        let mut records = Records::default();
        for place in last.into_values() {
            if let Some(grant) = grants.get(place) {
                records_of(grant, |record| records.push(record));
            }
        }
        Self(Packed::of(&records))
    }

    /// What the principal's role is bound to.
    pub(super) fn get(
        &self,
        principal: &Principal,
        role: &str,
    ) -> Option<BTreeSet<ResourcePattern>> {
        let mut found = None;
        let beginning = beginning(&principal.to_string(), role);
        self.0.each_with(&beginning, |record| {
            let patterns = found.get_or_insert_with(BTreeSet::new);
            let pattern = GrantRef::read(record).and_then(|grant| grant.pattern);
            patterns.extend(pattern.map(super::PatternRef::to_owned));
        });
        found
    }

    /// Assigns a binding, or takes it away.
    pub(super) fn set(&mut self, grant: &Grant) {
        let mut held = Vec::new();
        let beginning = beginning(&grant.principal.to_string(), &grant.role);
        self.0
            .each_with(&beginning, |record| held.push(record.to_vec()));
        for record in held {
            self.0.remove(&record);
        }
        records_of(grant, |record| {
            self.0.insert(record);
        });
    }

    /// How many bindings there are, whatever each is bound to.
    pub(super) fn count(&self) -> usize {
        let (mut count, mut last) = (0, Vec::new());
        self.0.each(|record| {
            let Some(grant) = GrantRef::read(record) else {
                return;
            };
            let head = beginning(grant.principal, grant.role);
            count += usize::from(head != last);
            last = head;
        });
        count
    }

    /// All of them, those of a principal and a role together.
    pub(super) fn each(&self, mut visit: impl FnMut(GrantRef<'_>)) {
        self.0.each(|record| {
            if let Some(grant) = GrantRef::read(record) {
                visit(grant);
            }
        });
    }
}

fn records_of(grant: &Grant, mut take: impl FnMut(&[u8])) {
    let Some(patterns) = &grant.patterns else {
        return;
    };
    let mut record = beginning(&grant.principal.to_string(), &grant.role);
    if patterns.is_empty() {
        take(&record);
    }
    let length = record.len();
    for pattern in patterns {
        push_pattern(&mut record, pattern);
        take(&record);
        record.truncate(length);
    }
}
