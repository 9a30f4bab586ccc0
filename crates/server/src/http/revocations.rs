//! Revoking tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{RevocationInfo, RevocationRequest};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use super::to_the_end::to_the_end;
use crate::app::App;

/// Refuses tokens from now on: one, a user's, or all before a time. Users may revoke their own.
#[utoipa::path(post, path = "/security/1.0/revocations", tag = "tokens", request_body = RevocationRequest,
    responses((status = 200, body = RevocationInfo), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<RevocationRequest>,
) -> Result<Json<RevocationInfo>, HttpError> {
    let revoked = to_the_end(async move { app.revoke(&caller, &request).await }).await?;
    Ok(Json(revoked))
}

/// What is refused at present: everybody's, users' and single tokens.
#[utoipa::path(get, path = "/security/1.0/revocations", tag = "tokens",
    responses((status = 200, body = Vec<RevocationInfo>), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Json<Vec<RevocationInfo>>, HttpError> {
    Ok(Json(app.revocations(&caller)?))
}
