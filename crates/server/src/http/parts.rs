//! Path segments and query parameters, with our own words for what is wrong with them.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::HttpError;
use crate::app::AppError;

/// The variable segments of the path, split at `/` first and decoded then.
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(segments)| Self(segments))
            .map_err(|refused| {
                let reason = refused.body_text();
                AppError::invalid(format!("the path cannot be used: {reason}")).into()
            })
    }
}

/// The query parameters.
pub(super) struct Parameters<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let query = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(parameters)| Self(parameters))
            .map_err(|refused| {
                let reason = refused.body_text();
                AppError::invalid(format!("the query cannot be used: {reason}")).into()
            })
    }
}
