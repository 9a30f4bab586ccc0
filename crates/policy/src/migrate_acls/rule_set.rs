//! The rules of one cluster.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};

use crate::acl::AclBinding;
use crate::names::{ClusterId, Principal, ResourcePattern};
use crate::rbac::{AclSource, BindingKey, RoleBindings, Scope};

/// Role bindings and ACLs of one Kafka cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    /// Patterns by principal and role; none for a role on the whole cluster.
    pub bindings: BTreeMap<(Principal, String), BTreeSet<ResourcePattern>>,
    /// Those of the metadata service and those of the cluster itself.
    pub acls: BTreeSet<(AclBinding, AclSource)>,
}

impl RuleSet {
    /// A cluster's own ACLs, and nothing else.
    #[must_use]
    pub fn local<'a>(acls: impl IntoIterator<Item = &'a AclBinding>) -> Self {
        let acls = acls.into_iter();
        Self {
            bindings: BTreeMap::new(),
            acls: acls.map(|acl| (acl.clone(), AclSource::Local)).collect(),
        }
    }

    /// What both hold.
    #[must_use]
    pub fn with(mut self, more: &Self) -> Self {
        for (key, patterns) in &more.bindings {
            let held = self.bindings.entry(key.clone()).or_default();
            held.extend(patterns.iter().cloned());
        }
        self.acls.extend(more.acls.iter().cloned());
        self
    }

    /// The bindings as they are stored.
    pub(super) fn role_bindings(&self, cluster: &ClusterId) -> RoleBindings {
        let mut bindings = RoleBindings::default();
        for ((principal, role), patterns) in &self.bindings {
            let key = BindingKey {
                principal: principal.clone(),
                role: role.to_string(),
                scope: Scope::kafka(cluster),
            };
            bindings.set(key, patterns.clone());
        }
        bindings
    }
}
