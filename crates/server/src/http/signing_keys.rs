//! The keys that sign tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use openmds_api::{RotateRequest, SigningKeyInfo};

use super::body::{json_text, parsed_object};
use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use super::to_the_end::to_the_end;
use crate::app::App;

/// The keys that sign or verify tokens, in the order in which they sign.
#[utoipa::path(get, path = "/security/1.0/keys", tag = "tokens",
    responses((status = 200, body = Vec<SigningKeyInfo>), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Json<Vec<SigningKeyInfo>>, HttpError> {
    Ok(Json(app.signing_keys(&caller)?))
}

/// Publishes a new key, which signs once every validator had the time to fetch it.
#[utoipa::path(post, path = "/security/1.0/keys/rotate", tag = "tokens", request_body = Option<RotateRequest>,
    responses((status = 200, body = SigningKeyInfo), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 409, body = openmds_api::ErrorResponse, description = "A rotation is under way; the message says until when")))]
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    request: Request,
) -> Result<Json<SigningKeyInfo>, HttpError> {
    let asked = rotation(request).await?;
    let turned =
        to_the_end(async move { app.rotate_keys(&caller, asked.algorithm.as_deref()).await });
    Ok(Json(turned.await?))
}

/// Stops trusting a key at once, as after a theft: tokens that it signed are refused.
#[utoipa::path(delete, path = "/security/1.0/keys/{name}", tag = "tokens", params(("name" = String, Path, description = "The key's id, `kid`")),
    responses((status = 204), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse),
        (status = 409, body = openmds_api::ErrorResponse, description = "It signs, and no other key waits to sign")))]
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(key_id): Segments<String>,
) -> Result<StatusCode, HttpError> {
    to_the_end(async move { app.withdraw_key(&caller, &key_id).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nothing at all asks for the configured algorithm.
async fn rotation(request: Request) -> Result<RotateRequest, HttpError> {
    let headers = request.headers();
    let nothing = headers
        .get(axum::http::header::CONTENT_LENGTH)
        .is_none_or(|length| length == "0")
        && !headers.contains_key(axum::http::header::TRANSFER_ENCODING)
        && !headers.contains_key(axum::http::header::CONTENT_TYPE);
    if nothing {
        return Ok(RotateRequest::default());
    }
    parsed_object(&json_text(request).await?)
}
