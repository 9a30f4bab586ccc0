//! Scopes: where a role binding holds.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::audit::crn_kind;
use crate::crn::Crn;
use crate::names::{ClusterId, ResourcePattern};

/// The kinds of cluster a scope names, in the spelling of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeKey {
    /// A Kafka cluster.
    KafkaCluster,
    /// A Connect cluster beside a Kafka cluster.
    ConnectCluster,
    /// A ksqlDB cluster beside a Kafka cluster.
    KsqlCluster,
    /// A Schema Registry cluster beside a Kafka cluster.
    SchemaRegistryCluster,
    /// A manager for Apache Flink.
    Cmf,
    /// A Flink environment inside a manager.
    FlinkEnvironment,
}

impl ScopeKey {
    /// The spelling of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KafkaCluster => "kafka-cluster",
            Self::ConnectCluster => "connect-cluster",
            Self::KsqlCluster => "ksql-cluster",
            Self::SchemaRegistryCluster => "schema-registry-cluster",
            Self::Cmf => "cmf",
            Self::FlinkEnvironment => "flink-environment",
        }
    }

    /// The type of the CRN element that names such a cluster (`audit-logs.md` 3.1).
    const fn crn_kind(self) -> &'static str {
        match self {
            Self::KafkaCluster => "kafka",
            Self::ConnectCluster => "connect",
            Self::KsqlCluster => "ksql",
            Self::SchemaRegistryCluster => "schema-registry",
            Self::Cmf | Self::FlinkEnvironment => self.as_str(),
        }
    }

    const fn is_component(self) -> bool {
        matches!(
            self,
            Self::ConnectCluster | Self::KsqlCluster | Self::SchemaRegistryCluster
        )
    }
}

/// A flat map of cluster ids, compared exactly: nothing cascades
/// (`rbac-registry-tokens.md` 1.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<ScopeKey, String>")]
pub struct Scope(BTreeMap<ScopeKey, String>);

/// Why a set of cluster ids is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// No id at all.
    #[error("the scope names no cluster: give at least `kafka-cluster`")]
    Empty,
    /// An id is the empty string.
    #[error("`{key}` is empty")]
    EmptyId {
        /// The key without an id.
        key: &'static str,
    },
    /// A component without its Kafka cluster.
    #[error("`{component}` needs `kafka-cluster` beside it")]
    NoKafkaCluster {
        /// The component's key.
        component: &'static str,
    },
    /// More than one component.
    #[error(
        "a scope names at most one of connect-cluster, ksql-cluster and schema-registry-cluster"
    )]
    TwoComponents,
    /// A Flink environment without its manager.
    #[error("`flink-environment` needs `cmf` beside it")]
    NoCmf,
}

impl TryFrom<BTreeMap<ScopeKey, String>> for Scope {
    type Error = ScopeError;

    fn try_from(clusters: BTreeMap<ScopeKey, String>) -> Result<Self, ScopeError> {
        let has = |key| clusters.contains_key(&key);
        if clusters.is_empty() {
            return Err(ScopeError::Empty);
        }
        if let Some((key, _)) = clusters.iter().find(|(_, id)| id.is_empty()) {
            return Err(ScopeError::EmptyId { key: key.as_str() });
        }
        let mut components = clusters.keys().filter(|key| key.is_component());
        if let Some(component) = components.next() {
            if !has(ScopeKey::KafkaCluster) {
                return Err(ScopeError::NoKafkaCluster {
                    component: component.as_str(),
                });
            }
            if components.next().is_some() {
                return Err(ScopeError::TwoComponents);
            }
        }
        if has(ScopeKey::FlinkEnvironment) && !has(ScopeKey::Cmf) {
            return Err(ScopeError::NoCmf);
        }
        Ok(Self(clusters))
    }
}

impl Scope {
    /// The scope of a Kafka cluster alone.
    #[must_use]
    pub fn kafka(id: &ClusterId) -> Self {
        Self(BTreeMap::from([(ScopeKey::KafkaCluster, id.to_string())]))
    }

    /// The Kafka cluster, if the scope is that and nothing else.
    #[must_use]
    pub fn only_kafka_cluster(&self) -> Option<ClusterId> {
        match (self.0.len(), self.0.get(&ScopeKey::KafkaCluster)) {
            (1, Some(id)) => Some(ClusterId::new(id)),
            _ => None,
        }
    }

    /// The name of a resource in this scope; of the scope's own cluster if it is a `Cluster`.
    #[must_use]
    pub fn crn(&self, authority: &str, resource: &ResourcePattern) -> Crn {
        let kind = crn_kind(&resource.resource_type);
        let clusters = self.0.iter().map(|(key, id)| (key.crn_kind(), id.as_str()));
        let inner = kind.as_deref().map(|kind| (kind, resource.name.as_str()));
        Crn::of(authority, clusters.chain(inner))
    }

    /// The ids by kind.
    #[must_use]
    pub const fn clusters(&self) -> &BTreeMap<ScopeKey, String> {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (key, id) in &self.0 {
            let separator = if text.is_empty() { "" } else { ", " };
            text.push_str(&format!("{separator}{} {id}", key.as_str()));
        }
        formatter.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::PatternType;

    fn crn(clusters: &[(ScopeKey, &str)], resource_type: &str, name: &str) -> String {
        let ids = clusters.iter().map(|(key, id)| (*key, id.to_string()));
        let scope = Scope::try_from(ids.collect::<BTreeMap<_, _>>()).unwrap();
        let resource = ResourcePattern {
            resource_type: resource_type.to_string(),
            name: name.to_string(),
            pattern_type: PatternType::Literal,
        };
        scope.crn("", &resource).to_string()
    }

    #[test]
    fn resources_are_named_from_the_cluster_down() {
        let kafka = (ScopeKey::KafkaCluster, "k1");
        assert_eq!(crn(&[kafka], "Cluster", "kafka-cluster"), "crn:///kafka=k1");
        assert_eq!(crn(&[kafka], "Topic", "a"), "crn:///kafka=k1/topic=a");
        assert_eq!(
            crn(
                &[kafka, (ScopeKey::ConnectCluster, "c")],
                "Connector",
                "jdbc"
            ),
            "crn:///kafka=k1/connect=c/connector=jdbc"
        );
        assert_eq!(
            crn(
                &[kafka, (ScopeKey::SchemaRegistryCluster, "s")],
                "SecurityMetadata",
                "security-metadata"
            ),
            "crn:///kafka=k1/schema-registry=s/security-metadata=security-metadata"
        );
        assert_eq!(
            crn(
                &[(ScopeKey::Cmf, "m"), (ScopeKey::FlinkEnvironment, "e")],
                "FlinkApplication",
                "x"
            ),
            "crn:///cmf=m/flink-environment=e/flink-application=x"
        );
    }
}
