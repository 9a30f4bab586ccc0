//! Which groups the bindings and ACLs of each Kafka cluster name.

use std::collections::BTreeSet;

use openmds_policy::acl::AclBinding;
use openmds_policy::names::{ClusterId, PrincipalType};
use openmds_policy::rbac::BindingKey;
use rpds::RedBlackTreeMapSync;

/// How many bindings and ACLs of a cluster name a group. Cloning shares everything.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedGroups(RedBlackTreeMapSync<(ClusterId, String), usize>);

impl NamedGroups {
    /// A binding came (or went). Only those on exactly a Kafka cluster reach brokers.
    pub(super) fn count_binding(&mut self, key: &BindingKey, comes: bool) {
        if key.principal.kind() == PrincipalType::Group
            && let Some(cluster) = key.scope.only_kafka_cluster()
        {
            self.count(cluster, key.principal.name(), comes);
        }
    }

    /// An ACL came (or went).
    pub(super) fn count_acl(&mut self, cluster: &ClusterId, acl: &AclBinding, comes: bool) {
        let principal = &acl.entry.principal;
        if principal.kind() == PrincipalType::Group {
            self.count(cluster.clone(), principal.name(), comes);
        }
    }

    fn count(&mut self, cluster: ClusterId, group: &str, comes: bool) {
        let key = (cluster, group.to_string());
        let before = self.0.get(&key).copied().unwrap_or_default();
        let now = if comes {
            before + 1
        } else {
            before.saturating_sub(1)
        };
        if now == 0 {
            self.0.remove_mut(&key);
        } else {
            self.0.insert_mut(key, now);
        }
    }

    /// Whether the cluster names the group.
    pub(super) fn names(&self, cluster: &ClusterId, group: &str) -> bool {
        self.0.contains_key(&(cluster.clone(), group.to_string()))
    }

    /// The groups that any cluster names.
    pub(super) fn all(&self) -> BTreeSet<String> {
        self.0.keys().map(|(_, group)| group.clone()).collect()
    }
}
