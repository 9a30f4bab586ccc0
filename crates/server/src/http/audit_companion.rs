//! The companion of the audit-log document (`rulings.md` 25): an endpoint of our own.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::body::json_text;
use super::error::HttpError;
use super::identity::Identified;
use super::to_the_end::to_the_end;
use super::warnings::{with_pending, with_warnings};
use crate::app::{App, ReplacedCompanion};

/// The companion in force.
#[utoipa::path(get, path = "/openmds/1.0/audit/companion", tag = "audit log",
    responses((status = 200, description = "The companion"), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn describe(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Response, HttpError> {
    Ok(Json(app.describe_companion(&caller)?).into_response())
}

/// Replaces the companion; 409 answers with the one in force.
#[utoipa::path(put, path = "/openmds/1.0/audit/companion", tag = "audit log", request_body(description = "The companion", content_type = "application/json"),
    responses((status = 200, description = "The companion now in force"), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 409, description = "The companion in force"), (status = 415, body = openmds_api::ErrorResponse), (status = 500, body = openmds_api::ErrorResponse)))]
pub(super) async fn replace(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    request: Request,
) -> Result<Response, HttpError> {
    // No details of the body for callers without the right (`rulings.md` 4).
    app.permit_replacing_audit_config(&caller)?;
    let text = json_text(request).await?;
    let replaced = to_the_end(async move { app.replace_companion(&caller, &text).await }).await?;
    Ok(match replaced {
        ReplacedCompanion::Conflict(current) => {
            (StatusCode::CONFLICT, Json(current)).into_response()
        }
        ReplacedCompanion::Done {
            companion,
            warnings,
            pending,
        } => with_pending(
            with_warnings(Json(companion).into_response(), &warnings),
            pending,
        ),
    })
}
