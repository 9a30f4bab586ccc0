//! Reading JSON bodies, with our own words for what is wrong with them.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use openmds_policy::json::Json;
use openmds_policy::text::quotation;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::error::HttpError;
use super::front::BodyTime;
use crate::app::AppError;

/// Most bytes of a body. The largest document that fits into Kafka is 32 KiB; registrations of a
/// thousand clusters are smaller than this too.
pub(super) const LARGEST_BODY: usize = 1024 * 1024;

/// Whether the content type is JSON (`mds-api.md` 1).
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads the body as text, if it says that it is JSON.
pub(super) async fn json_text(request: Request) -> Result<String, HttpError> {
    if !is_json(request.headers()) {
        return Err(HttpError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be JSON: send the header `Content-Type: application/json`",
        ));
    }
    let time = request.extensions().get::<BodyTime>();
    let time = time.map_or(Duration::MAX, |time| time.0);
    let bytes = timeout(time, Bytes::from_request(request, &()))
        .await
        .map_err(|_| {
            HttpError::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time (openmds.request.body.timeout.ms); nothing was changed",
            )
        })?
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => HttpError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is larger than {LARGEST_BODY} bytes; nothing was changed"),
            ),
            _ => HttpError::new(
                StatusCode::BAD_REQUEST,
                "the body could not be read to its end; nothing was changed",
            ),
        })?;
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let position = error.utf8_error().valid_up_to();
        HttpError::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not UTF-8: byte {position} fits nowhere; nothing was changed"),
        )
    })
}

/// A JSON body of a known shape; unknown fields are ignored, as existing clients expect. A field that
/// comes twice is refused: of two scopes nobody knows which one was meant.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, _: &S) -> Result<Self, HttpError> {
        let text = json_text(request).await?;
        parsed(&text).map(Self)
    }
}

/// The value that the text stands for.
pub(super) fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, HttpError> {
    let refused = |reason: String| -> HttpError {
        AppError::invalid(format!("the body cannot be used: {reason}")).into()
    };
    let json = Json::parse(text).map_err(|error| refused(error.to_string()))?;
    if let Some(name) = json.repeated_member() {
        let name = quotation(name);
        return Err(refused(format!("`{name}` stands twice in one object")));
    }
    serde_json::from_str(text).map_err(|error| refused(error.to_string()))
}

/// As [`parsed`], of an object: the library takes an array for one as well, its items in the order
/// of the fields.
pub(super) fn parsed_object<T: DeserializeOwned>(text: &str) -> Result<T, HttpError> {
    if !text.trim_start().starts_with('{') {
        let message = "the body cannot be used: it must be an object, `{...}`";
        return Err(AppError::invalid(message).into());
    }
    parsed(text)
}
