//! What a user may do.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::AuthorizeRequest;

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use crate::app::App;

/// Decides a list of actions of a user: `ALLOWED` or `DENIED`, in their order.
#[utoipa::path(put, path = "/security/1.0/authorize", tag = "authorization", request_body = AuthorizeRequest,
    responses((status = 200, body = Vec<String>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn authorize(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<AuthorizeRequest>,
) -> Result<Json<Vec<&'static str>>, HttpError> {
    let decided = app.authorize_actions(&caller, &request)?;
    let word = |allowed: bool| if allowed { "ALLOWED" } else { "DENIED" };
    Ok(Json(decided.into_iter().map(word).collect()))
}
