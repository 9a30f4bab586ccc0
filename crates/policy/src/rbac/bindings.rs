//! Role bindings: who holds which role where, on which resources.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::names::{Principal, ResourcePattern};

/// What identifies a binding (`rbac-registry-tokens.md` 4.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BindingKey {
    /// Who.
    pub principal: Principal,
    /// Which role, by name.
    pub role: String,
    /// Where.
    pub scope: Scope,
}

/// All bindings. A binding of a cluster-scoped role has no patterns; one of a resource-scoped
/// role without patterns does not exist.
#[derive(Debug, Clone, Default)]
pub struct RoleBindings(BTreeMap<BindingKey, BTreeSet<ResourcePattern>>);

impl RoleBindings {
    /// Sets a binding, replacing its patterns.
    pub fn set(&mut self, key: BindingKey, patterns: BTreeSet<ResourcePattern>) {
        self.0.insert(key, patterns);
    }

    /// Removes a binding; nothing happens if there is none.
    pub fn remove(&mut self, key: &BindingKey) {
        self.0.remove(key);
    }

    /// The patterns of a binding, if it exists.
    #[must_use]
    pub fn patterns(&self, key: &BindingKey) -> Option<&BTreeSet<ResourcePattern>> {
        self.0.get(key)
    }

    /// Everything, ordered by principal, role and scope.
    pub fn iter(&self) -> impl Iterator<Item = (&BindingKey, &BTreeSet<ResourcePattern>)> {
        self.0.iter()
    }

    /// The bindings of one principal.
    pub fn of<'a>(
        &'a self,
        principal: &'a Principal,
    ) -> impl Iterator<Item = (&'a BindingKey, &'a BTreeSet<ResourcePattern>)> {
        self.0
            .iter()
            .filter(move |(key, _)| key.principal == *principal)
    }
}
