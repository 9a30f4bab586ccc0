//! Why somebody may do something, and who may.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{ExplainRequest, Explanation, WhoCanAnswer, WhoCanRequest};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use crate::app::App;

/// Decides for a principal, and says what made the decision and what would change it.
#[utoipa::path(post, path = "/security/1.0/rbac/explain", tag = "look-ups", request_body = ExplainRequest,
    responses((status = 200, body = Explanation), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn explain(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<ExplainRequest>,
) -> Result<Json<Explanation>, HttpError> {
    Ok(Json(app.explain(&caller, &request).await?))
}

/// Everybody who may do something, each with what allows it.
#[utoipa::path(post, path = "/security/1.0/rbac/who-can", tag = "look-ups", request_body = WhoCanRequest,
    responses((status = 200, body = WhoCanAnswer), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn who_can(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    JsonBody(request): JsonBody<WhoCanRequest>,
) -> Result<Json<WhoCanAnswer>, HttpError> {
    Ok(Json(app.who_can(&caller, &request)?))
}
