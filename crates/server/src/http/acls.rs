//! Centralised ACLs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use openmds_api::{AclFilterRequest, CreateAclRequest};
use openmds_policy::acl::AclBinding;

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use crate::app::App;

/// Adds an ACL.
#[utoipa::path(post, path = "/security/1.0/acls", tag = "acls", request_body = CreateAclRequest,
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<CreateAclRequest>,
) -> Result<StatusCode, HttpError> {
    app.create_acl(&caller, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the ACLs that a filter means, and answers them.
#[utoipa::path(delete, path = "/security/1.0/acls", tag = "acls", request_body = AclFilterRequest,
    responses((status = 200, body = Vec<openmds_api::AclBinding>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<AclFilterRequest>,
) -> Result<Json<Vec<AclBinding>>, HttpError> {
    Ok(Json(app.delete_acls(&caller, &request).await?))
}

/// The ACLs that a filter means.
#[utoipa::path(post, path = "/security/1.0/acls:search", tag = "acls", request_body = AclFilterRequest,
    responses((status = 200, body = Vec<openmds_api::AclBinding>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn search(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<AclFilterRequest>,
) -> Result<Json<Vec<AclBinding>>, HttpError> {
    Ok(Json(app.search_acls(&caller, &request)?))
}
