//! Every route there is.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use tower::Layer as _;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::body::LARGEST_BODY;
use super::error::HttpError;
use super::{
    audit_config, audit_questions, authenticate, clusters, openapi, role_bindings, role_lookups,
    roles, service,
};
use crate::app::{App, AppError};

/// The whole API, in front of the use cases.
pub fn router(app: Arc<App>) -> Router {
    let security = Router::new()
        .route("/authenticate", get(authenticate::get_token))
        .route("/jwks.json", get(authenticate::jwks))
        .route("/features", get(service::features))
        .route("/metadataClusterId", get(service::metadata_cluster_id))
        .route("/activenodes/{protocol}", get(service::active_nodes))
        .route("/roles", get(roles::roles))
        .route("/roles/{role}", get(roles::role))
        .route("/roleNames", get(roles::role_names))
        .route(
            "/principals/{principal}/roles/{role}",
            post(role_bindings::bind).delete(role_bindings::unbind),
        )
        .route(
            "/principals/{principal}/roles/{role}/bindings",
            post(role_bindings::add_patterns)
                .put(role_bindings::set_patterns)
                .delete(role_bindings::remove_patterns),
        )
        .route(
            "/principals/{principal}/roles/{role}/resources",
            post(role_lookups::patterns_of),
        )
        .route(
            "/lookup/principal/{principal}/resources",
            post(role_lookups::roles_of),
        )
        .route(
            "/lookup/principals/{principal}/roleNames",
            post(role_lookups::role_names_of),
        )
        .route("/lookup/role/{role}", post(role_lookups::holders_of))
        .route(
            "/lookup/role/{role}/resource/{type}/name/{name}",
            post(role_lookups::holders_on),
        )
        .route(
            "/registry/clusters",
            get(clusters::list).post(clusters::register),
        )
        .route(
            "/registry/clusters/{name}",
            get(clusters::one).delete(clusters::unregister),
        )
        .route(
            "/audit/config",
            get(audit_config::describe).put(audit_config::replace),
        )
        .route("/audit/routes", get(audit_questions::list_routes))
        .route("/audit/lookup", get(audit_questions::lookup_route))
        .route("/audit/status", get(audit_questions::status));
    let routes = Router::new()
        .nest("/security/1.0", security)
        .route("/v1/metadata/id", get(service::metadata_id))
        .route("/openapi.json", get(openapi::serve))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse as _;
            HttpError::from(AppError::internal(
                "a fault of this service; the log has more",
            ))
            .into_response()
        }))
        .with_state(app);
    // The path must be mended before it is matched: hence a service around the router.
    Router::new().fallback_service(MapRequestLayer::new(collapse_slashes).layer(routes))
}

async fn no_such_path(uri: Uri) -> HttpError {
    AppError::not_found(format!(
        "there is nothing at {}; see /openapi.json",
        uri.path()
    ))
    .into()
}

async fn no_such_method(uri: Uri) -> HttpError {
    HttpError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!(
            "{} does not take this method; see /openapi.json",
            uri.path()
        ),
    )
}

/// A base URL that ends in a slash makes clients send two (`mds-api.md` 1).
fn collapse_slashes(mut request: Request) -> Request {
    let path = request.uri().path();
    if path.contains("//") {
        let mut collapsed = String::with_capacity(path.len());
        for character in path.chars() {
            if character != '/' || !collapsed.ends_with('/') {
                collapsed.push(character);
            }
        }
        let query = request
            .uri()
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        if let Ok(uri) = format!("{collapsed}{query}").parse() {
            *request.uri_mut() = uri;
        }
    }
    request
}
