//! Acting in another user's name.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{AuthenticationResponse, ImpersonationRequest};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::{Identified, refusal};
use crate::app::App;

/// Gives a token for another user to those who may act in others' names.
#[utoipa::path(post, path = "/security/1.0/impersonate", tag = "tokens", request_body = ImpersonationRequest,
    responses((status = 200, body = AuthenticationResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 503, description = "Too much to do, or not done in time; or a directory has not told yet who is in protected groups", body = openmds_api::ErrorResponse)))]
pub(super) async fn impersonate(
    State(app): State<Arc<App>>,
    Identified(caller, identity): Identified,
    JsonBody(request): JsonBody<ImpersonationRequest>,
) -> Result<Json<AuthenticationResponse>, HttpError> {
    let token = app.impersonate(&caller, &identity, &request);
    Ok(Json(token.map_err(refusal)?))
}
