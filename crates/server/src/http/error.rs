//! Refusals become statuses and bodies, in this one place.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use openmds_api::{ErrorDetail, ErrorResponse};

use crate::app::{AppError, Kind};

/// A refusal on its way out.
#[derive(Debug)]
pub(super) struct HttpError(pub(super) StatusCode, pub(super) AppError);

impl From<AppError> for HttpError {
    fn from(error: AppError) -> Self {
        let status = match error.kind {
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::InvalidRequest => StatusCode::BAD_REQUEST,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::OtherVersion => StatusCode::UPGRADE_REQUIRED,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            // The contract knows no other status for a cluster that does not answer.
            Kind::Unavailable | Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(status, error)
    }
}

impl HttpError {
    /// A refusal with a status that only HTTP knows.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self(status, AppError::invalid(message))
    }
}

fn kind(status: StatusCode, error: &AppError) -> &'static str {
    match (status, error.kind) {
        (StatusCode::BAD_REQUEST, _) => "INVALID REQUEST DATA",
        (_, Kind::Unavailable) => "UNAVAILABLE",
        (StatusCode::UNAUTHORIZED, _) => "UNAUTHENTICATED",
        (StatusCode::FORBIDDEN, _) => "FORBIDDEN",
        (StatusCode::NOT_FOUND, _) => "NOT FOUND",
        (StatusCode::METHOD_NOT_ALLOWED, _) => "METHOD NOT ALLOWED",
        (StatusCode::CONFLICT, _) => "CONFLICT",
        (StatusCode::PAYLOAD_TOO_LARGE, _) => "TOO LARGE",
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => "UNSUPPORTED MEDIA TYPE",
        (StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, _) => "TOO LARGE",
        (StatusCode::REQUEST_TIMEOUT, _) => "TOO SLOW",
        (StatusCode::UPGRADE_REQUIRED, _) => "OTHER VERSION",
        (StatusCode::TOO_MANY_REQUESTS, _) => "TOO MANY REQUESTS",
        _ => "INTERNAL",
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let Self(status, error) = self;
        if status.is_server_error() {
            tracing::error!(%status, %error, "a request failed");
        }
        let detail = |fault: &openmds_policy::audit::FieldError| ErrorDetail {
            error_type: if fault.path.is_empty() {
                "document".to_string()
            } else {
                fault.path.clone()
            },
            message: fault.message.clone(),
        };
        let body = ErrorResponse {
            status_code: status.as_u16(),
            error_code: u32::from(status.as_u16()),
            kind: kind(status, &error).to_string(),
            message: error.message.clone(),
            errors: error.faults.iter().map(detail).collect(),
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(wait) = error.retry_after {
            let seconds = header::HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = header::HeaderValue::from_static("Basic realm=\"openmds\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
