//! Who is asking: HTTP Basic, Bearer, a browser's cookie or a client certificate, on every endpoint
//! alike (`rbac-registry-tokens.md` 3.1).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::cookies::{TOKEN, kept, same_origin};
use super::error::HttpError;
use super::peer::{Peer, RefusedCertificate};
use crate::app::{App, AppError, Caller, Credentials, Identity, Kind, RequestContext};

const REQUEST_ID: &str = "x-request-id";

/// An authenticated caller, as an extractor: a handler that takes it refuses everybody else.
pub(super) struct Identified(pub(super) Caller, pub(super) Identity);

impl FromRequestParts<Arc<App>> for Identified {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, HttpError> {
        let request = request_context(parts);
        let credentials = credentials(parts);
        if matches!(credentials, Credentials::Cookie(_)) {
            same_origin(parts)?;
        }
        let identity = app
            .identify_from(request.client_address, credentials)
            .await
            .map_err(|error| refusal(about_certificate(error, parts)))?;
        tracing::Span::current().record("user", &identity.name);
        let caller = app.caller(&identity, program(&parts.headers), request);
        Ok(Self(caller, identity))
    }
}

/// Adds what became of a client certificate: the handshake itself says nothing of it.
fn about_certificate(mut error: AppError, parts: &Parts) -> AppError {
    let refused = parts.extensions.get::<RefusedCertificate>();
    if let (Kind::Unauthenticated, Some(refused)) = (error.kind, refused) {
        error.message.push_str(&format!(
            "; the client certificate that was shown is not trusted here and counts as none ({})",
            refused.0
        ));
    }
    error
}

/// A login that cannot be decided is neither a refusal nor a fault of this service.
pub(super) fn refusal(error: AppError) -> HttpError {
    match error.kind {
        Kind::Unavailable => HttpError(StatusCode::SERVICE_UNAVAILABLE, error),
        _ => error.into(),
    }
}

/// What the request says of itself.
pub(super) fn request_context(parts: &Parts) -> RequestContext {
    let id = parts
        .headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok());
    RequestContext {
        id: id.map_or_else(|| uuid::Uuid::new_v4().to_string(), ToString::to_string),
        client_address: parts.extensions.get::<Peer>().map(|peer| peer.address.ip()),
    }
}

/// What the request brought: an explicit header counts before anything that a browser or a
/// connection adds by itself, even if it cannot be read.
fn credentials(parts: &Parts) -> Credentials {
    if let Some(header) = parts.headers.get(header::AUTHORIZATION) {
        return explicit(header);
    }
    if let Some(token) = kept(&parts.headers, TOKEN) {
        return Credentials::Cookie(SecretString::from(token));
    }
    let peer = parts.extensions.get::<Peer>();
    match peer.and_then(|peer| peer.certificate.clone()) {
        Some(certificate) => Credentials::Certificate(certificate),
        None => Credentials::None,
    }
}

/// Reads the Authorization header; what cannot be read counts as nothing.
fn explicit(header: &HeaderValue) -> Credentials {
    let Some((scheme, value)) = header
        .to_str()
        .ok()
        .and_then(|header| header.split_once(' '))
    else {
        return Credentials::None;
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return Credentials::Token(SecretString::from(value.trim().to_string()));
    }
    let decoded = STANDARD
        .decode(value.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((name, password)) if scheme.eq_ignore_ascii_case("basic") => Credentials::Password {
            name: name.to_string(),
            password: SecretString::from(password.to_string()),
        },
        _ => Credentials::None,
    }
}

/// The program whose commands a message shows: the caller's own (`rulings.md` 10).
fn program(headers: &HeaderMap) -> &'static str {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if agent.starts_with("Confluent-CLI") || agent.starts_with("OpenAPI-Generator") {
        "confluent"
    } else {
        "openmds"
    }
}
