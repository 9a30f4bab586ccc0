//! The API as pages to browse, from this binary alone.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use utoipa_swagger_ui::Config;

use super::error::HttpError;
use crate::app::AppError;

/// What the pages may load and whom they may ask: this server, and nobody else. The pages' own
/// script writes style attributes.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/openapi.json").validator_url("none");
    Arc::new(config)
});

/// The pages name their parts relative to a folder.
pub(super) async fn folder() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The first page.
pub(super) async fn index() -> Result<Response, HttpError> {
    page("index.html")
}

/// Any part of the pages.
pub(super) async fn file(Path(name): Path<String>, uri: Uri) -> Result<Response, HttpError> {
    page(&name).map_err(|error| match error.0 {
        StatusCode::NOT_FOUND => {
            AppError::not_found(format!("there is nothing at {}; see /docs/", uri.path())).into()
        }
        _ => error,
    })
}

fn page(name: &str) -> Result<Response, HttpError> {
    let found = utoipa_swagger_ui::serve(name, Arc::clone(&CONFIG))
        .map_err(|error| HttpError::from(AppError::internal(format!("/docs/{name}: {error}"))))?;
    let Some(file) = found else {
        return Err(AppError::not_found("no such page").into());
    };
    let mut headers = HeaderMap::new();
    if let Ok(kind) = file.content_type.parse() {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        header::HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("max-age=3600"),
    );
    Ok((headers, file.bytes.into_owned()).into_response())
}
