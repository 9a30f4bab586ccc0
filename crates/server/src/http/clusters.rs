//! The cluster registry.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use openmds_api::{ClusterAcls, ClusterConfig, ClusterInfo, ClusterVerification};

use super::body::JsonBody;
use super::cluster_type::ClusterType;
use super::error::HttpError;
use super::identity::Identified;
use super::parts::{Parameters, Segments};
use super::to_the_end::to_the_end;
use super::warnings::with_warnings;
use crate::app::App;

/// The registered clusters, by name.
#[utoipa::path(get, path = "/security/1.0/registry/clusters", tag = "registry", params(ClusterType),
    responses((status = 200, body = Vec<ClusterInfo>), (status = 400, body = openmds_api::ErrorResponse)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Parameters(kind): Parameters<ClusterType>,
) -> Result<Json<Vec<ClusterInfo>>, HttpError> {
    Ok(Json(app.list_clusters(&caller, kind.kind()?)))
}

/// Registers clusters: all of them or none.
#[utoipa::path(post, path = "/security/1.0/registry/clusters", tag = "registry", request_body = Vec<ClusterInfo>,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 409, body = openmds_api::ErrorResponse)))]
pub(super) async fn register(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(clusters): JsonBody<Vec<ClusterInfo>>,
) -> Result<Response, HttpError> {
    let warnings =
        to_the_end(async move { app.register_clusters(&caller, &clusters).await }).await?;
    Ok(with_warnings(
        StatusCode::NO_CONTENT.into_response(),
        &warnings,
    ))
}

/// One registered cluster.
#[utoipa::path(get, path = "/security/1.0/registry/clusters/{name}", tag = "registry", params(("name" = String, Path)),
    responses((status = 200, body = ClusterInfo), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterInfo>, HttpError> {
    Ok(Json(app.named_cluster(&caller, &name)?))
}

/// Takes a cluster out of the registry.
#[utoipa::path(delete, path = "/security/1.0/registry/clusters/{name}", tag = "registry", params(("name" = String, Path)),
    responses((status = 204), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn unregister(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<StatusCode, HttpError> {
    to_the_end(async move { app.unregister_cluster(&caller, &name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Checks that a registered cluster is reachable and the one that is registered. Changes nothing.
#[utoipa::path(post, path = "/security/1.0/registry/clusters/{name}/verify", tag = "registry", params(("name" = String, Path)),
    responses((status = 200, body = ClusterVerification), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn verify(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterVerification>, HttpError> {
    Ok(Json(app.verify_cluster(&caller, &name).await?))
}

/// The properties for the brokers of a registered Kafka cluster.
#[utoipa::path(get, path = "/security/1.0/registry/clusters/{name}/config", tag = "registry", params(("name" = String, Path)),
    responses((status = 200, body = ClusterConfig), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn config(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterConfig>, HttpError> {
    Ok(Json(app.cluster_config(&caller, &name)?))
}

/// The ACLs that a registered Kafka cluster keeps itself, as it answers now.
#[utoipa::path(get, path = "/security/1.0/registry/clusters/{name}/acls", tag = "registry", params(("name" = String, Path)),
    responses((status = 200, body = ClusterAcls), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn acls(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
) -> Result<Json<ClusterAcls>, HttpError> {
    Ok(Json(app.cluster_acls(&caller, &name).await?))
}
