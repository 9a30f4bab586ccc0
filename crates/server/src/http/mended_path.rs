//! Paths that clients write in more than one way.

use axum::extract::Request;

/// The one path with a colon, which careful clients encode (`mds-api.md` 14.3).
const ENCODED_SEARCH: &str = "/acls%3Asearch";

/// Makes the path the one that is routed: a base URL that ends in a slash makes clients send two
/// (`mds-api.md` 1), and some encode the colon of `acls:search`.
pub(super) fn mended(mut request: Request) -> Request {
    let path = request.uri().path();
    let encoded = encoded_search(path);
    if !path.contains("//") && encoded.is_none() {
        return request;
    }
    let mut collapsed = String::with_capacity(path.len());
    for character in encoded.unwrap_or(path).chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    if encoded.is_some() {
        let slash = if collapsed.ends_with('/') { "" } else { "/" };
        collapsed.push_str(slash);
        collapsed.push_str("acls:search");
    }
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    if let Ok(uri) = format!("{collapsed}{query}").parse() {
        *request.uri_mut() = uri;
    }
    request
}

/// What stands before the encoded name, if the path ends with it.
fn encoded_search(path: &str) -> Option<&str> {
    let (before, end) = path.split_at_checked(path.len().checked_sub(ENCODED_SEARCH.len())?)?;
    end.eq_ignore_ascii_case(ENCODED_SEARCH).then_some(before)
}
