//! The nodes of registered Kafka clusters.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{AcceptedRestore, ClusterNodes, ClusterShadow};

use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use super::to_the_end::to_the_end;
use crate::app::App;

/// The nodes of a cluster: which policy they follow, and how they are.
#[utoipa::path(get, path = "/security/1.0/registry/clusters/{name}/nodes", tag = "registry", params(("name" = String, Path, description = "The cluster's unique name")),
    responses((status = 200, body = ClusterNodes), (status = 400, description = "It is not a Kafka cluster", body = openmds_api::ErrorResponse),
        (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn nodes(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterNodes>, HttpError> {
    Ok(Json(app.cluster_nodes(&caller, &name)?))
}

/// Where the decisions of a cluster's present authorizer and ours differ.
#[utoipa::path(get, path = "/security/1.0/registry/clusters/{name}/shadow", tag = "registry", params(("name" = String, Path, description = "The cluster's unique name")),
    responses((status = 200, body = ClusterShadow), (status = 400, description = "It is not a Kafka cluster", body = openmds_api::ErrorResponse),
        (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn shadow(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterShadow>, HttpError> {
    Ok(Json(app.cluster_shadow(&caller, &name)?))
}

/// Lets nodes that are ahead of a store that was restored from an older copy go back to it.
#[utoipa::path(post, path = "/security/1.0/registry/accept-restore", tag = "registry",
    responses((status = 200, body = AcceptedRestore), (status = 403, body = openmds_api::ErrorResponse),
        (status = 409, description = "No node is ahead", body = openmds_api::ErrorResponse)))]
pub(super) async fn accept_restore(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Json<AcceptedRestore>, HttpError> {
    let accepted = to_the_end(async move { app.accept_restore(&caller).await });
    Ok(Json(accepted.await?))
}
