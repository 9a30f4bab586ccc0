//! The query parameter that picks a kind of cluster.

use openmds_policy::rbac::ScopeKey;
use openmds_policy::text::quotation;
use serde::Deserialize;

use crate::app::AppError;

/// Which kind of cluster to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ClusterType {
    /// `kafka-cluster`, `connect-cluster`, `ksql-cluster` or `schema-registry-cluster`
    cluster_type: Option<String>,
}

impl ClusterType {
    /// The kind, if one is asked for (`rbac-registry-tokens.md` 2.2).
    pub(super) fn kind(self) -> Result<Option<ScopeKey>, AppError> {
        let known = [
            ScopeKey::KafkaCluster,
            ScopeKey::ConnectCluster,
            ScopeKey::KsqlCluster,
            ScopeKey::SchemaRegistryCluster,
        ];
        let kind = self.cluster_type.map(|text| {
            let found = known.into_iter().find(|key| key.as_str() == text);
            found.ok_or_else(|| {
                AppError::invalid(format!(
                    "clusterType `{}` is not a kind of cluster: use {}",
                    quotation(&text),
                    known.map(ScopeKey::as_str).join(", ")
                ))
            })
        });
        kind.transpose()
    }
}
