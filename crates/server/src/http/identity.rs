//! Who is asking: HTTP Basic or Bearer, on every endpoint alike.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::error::HttpError;
use crate::app::{App, Caller, Credentials};

/// An authenticated caller, as an extractor: a handler that takes it refuses everybody else.
pub(super) struct Identified(pub(super) Caller, pub(super) String);

impl FromRequestParts<Arc<App>> for Identified {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, HttpError> {
        let name = app.authenticate(credentials(&parts.headers)).await?;
        Ok(Self(Caller::user(&name, program(&parts.headers)), name))
    }
}

/// Reads the Authorization header; what cannot be read counts as nothing.
fn credentials(headers: &HeaderMap) -> Credentials {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some((scheme, value)) = header.and_then(|header| header.split_once(' ')) else {
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
