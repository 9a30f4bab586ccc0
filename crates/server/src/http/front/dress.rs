//! Headers that every answer bears, for the sake of browsers.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Front;
use crate::config::Cors;
use crate::http::Encrypted;

/// Nothing that this service answers is a page, except below `/docs`, which says so itself.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Answers hold tokens, or what only the asker may see.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// How long a browser may remember what a preflight request was told, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// Adds headers that are not there, and answers preflight requests.
pub(in super::super) async fn dress(
    State(front): State<Front>,
    request: Request,
    next: Next,
) -> Response {
    let encrypted = request.extensions().get::<Encrypted>().is_some();
    let cors = front.app.settings.web.cors.as_ref();
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asked = &header::ACCESS_CONTROL_REQUEST_METHOD;
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(asked);
    let mut response = match cors {
        Some(_) if preflight => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    if let Some(cors) = cors {
        share(headers, cors, origin.as_ref(), preflight);
    }
    let mut add = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    add(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    add(header::CONTENT_SECURITY_POLICY, NO_PAGE);
    add(header::CACHE_CONTROL, NOT_KEPT);
    add(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    let seconds = front.app.settings.web.hsts_seconds;
    if encrypted
        && seconds > 0
        && let Ok(value) = HeaderValue::from_str(&format!("max-age={seconds}"))
    {
        add(header::STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// Tells a browser whether the page that asks may see the answer. Cookies are never shared.
fn share(headers: &mut HeaderMap, cors: &Cors, origin: Option<&HeaderValue>, preflight: bool) {
    let anybody = cors.origins.iter().any(|origin| origin == "*");
    if !anybody {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    let Some(origin) = origin else {
        return;
    };
    let named = |known: &String| known.as_bytes() == origin.as_bytes();
    if !anybody && !cors.origins.iter().any(named) {
        return;
    }
    let shown = if anybody {
        HeaderValue::from_static("*")
    } else {
        origin.clone()
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, shown);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-request-id, retry-after"),
    );
    if preflight {
        for (name, text) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, &cors.methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers),
        ] {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    }
}
