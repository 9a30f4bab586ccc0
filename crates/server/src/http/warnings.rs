//! Warnings as answer headers.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use openmds_api::paths;

/// Most warnings of one answer: clients and proxies bound the size of all headers together.
const MOST: usize = 10;

/// Longest warning, characters.
const LONGEST: usize = 400;

/// Adds the warnings; what a header cannot carry is replaced by `?`. The log has all of them.
pub(super) fn with_warnings(mut response: Response, warnings: &[String]) -> Response {
    let more = warnings.len().saturating_sub(MOST);
    let last = (more > 0).then(|| format!("and {more} more; the server's log has all of them"));
    let shown = warnings.iter().take(MOST).chain(last.as_ref());
    for warning in shown {
        if let Ok(value) = HeaderValue::from_str(&printable(warning)) {
            let headers = response.headers_mut();
            headers.append(HeaderName::from_static(paths::WARNING), value);
        }
    }
    response
}

/// Says how many clusters will get later what was stored.
pub(super) fn with_pending(mut response: Response, clusters: usize) -> Response {
    if clusters > 0 {
        response.headers_mut().insert(
            HeaderName::from_static(paths::PENDING_CLUSTERS),
            HeaderValue::from(clusters),
        );
    }
    response
}

fn printable(warning: &str) -> String {
    let mut text: String = warning.chars().take(LONGEST).map(ascii).collect();
    if warning.chars().nth(LONGEST).is_some() {
        text.push_str("...");
    }
    text
}

const fn ascii(character: char) -> char {
    if character.is_ascii_graphic() || character == ' ' {
        character
    } else {
        '?'
    }
}
