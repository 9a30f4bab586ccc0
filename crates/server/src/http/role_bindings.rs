//! Granting and revoking roles.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use openmds_api::{MdsScope, ResourcesRequest};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use crate::app::{App, Change};

type Target = Segments<(String, String)>;

/// Binds a role on a whole cluster.
#[utoipa::path(post, path = "/security/1.0/principals/{principal}/roles/{role}", tag = "role bindings",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = MdsScope,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn bind(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((principal, role)): Target,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Result<StatusCode, HttpError> {
    app.bind_cluster_role(&caller, &principal, &role, &scope, true)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role away, with all its patterns.
#[utoipa::path(delete, path = "/security/1.0/principals/{principal}/roles/{role}", tag = "role bindings",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = MdsScope,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn unbind(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((principal, role)): Target,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Result<StatusCode, HttpError> {
    app.bind_cluster_role(&caller, &principal, &role, &scope, false)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(
    app: &App,
    identified: Identified,
    (principal, role): (String, String),
    request: ResourcesRequest,
    change: Change,
) -> Result<StatusCode, HttpError> {
    app.bind_resources(&identified.0, &principal, &role, &request, change)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds patterns to a binding.
#[utoipa::path(post, path = "/security/1.0/principals/{principal}/roles/{role}/bindings", tag = "role bindings",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = ResourcesRequest,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn add_patterns(
    State(app): State<Arc<App>>,
    who: Identified,
    Segments(target): Target,
    JsonBody(request): JsonBody<ResourcesRequest>,
) -> Result<StatusCode, HttpError> {
    change(&app, who, target, request, Change::Merge).await
}

/// Replaces the patterns of a binding.
#[utoipa::path(put, path = "/security/1.0/principals/{principal}/roles/{role}/bindings", tag = "role bindings",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = ResourcesRequest,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn set_patterns(
    State(app): State<Arc<App>>,
    who: Identified,
    Segments(target): Target,
    JsonBody(request): JsonBody<ResourcesRequest>,
) -> Result<StatusCode, HttpError> {
    change(&app, who, target, request, Change::Replace).await
}

/// Takes patterns away from a binding.
#[utoipa::path(delete, path = "/security/1.0/principals/{principal}/roles/{role}/bindings", tag = "role bindings",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = ResourcesRequest,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn remove_patterns(
    State(app): State<Arc<App>>,
    who: Identified,
    Segments(target): Target,
    JsonBody(request): JsonBody<ResourcesRequest>,
) -> Result<StatusCode, HttpError> {
    change(&app, who, target, request, Change::Subtract).await
}
