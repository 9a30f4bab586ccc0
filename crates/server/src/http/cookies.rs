//! What a browser keeps for us, and when it may speak by that alone.

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use crate::app::AppError;

/// A token of this service.
pub(super) const TOKEN: &str = "auth_token";

/// A login that has begun.
pub(super) const LOGIN: &str = "openmds_login";

/// Sets a cookie that no script reads and no other site's form sends.
pub(super) fn cookie(name: &str, value: &str, life: u64) -> String {
    format!("{name}={value}; HttpOnly; Secure; Path=/; SameSite=Lax; Max-Age={life}")
}

/// Removes a cookie.
pub(super) fn forgotten(name: &str) -> String {
    cookie(name, "", 0)
}

/// The value of a cookie.
pub(super) fn kept(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(header::COOKIE).iter();
    texts
        .filter_map(|text| text.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_string())
}

/// A browser adds the cookie to whatever any page lets it send, so a request that may change
/// something must show that it comes from a page of this very origin.
pub(super) fn same_origin(parts: &Parts) -> Result<(), AppError> {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(&parts.method) {
        return Ok(());
    }
    let text = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let ours = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            let host = text("host").or_else(|| parts.uri.authority().map(|host| host.as_str()));
            authority.is_some() && authority == host
        }
        (None, None) => false,
    };
    if ours {
        return Ok(());
    }
    Err(AppError::forbidden(
        "a browser's cookie alone does not allow this from another site; send the token in the header Authorization",
    ))
}
