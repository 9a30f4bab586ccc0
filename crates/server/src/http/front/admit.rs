//! Which requests come as far as their route, and how long they may stay.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use openmds_api::paths;
use tokio::time::timeout;

use super::Front;
use crate::app::AppError;
use crate::http::error::HttpError;

/// Most bytes of path and query; the longest names of the field fit in a tenth of it.
const LONGEST_PATH: usize = 16 * 1024;

/// Most bytes of all headers.
const LONGEST_HEADERS: usize = 32 * 1024;

/// How long the body may take to arrive, as an extension of each request.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct BodyTime(pub(in super::super) Duration);

/// Refuses what cannot be read or is too much, and what takes too long.
pub(in super::super) async fn admit(
    State(front): State<Front>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(refused) = readable(&request) {
        return refused.into_response();
    }
    let limits = &front.app.settings.limits;
    request.extensions_mut().insert(BodyTime(limits.body));
    // Whoever asks how the service is must hear it under load too.
    let health = request.uri().path().starts_with("/health/");
    // Nodes wait for long, and have room of their own.
    if request.uri().path() == paths::FEED {
        return next.run(request).await;
    }
    let turn = Arc::clone(&front.flights).try_acquire_owned();
    if turn.is_err() && !health {
        return busy().into_response();
    }
    match timeout(limits.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => too_late(limits.request).into_response(),
    }
}

fn busy() -> HttpError {
    let error = AppError::unavailable(
        "too many requests are being worked on (openmds.requests.max); nothing was changed. Repeat in a moment",
    );
    HttpError(
        StatusCode::SERVICE_UNAVAILABLE,
        error.after(Duration::from_secs(1)),
    )
}

fn too_late(limit: Duration) -> HttpError {
    let error = AppError::unavailable(format!(
        "not answered within {} ms (openmds.request.timeout.ms); a change that was begun goes on: look before you repeat it",
        limit.as_millis()
    ));
    HttpError(
        StatusCode::SERVICE_UNAVAILABLE,
        error.after(Duration::from_secs(5)),
    )
}

fn readable(request: &Request) -> Result<(), HttpError> {
    let refuse = |status, message: String| Err(HttpError::new(status, message));
    let path = request.uri().path();
    let length = path.len() + request.uri().query().map_or(0, str::len);
    if length > LONGEST_PATH {
        let message =
            format!("path and query have {length} bytes; at most {LONGEST_PATH} are taken");
        return refuse(StatusCode::URI_TOO_LONG, message);
    }
    let length = bytes(request.headers());
    if length > LONGEST_HEADERS {
        let message =
            format!("the headers have {length} bytes; at most {LONGEST_HEADERS} are taken");
        return refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message);
    }
    for name in [header::AUTHORIZATION, header::CONTENT_TYPE] {
        if request.headers().get_all(&name).iter().nth(1).is_some() {
            let message = format!("the header {name} stands there twice; send it once");
            return refuse(StatusCode::BAD_REQUEST, message);
        }
    }
    match broken_escape(path) {
        Some(at) => refuse(
            StatusCode::BAD_REQUEST,
            format!(
                "the path cannot be used: byte {at} begins with `%` but is no `%` with two hexadecimal digits; a `%` itself is `%25`"
            ),
        ),
        None => Ok(()),
    }
}

fn bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

/// Where a `%` is not followed by two hexadecimal digits.
fn broken_escape(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    let broken = |at: &usize| {
        let digits = bytes.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    path.match_indices('%').map(|(at, _)| at).find(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_two_digits() {
        for whole in ["/", "/a%20b", "/%2F%2f", "/%25zz"] {
            assert_eq!(broken_escape(whole), None, "{whole}");
        }
        for (broken, at) in [("/%", 1), ("/a%2", 2), ("/%20%zz", 4), ("/%é", 1)] {
            assert_eq!(broken_escape(broken), Some(at), "{broken}");
        }
    }
}
