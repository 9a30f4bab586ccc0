//! The present, as the log tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use openmds_policy::acl::{AclBinding, Acls};
use openmds_policy::names::{ClusterId, ClusterName};
use openmds_policy::rbac::RoleBindings;

use rpds::RedBlackTreeMapSync;

use super::enrolled::Enrolled;
use super::lineage::{Lineage, Origin};
use super::log::Generation;
use super::named_groups::NamedGroups;
use super::record::{AuditRecord, Record, RegisteredCluster};
use crate::tokens::{KeyRing, Revocations};

/// Everything that is true at one generation.
///
/// Each write makes a copy; what the write does not touch is shared with the copy before.
#[derive(Debug, Clone, Default)]
pub struct State {
    generation: Generation,
    bindings: RoleBindings,
    acls: Acls,
    clusters: Arc<BTreeMap<ClusterName, RegisteredCluster>>,
    audit: Option<(Generation, AuditRecord)>,
    issued: Arc<BTreeSet<String>>,
    ours: Arc<BTreeSet<ClusterId>>,
    companion: Option<(Generation, AuditRecord)>,
    companion_ours: Arc<BTreeSet<ClusterId>>,
    nodes: Arc<BTreeMap<ClusterId, BTreeMap<i32, bool>>>,
    home: Option<ClusterId>,
    server: Option<String>,
    enrolled: Arc<Enrolled>,
    keys: Arc<KeyRing>,
    revocations: Arc<Revocations>,
    lineage: Arc<Lineage>,
    memberships: RedBlackTreeMapSync<String, BTreeSet<String>>,
    named: NamedGroups,
}

impl State {
    /// Takes one record in.
    pub(super) fn apply(&mut self, generation: Generation, record: Record) {
        self.generation = self.generation.max(generation);
        match record {
            Record::Binding {
                key,
                patterns: Some(patterns),
            } => {
                if self.bindings.patterns(&key).is_none() {
                    self.named.count_binding(&key, true);
                }
                self.bindings.set(key, patterns);
            }
            Record::Binding {
                key,
                patterns: None,
            } => {
                if self.bindings.patterns(&key).is_some() {
                    self.named.count_binding(&key, false);
                }
                self.bindings.remove(&key);
            }
            Record::Acl {
                cluster,
                acl,
                present,
            } => self.set_acl(cluster, acl, present),
            Record::Cluster {
                name,
                cluster: Some(cluster),
            } => {
                Arc::make_mut(&mut self.clusters).insert(name, cluster);
            }
            Record::Cluster {
                name,
                cluster: None,
            } => {
                if let Some(id) = Arc::make_mut(&mut self.clusters)
                    .remove(&name)
                    .and_then(|gone| gone.scope.only_kafka_cluster())
                {
                    Arc::make_mut(&mut self.ours).remove(&id);
                    Arc::make_mut(&mut self.companion_ours).remove(&id);
                    Arc::make_mut(&mut self.nodes).remove(&id);
                }
            }
            Record::Audit(audit) => {
                Arc::make_mut(&mut self.issued).insert(audit.resource_version.clone());
                self.audit = Some((generation, audit));
            }
            Record::Tenure { cluster, ours } => claim(&mut self.ours, cluster, ours),
            Record::Companion(companion) => {
                Arc::make_mut(&mut self.issued).insert(companion.resource_version.clone());
                self.companion = Some((generation, companion));
            }
            Record::CompanionTenure { cluster, ours } => {
                claim(&mut self.companion_ours, cluster, ours);
            }
            Record::Nodes(nodes) => {
                Arc::make_mut(&mut self.nodes).insert(nodes.cluster, nodes.nodes);
            }
            Record::Home { cluster } => self.home = Some(cluster),
            Record::Server { id } => self.server = Some(id),
            Record::EnrolledNode {
                cluster,
                node,
                enrolled,
            } => Arc::make_mut(&mut self.enrolled).set_node(cluster, node, enrolled),
            Record::JoinToken { hash, token } => {
                Arc::make_mut(&mut self.enrolled).set_token(hash, token);
            }
            Record::Skipped { after } => {
                Arc::make_mut(&mut self.lineage).skipped(after, generation)
            }
            Record::RestoreAccepted => Arc::make_mut(&mut self.lineage).accept(generation),
            Record::Membership { user, groups } if groups.is_empty() => {
                self.memberships.remove_mut(&user);
            }
            Record::Membership { user, groups } => self.memberships.insert_mut(user, groups),
            Record::SigningKeys { keys } => self.keys = Arc::new(keys),
            Record::Revocation(revocation) => {
                Arc::make_mut(&mut self.revocations).insert(revocation);
            }
            Record::ForgottenRevocations { keys } => {
                let revocations = Arc::make_mut(&mut self.revocations);
                for key in keys {
                    revocations.forget(&key);
                }
            }
        }
    }

    fn set_acl(&mut self, cluster: ClusterId, acl: AclBinding, present: bool) {
        if self.acls.contains(&cluster, &acl) == present {
            return;
        }
        self.named.count_acl(&cluster, &acl, present);
        if present {
            self.acls.add(cluster, acl);
        } else {
            self.acls.remove(&cluster, &acl);
        }
    }

    /// The last write.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// All role bindings.
    #[must_use]
    pub const fn bindings(&self) -> &RoleBindings {
        &self.bindings
    }

    /// All centralised ACLs.
    #[must_use]
    pub const fn acls(&self) -> &Acls {
        &self.acls
    }

    /// The registry, by name.
    #[must_use]
    pub fn clusters(&self) -> &BTreeMap<ClusterName, RegisteredCluster> {
        &self.clusters
    }

    /// The registered clusters that are Kafka clusters, by name.
    pub fn kafka_clusters(
        &self,
    ) -> impl Iterator<Item = (&ClusterName, ClusterId, &RegisteredCluster)> {
        self.clusters.iter().filter_map(|(name, cluster)| {
            Some((name, cluster.scope.only_kafka_cluster()?, cluster))
        })
    }

    /// The audit-log document and the write that brought it, if anybody ever wrote one.
    #[must_use]
    pub const fn audit(&self) -> Option<&(Generation, AuditRecord)> {
        self.audit.as_ref()
    }

    /// The companion and the write that brought it, if anybody ever wrote one.
    #[must_use]
    pub const fn companion(&self) -> Option<&(Generation, AuditRecord)> {
        self.companion.as_ref()
    }

    /// Whether this service ever stamped a document or a companion with this version.
    #[must_use]
    pub fn has_issued(&self, resource_version: &str) -> bool {
        self.issued.contains(resource_version)
    }

    /// Whether the cluster's router configuration is ours to change.
    #[must_use]
    pub fn is_ours(&self, cluster: &ClusterId) -> bool {
        self.ours.contains(cluster)
    }

    /// Whether the companion that the cluster holds is ours to change.
    #[must_use]
    pub fn is_companion_ours(&self, cluster: &ClusterId) -> bool {
        self.companion_ours.contains(cluster)
    }

    /// The nodes that the cluster is known to have: id, and whether it is a broker.
    #[must_use]
    pub fn nodes(&self, cluster: &ClusterId) -> BTreeMap<i32, bool> {
        self.nodes.get(cluster).cloned().unwrap_or_default()
    }

    /// The id of the home cluster, as it last said itself.
    #[must_use]
    pub const fn home(&self) -> Option<&ClusterId> {
        self.home.as_ref()
    }

    /// Who this store is, once a server has started over it.
    #[must_use]
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// The nodes that hold certificates, and the tokens that let more of them in.
    #[must_use]
    pub fn enrolled(&self) -> &Enrolled {
        &self.enrolled
    }

    /// Whether this store gave a generation that somebody holds.
    #[must_use]
    pub fn origin(&self, held: Generation) -> Origin {
        self.lineage.origin(held, self.generation)
    }

    /// How many writes there were after a generation that this store gave.
    #[must_use]
    pub fn writes_after(&self, held: Generation) -> u64 {
        self.lineage.given(held, self.generation)
    }

    /// The groups of users by the directory, as they were last seen: those that are named.
    #[must_use]
    pub const fn memberships(&self) -> &RedBlackTreeMapSync<String, BTreeSet<String>> {
        &self.memberships
    }

    /// Whether a binding or an ACL of the Kafka cluster names the group.
    #[must_use]
    pub fn names_group(&self, cluster: &ClusterId, group: &str) -> bool {
        self.named.names(cluster, group)
    }

    /// The groups that bindings and ACLs of any Kafka cluster name.
    #[must_use]
    pub fn named_groups(&self) -> BTreeSet<String> {
        self.named.all()
    }

    /// The keys that sign and verify tokens.
    #[must_use]
    pub fn signing_keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Which tokens are refused.
    #[must_use]
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }
}

fn claim(clusters: &mut Arc<BTreeSet<ClusterId>>, cluster: ClusterId, ours: bool) {
    let clusters = Arc::make_mut(clusters);
    if ours {
        clusters.insert(cluster);
    } else {
        clusters.remove(&cluster);
    }
}
