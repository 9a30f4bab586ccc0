//! The present, as the log tells it.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::names::{ClusterId, ClusterName};
use openmds_policy::rbac::RoleBindings;

use super::log::Generation;
use super::record::{AuditRecord, Record, RegisteredCluster};

/// Everything that is true at one generation.
#[derive(Debug, Clone, Default)]
pub struct State {
    generation: Generation,
    bindings: RoleBindings,
    clusters: BTreeMap<ClusterName, RegisteredCluster>,
    audit: Option<(Generation, AuditRecord)>,
    issued: BTreeSet<String>,
    ours: BTreeSet<ClusterId>,
    nodes: BTreeMap<ClusterId, BTreeMap<i32, bool>>,
    home: Option<ClusterId>,
}

impl State {
    /// Takes one record in.
    pub(super) fn apply(&mut self, generation: Generation, record: Record) {
        self.generation = self.generation.max(generation);
        match record {
            Record::Binding {
                key,
                patterns: Some(patterns),
            } => self.bindings.set(key, patterns),
            Record::Binding {
                key,
                patterns: None,
            } => self.bindings.remove(&key),
            Record::Cluster {
                name,
                cluster: Some(cluster),
            } => {
                self.clusters.insert(name, cluster);
            }
            Record::Cluster {
                name,
                cluster: None,
            } => {
                if let Some(id) = self
                    .clusters
                    .remove(&name)
                    .and_then(|gone| gone.scope.only_kafka_cluster())
                {
                    self.ours.remove(&id);
                    self.nodes.remove(&id);
                }
            }
            Record::Audit(audit) => {
                self.issued.insert(audit.resource_version.clone());
                self.audit = Some((generation, audit));
            }
            Record::Tenure {
                cluster,
                ours: true,
            } => {
                self.ours.insert(cluster);
            }
            Record::Tenure {
                cluster,
                ours: false,
            } => {
                self.ours.remove(&cluster);
            }
            Record::Nodes(nodes) => {
                self.nodes.insert(nodes.cluster, nodes.nodes);
            }
            Record::Home { cluster } => self.home = Some(cluster),
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

    /// The registry, by name.
    #[must_use]
    pub const fn clusters(&self) -> &BTreeMap<ClusterName, RegisteredCluster> {
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

    /// Whether this service ever stamped a document with this version.
    #[must_use]
    pub fn has_issued(&self, resource_version: &str) -> bool {
        self.issued.contains(resource_version)
    }

    /// Whether the cluster's router configuration is ours to change.
    #[must_use]
    pub fn is_ours(&self, cluster: &ClusterId) -> bool {
        self.ours.contains(cluster)
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
}
