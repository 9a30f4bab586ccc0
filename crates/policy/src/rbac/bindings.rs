//! Role bindings: who holds which role where, on which resources.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;

use rpds::RedBlackTreeMapSync;
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

/// What one principal holds.
type Held = BTreeMap<BindingKey, BTreeSet<ResourcePattern>>;

/// All bindings. A binding of a cluster-scoped role has no patterns; one of a resource-scoped
/// role without patterns does not exist.
///
/// A copy shares what it has in common with the original: copying costs nothing, and a change
/// afterwards copies what one principal holds and the way to it.
#[derive(Debug, Clone, Default)]
pub struct RoleBindings {
    by_principal: RedBlackTreeMapSync<Principal, Arc<Held>>,
    count: usize,
}

impl RoleBindings {
    /// Sets a binding, replacing its patterns.
    pub fn set(&mut self, key: BindingKey, patterns: BTreeSet<ResourcePattern>) {
        if let Some(held) = self.by_principal.get_mut(&key.principal) {
            let before = Arc::make_mut(held).insert(key, patterns);
            self.count += usize::from(before.is_none());
        } else {
            let principal = key.principal.clone();
            let held = BTreeMap::from([(key, patterns)]);
            self.by_principal.insert_mut(principal, Arc::new(held));
            self.count += 1;
        }
    }

    /// Removes a binding; nothing happens if there is none.
    pub fn remove(&mut self, key: &BindingKey) {
        let Some(held) = self.by_principal.get_mut(&key.principal) else {
            return;
        };
        let held = Arc::make_mut(held);
        self.count -= usize::from(held.remove(key).is_some());
        if held.is_empty() {
            self.by_principal.remove_mut(&key.principal);
        }
    }

    /// How many bindings there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no binding.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The patterns of a binding, if it exists.
    #[must_use]
    pub fn patterns(&self, key: &BindingKey) -> Option<&BTreeSet<ResourcePattern>> {
        self.by_principal.get(&key.principal)?.get(key)
    }

    /// Everything, ordered by principal, role and scope.
    pub fn iter(&self) -> impl Iterator<Item = (&BindingKey, &BTreeSet<ResourcePattern>)> {
        self.by_principal.values().flat_map(|held| held.iter())
    }

    /// The bindings of one principal.
    pub fn of<'a>(
        &'a self,
        principal: &Principal,
    ) -> impl Iterator<Item = (&'a BindingKey, &'a BTreeSet<ResourcePattern>)> + use<'a> {
        let held = self.by_principal.get(principal);
        held.into_iter().flat_map(|held| held.iter())
    }
}
