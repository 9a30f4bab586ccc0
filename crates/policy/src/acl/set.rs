//! All ACLs of all clusters.

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::binding::AclBinding;
use super::filter::AclFilter;
use crate::names::ClusterId;

/// ACLs by Kafka cluster. Cloning shares everything.
#[derive(Debug, Clone, Default)]
pub struct Acls(RedBlackTreeMapSync<ClusterId, RedBlackTreeSetSync<AclBinding>>);

impl Acls {
    /// Adds an ACL; nothing happens if the cluster has it.
    pub fn add(&mut self, cluster: ClusterId, acl: AclBinding) {
        let mut acls = self.0.get(&cluster).cloned().unwrap_or_default();
        acls.insert_mut(acl);
        self.0.insert_mut(cluster, acls);
    }

    /// Removes an ACL; nothing happens if the cluster does not have it.
    pub fn remove(&mut self, cluster: &ClusterId, acl: &AclBinding) {
        let Some(mut acls) = self.0.get(cluster).cloned() else {
            return;
        };
        acls.remove_mut(acl);
        if acls.is_empty() {
            self.0.remove_mut(cluster);
        } else {
            self.0.insert_mut(cluster.clone(), acls);
        }
    }

    /// Whether the cluster has the ACL.
    #[must_use]
    pub fn contains(&self, cluster: &ClusterId, acl: &AclBinding) -> bool {
        self.0.get(cluster).is_some_and(|acls| acls.contains(acl))
    }

    /// The ACLs of a cluster, ordered by resource, then by what they say.
    pub fn of<'a>(&'a self, cluster: &ClusterId) -> impl Iterator<Item = &'a AclBinding> + use<'a> {
        self.0.get(cluster).into_iter().flat_map(|acls| acls.iter())
    }

    /// Those of a cluster that the filter means, in the same order.
    pub fn matching<'a>(
        &'a self,
        cluster: &ClusterId,
        filter: &'a AclFilter,
    ) -> impl Iterator<Item = &'a AclBinding> {
        self.of(cluster).filter(|acl| filter.matches(acl))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(RedBlackTreeSetSync::size).sum()
    }
}
