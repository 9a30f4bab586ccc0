//! Acting in another user's name.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{AuthenticationResponse, ImpersonationRequest};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use crate::app::App;

/// Gives a token for another user to those who may act in others' names.
#[utoipa::path(post, path = "/security/1.0/impersonate", tag = "tokens", request_body = ImpersonationRequest,
    responses((status = 200, body = AuthenticationResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn impersonate(
    State(app): State<Arc<App>>,
    Identified(caller, identity): Identified,
    JsonBody(request): JsonBody<ImpersonationRequest>,
) -> Result<Json<AuthenticationResponse>, HttpError> {
    Ok(Json(app.impersonate(&caller, &identity, &request)?))
}
