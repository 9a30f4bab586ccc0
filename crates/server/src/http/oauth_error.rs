//! Refusals in the words of OAuth 2.0 (RFC 6749, 5.2).

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openmds_api::OAuthError;

use super::error::HttpError;
use crate::app::AppError;

/// A refusal of the token endpoint.
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: &'static str, description: &str) -> Self {
        Self {
            status,
            error,
            description: description.to_string(),
            retry_after: None,
        }
    }

    /// The request makes no sense.
    pub(super) fn request(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// Nobody knows who is asking.
    pub(super) fn client(description: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// The same with the status that something else has found.
    pub(super) fn with(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// What became of the client's credentials.
    pub(super) fn of_client(error: AppError) -> Self {
        Self::from_app(error, "invalid_client", StatusCode::UNAUTHORIZED)
    }

    /// What became of the assertion that stands for a grant.
    pub(super) fn of_grant(error: AppError) -> Self {
        Self::from_app(error, "invalid_grant", StatusCode::BAD_REQUEST)
    }

    fn from_app(error: AppError, unproved: &'static str, status: StatusCode) -> Self {
        let HttpError(found, error) = super::identity::refusal(error);
        let (status, code) = match found {
            StatusCode::UNAUTHORIZED => (status, unproved),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                (found, "temporarily_unavailable")
            }
            found if found.is_server_error() => (found, "server_error"),
            found => (found, "invalid_request"),
        };
        if found.is_server_error() {
            tracing::error!(%found, %error, "the token endpoint failed");
        }
        Self {
            retry_after: error.retry_after,
            ..Self::new(status, code, &error.message)
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // Only these characters may stand in a description.
        let plain = |character: char| match character {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => character,
            _ => '?',
        };
        let body = OAuthError {
            error: self.error.to_string(),
            error_description: self.description.chars().map(plain).collect(),
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"openmds\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
