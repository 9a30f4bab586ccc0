//! A request's id, its line in the access log, and its figures.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::Front;
use crate::http::Peer;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over.
const LONGEST_ID: usize = 128;

/// The id that the client sent, if it can stand in a log line as it is.
fn sent(headers: &HeaderMap) -> Option<HeaderValue> {
    let id = headers.get(&REQUEST_ID)?;
    let sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(byte);
    let text = id.as_bytes();
    ((1..=LONGEST_ID).contains(&text.len()) && text.iter().all(sane)).then(|| id.clone())
}

fn made() -> (String, HeaderValue) {
    let id = uuid::Uuid::new_v4().to_string();
    let value = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none"));
    (id, value)
}

/// Names the request, and notes it when it is answered. Neither headers nor the query are noted:
/// both may hold secrets.
pub(in super::super) async fn observe(
    State(front): State<Front>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let (id, header) = match sent(request.headers()) {
        Some(header) => (header.to_str().unwrap_or_default().to_string(), header),
        None => made(),
    };
    // Whoever reads the header later finds the same id.
    request.headers_mut().insert(REQUEST_ID, header.clone());
    let span = tracing::info_span!("request", id, user = tracing::field::Empty);
    let method = known(request.method());
    let path = request.uri().path().to_string();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let address = request
        .extensions()
        .get::<Peer>()
        .map(|peer| peer.address.ip());
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    span.in_scope(|| {
        let address = address.map(tracing::field::display);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(target: "openmds::access", method, path, status, micros, address, "answered");
    });
    front.app.metrics.request(method, route, status, took);
    response.headers_mut().insert(REQUEST_ID, header);
    response
}

/// Methods are made up by clients; figures are kept for those that exist.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
