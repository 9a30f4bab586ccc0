//! As much of the Kafka REST API as installers ask for: which cluster this is (`mds-api.md` 13).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{KafkaCluster, KafkaClusterList, ListMetadata, ResourceMetadata};

use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use crate::app::{App, AppError};

fn url(app: &App, path: &str) -> String {
    let base = app.settings.advertised.first();
    let base = base.map_or("", |base| base.trim_end_matches('/'));
    format!("{base}/kafka/v3/clusters{path}")
}

fn home(app: &App) -> Result<KafkaCluster, HttpError> {
    let id = app.home(&app.present())?.to_string();
    Ok(KafkaCluster {
        kind: "KafkaCluster".to_string(),
        metadata: ResourceMetadata {
            own: url(app, &format!("/{id}")),
            resource_name: format!("crn:///kafka={id}"),
        },
        cluster_id: id,
    })
}

/// The home cluster, as the one entry of a list.
#[utoipa::path(get, path = "/kafka/v3/clusters", tag = "service",
    responses((status = 200, body = KafkaClusterList), (status = 401, body = openmds_api::ErrorResponse),
        (status = 500, description = "The home cluster has not told its id yet", body = openmds_api::ErrorResponse)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Identified,
) -> Result<Json<KafkaClusterList>, HttpError> {
    Ok(Json(KafkaClusterList {
        kind: "KafkaClusterList".to_string(),
        metadata: ListMetadata {
            own: url(&app, ""),
            next: None,
        },
        data: vec![home(&app)?],
    }))
}

/// The home cluster by its id.
#[utoipa::path(get, path = "/kafka/v3/clusters/{id}", tag = "service",
    params(("id" = String, Path, description = "The home cluster's id")),
    responses((status = 200, body = KafkaCluster), (status = 401, body = openmds_api::ErrorResponse),
        (status = 404, description = "Any other id", body = openmds_api::ErrorResponse)))]
pub(super) async fn one(
    State(app): State<Arc<App>>,
    _: Identified,
    Segments(id): Segments<String>,
) -> Result<Json<KafkaCluster>, HttpError> {
    let home = home(&app)?;
    if home.cluster_id != id {
        let known = &home.cluster_id;
        return Err(AppError::not_found(format!(
            "`{id}` is not the home cluster, which is `{known}`; other clusters are in the registry: GET /security/1.0/registry/clusters"
        ))
        .into());
    }
    Ok(Json(home))
}
