//! Role bindings, and which of them events say were needed.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::names::{Principal, ResourcePattern};

use crate::trail::Event;

/// A role for a resource pattern, or for a whole cluster.
#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub(super) principal: &'a Principal,
    pub(super) role: &'a str,
    pub(super) pattern: Option<&'a ResourcePattern>,
    is_needed: bool,
}

/// All of a cluster.
#[derive(Debug)]
pub(super) struct Bindings<'a>(BTreeMap<(String, String), Vec<Binding<'a>>>);

impl<'a> Bindings<'a> {
    pub(super) fn new(held: &'a BTreeMap<(Principal, String), BTreeSet<ResourcePattern>>) -> Self {
        let mut bindings: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((principal, role), patterns) in held {
            let binding = |pattern| Binding {
                principal,
                role,
                pattern,
                is_needed: false,
            };
            let key = (principal.to_string(), role.clone());
            let known = bindings.entry(key).or_default();
            if patterns.is_empty() {
                known.push(binding(None));
            }
            known.extend(patterns.iter().map(Some).map(binding));
        }
        Self(bindings)
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Notes which bindings may have decided what the event tells: all that cover it, for the event names the role and not the pattern.
    pub(super) fn note(&mut self, event: &Event<'_>, cluster_id: &str) {
        let Some(info) = &event.data.authorization_info else {
            return;
        };
        let Some(rbac) = info.rbac_authorization.as_ref().filter(|_| info.granted) else {
            return;
        };
        let bound_in = rbac.scope.clusters.get("kafka-cluster");
        if bound_in.is_none_or(|bound_in| bound_in != cluster_id) {
            return;
        }
        let principal = rbac.acting_principal.as_deref();
        let principal = principal.unwrap_or_else(|| event.principal());
        let Some(bindings) = self
            .0
            .get_mut(&(principal.to_owned(), rbac.role.to_string()))
        else {
            return;
        };
        for binding in bindings {
            let covers =
                |one: &ResourcePattern| one.covers(&info.resource_type, &info.resource_name);
            binding.is_needed |= binding.pattern.is_none_or(covers);
        }
    }

    pub(super) fn unused(&self) -> Vec<&Binding<'a>> {
        let all = self.0.values().flatten();
        all.filter(|binding| !binding.is_needed).collect()
    }
}
