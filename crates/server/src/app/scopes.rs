//! From what a request calls a scope to a scope.

use std::collections::BTreeMap;

use openmds_api::{MdsScope, ScopeBody};
use openmds_policy::rbac::{Scope, ScopeKey};
use openmds_policy::text::quotation;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use super::registered::{not_registered, registered};
use super::{App, AppError, Caller};
use crate::store::State;

/// Parses cluster ids by kind (`rbac-registry-tokens.md` 1.2).
pub(super) fn scope_of(clusters: &BTreeMap<String, String>) -> Result<Scope, AppError> {
    let mut ids = BTreeMap::new();
    for (key, id) in clusters {
        let deserializer: StrDeserializer<'_, Error> = key.as_str().into_deserializer();
        let parsed = ScopeKey::deserialize(deserializer)
            .map_err(|_| AppError::invalid(format!("`{}` is not a kind of cluster: use kafka-cluster, connect-cluster, ksql-cluster, schema-registry-cluster, cmf or flink-environment", quotation(key))))?;
        ids.insert(parsed, id.clone());
    }
    Scope::try_from(ids).map_err(|error| AppError::invalid(error.to_string()))
}

/// The ids of a scope, as answers carry them.
pub(super) fn scope_body(scope: &Scope) -> ScopeBody {
    let ids = scope.clusters().iter();
    ScopeBody {
        clusters: ids
            .map(|(key, id)| (key.as_str().to_string(), id.clone()))
            .collect(),
    }
}

/// Whether the scope is a cluster of that kind: a Kafka cluster alone, or with such a cluster
/// beside it.
pub(super) fn is_of_kind(scope: &Scope, kind: Option<ScopeKey>) -> bool {
    match kind {
        None => true,
        Some(ScopeKey::KafkaCluster) => scope.only_kafka_cluster().is_some(),
        Some(key) => scope.clusters().contains_key(&key),
    }
}

impl App {
    /// The scope of a request: ids, or the registry's name for them, never both.
    pub(super) fn resolved(
        &self,
        state: &State,
        caller: &Caller,
        scope: &MdsScope,
    ) -> Result<Scope, AppError> {
        let clusters = scope
            .clusters
            .as_ref()
            .filter(|clusters| !clusters.is_empty());
        match (&scope.cluster_name, clusters) {
            (Some(_), Some(_)) => Err(AppError::invalid(
                "the scope has both clusterName and clusters: give one of them",
            )),
            (None, None) => Err(AppError::invalid(
                "the scope has neither clusters nor clusterName: give one of them",
            )),
            (None, Some(clusters)) => scope_of(clusters),
            // Named beside the path, so that it is the request that is wrong (`rulings.md` 13).
            (Some(name), None) => match registered(state, caller, name) {
                Ok((_, cluster)) => Ok(cluster.scope.clone()),
                Err(_) => Err(AppError::invalid(not_registered(caller, name))),
            },
        }
    }
}
