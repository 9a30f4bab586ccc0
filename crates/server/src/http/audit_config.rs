//! The audit-log document.

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
use crate::app::{App, Replaced};

/// The document in force, with live retention.
#[utoipa::path(get, path = "/security/1.0/audit/config", tag = "audit log",
    responses((status = 200, description = "The document"), (status = 403, body = openmds_api::ErrorResponse), (status = 500, body = openmds_api::ErrorResponse)))]
pub(super) async fn describe(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Response, HttpError> {
    Ok(Json(app.describe_audit_config(&caller).await?).into_response())
}

/// Replaces the document; 409 answers with the one in force.
#[utoipa::path(put, path = "/security/1.0/audit/config", tag = "audit log", request_body(description = "The document", content_type = "application/json"),
    responses((status = 200, description = "The document now in force"), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 409, description = "The document in force"), (status = 415, body = openmds_api::ErrorResponse), (status = 500, body = openmds_api::ErrorResponse)))]
pub(super) async fn replace(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    request: Request,
) -> Result<Response, HttpError> {
    // No details of the body for callers without the right (`rulings.md` 4).
    app.permit_replacing_audit_config(&caller)?;
    let text = json_text(request).await?;
    let replaced =
        to_the_end(async move { app.replace_audit_config(&caller, &text).await }).await?;
    match replaced {
        Replaced::Conflict(current) => Ok((StatusCode::CONFLICT, Json(current)).into_response()),
        Replaced::Done {
            document,
            warnings,
            pending,
        } => {
            let response = with_warnings(Json(document).into_response(), &warnings);
            Ok(with_pending(response, pending))
        }
    }
}
