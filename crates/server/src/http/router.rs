//! Every route there is.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use openmds_api::paths;
use tower::Layer as _;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::body::LARGEST_BODY;
use super::error::HttpError;
use super::front::{Front, admit, dress, observe};
use super::mended_path::mended;
use super::routes::Routes;
use super::{
    acls, audit_companion, audit_config, audit_questions, authenticate, authorize, cluster_nodes,
    clusters, docs, enrolment, explain, feed, health, impersonate, kafka_clusters, managed_lookups,
    oauth, openapi, revocations, role_bindings, role_lookups, roles, service, signing_keys, sso,
};
use crate::app::{App, AppError};

const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
const OPENID_METADATA: &str = "/.well-known/openid-configuration";
const REVOCATIONS: &str = "/security/1.0/revocations";
const BINDING: &str = "/security/1.0/principals/{principal}/roles/{role}";
const PATTERNS: &str = "/security/1.0/principals/{principal}/roles/{role}/bindings";
const CLUSTERS: &str = "/security/1.0/registry/clusters";
const CLUSTER: &str = "/security/1.0/registry/clusters/{name}";
const VERIFY: &str = "/security/1.0/registry/clusters/{name}/verify";
const PROPERTIES: &str = "/security/1.0/registry/clusters/{name}/config";
const CLUSTER_ACLS: &str = "/security/1.0/registry/clusters/{name}/acls";
const JOIN_TOKENS: &str = "/security/1.0/registry/clusters/{name}/join-tokens";
const NODE: &str = "/security/1.0/registry/clusters/{name}/nodes/{id}";
const NODES: &str = "/security/1.0/registry/clusters/{name}/nodes";
const SHADOW: &str = "/security/1.0/registry/clusters/{name}/shadow";
const MANAGED_CLUSTERS: &str = "/security/1.0/lookup/managed/clusters/principal/{principal}";
const ALL_BINDINGS: &str = "/security/1.0/lookup/rolebindings/principal/{principal}";

fn routes() -> Routes {
    Routes::default()
        .get("/security/1.0/authenticate", authenticate::get_token)
        .get("/security/1.0/oidc/authenticate", sso::begin)
        .get("/security/1.0/oidc/authorization-code/callback", sso::end)
        .post("/security/1.0/oidc/device/authenticate", sso::begin_device)
        .post("/security/1.0/oidc/device/check-auth", sso::check_device)
        .post("/security/1.0/oidc/device/extend-auth", sso::extend)
        .post("/security/1.0/impersonate", impersonate::impersonate)
        .get(paths::JWKS, authenticate::jwks)
        .post(paths::TOKEN_ENDPOINT, oauth::token)
        .get(OAUTH_METADATA, oauth::server_metadata)
        .get(OPENID_METADATA, oauth::openid_configuration)
        .get("/security/1.0/keys", signing_keys::list)
        .post("/security/1.0/keys/rotate", signing_keys::rotate)
        .delete("/security/1.0/keys/{name}", signing_keys::withdraw)
        .get(REVOCATIONS, revocations::list)
        .post(REVOCATIONS, revocations::revoke)
        .get("/security/1.0/features", service::features)
        .get(
            "/security/1.0/metadataClusterId",
            service::metadata_cluster_id,
        )
        .get(
            "/security/1.0/activenodes/{protocol}",
            service::active_nodes,
        )
        .get(paths::METADATA_ID, service::metadata_id)
        .get("/kafka/v3/clusters", kafka_clusters::list)
        .get("/kafka/v3/clusters/{id}", kafka_clusters::one)
        .get("/health/live", health::live)
        .get("/health/ready", health::ready)
        .get("/metrics", health::metrics)
        .get("/openapi.json", openapi::serve)
        .get("/security/1.0/roles", roles::roles)
        .get("/security/1.0/roles/{role}", roles::role)
        .get("/security/1.0/roleNames", roles::role_names)
        .post(BINDING, role_bindings::bind)
        .delete(BINDING, role_bindings::unbind)
        .post(PATTERNS, role_bindings::add_patterns)
        .put(PATTERNS, role_bindings::set_patterns)
        .delete(PATTERNS, role_bindings::remove_patterns)
        .post(
            "/security/1.0/principals/{principal}/roles/{role}/resources",
            role_lookups::patterns_of,
        )
        .post(
            "/security/1.0/lookup/principal/{principal}/resources",
            role_lookups::roles_of,
        )
        .post(
            "/security/1.0/lookup/principals/{principal}/roleNames",
            role_lookups::role_names_of,
        )
        .post("/security/1.0/lookup/role/{role}", role_lookups::holders_of)
        .post(
            "/security/1.0/lookup/role/{role}/resource/{type}/name/{name}",
            role_lookups::holders_on,
        )
        .put("/security/1.0/authorize", authorize::authorize)
        .post(
            "/security/1.0/lookup/principals/{principal}/visibility",
            managed_lookups::visibility,
        )
        .get(MANAGED_CLUSTERS, managed_lookups::bound_scopes)
        .post(MANAGED_CLUSTERS, managed_lookups::cluster_access)
        .get(ALL_BINDINGS, managed_lookups::bindings_everywhere)
        .post(ALL_BINDINGS, managed_lookups::bindings_at)
        .post(
            "/security/1.0/lookup/managed/rolebindings/principal/{principal}",
            managed_lookups::managed_bindings,
        )
        .post(
            "/security/1.0/lookup/principal/{principal}/resource/{type}/operation/{operation}",
            managed_lookups::create_guidelines,
        )
        .post(
            "/security/1.0/rbac/principals",
            managed_lookups::known_principals,
        )
        .post("/security/1.0/rbac/explain", explain::explain)
        .post("/security/1.0/rbac/who-can", explain::who_can)
        .post("/security/1.0/acls", acls::create)
        .delete("/security/1.0/acls", acls::delete)
        .post("/security/1.0/acls:search", acls::search)
        .get(CLUSTERS, clusters::list)
        .post(CLUSTERS, clusters::register)
        .get(CLUSTER, clusters::one)
        .post(VERIFY, clusters::verify)
        .get(PROPERTIES, clusters::config)
        .get(CLUSTER_ACLS, clusters::acls)
        .post(JOIN_TOKENS, enrolment::create_tokens)
        .delete(NODE, enrolment::withdraw)
        .post(
            "/openmds/1.0/clusters/{id}/join-tokens",
            enrolment::create_tokens_by_id,
        )
        .delete(
            "/openmds/1.0/clusters/{id}/nodes/{node}",
            enrolment::withdraw_by_id,
        )
        .get(NODES, cluster_nodes::nodes)
        .get(SHADOW, cluster_nodes::shadow)
        .delete(CLUSTER, clusters::unregister)
        .post(paths::JOIN, enrolment::join)
        .post(paths::NODE_CERTIFICATE, enrolment::renew)
        .post(
            "/security/1.0/registry/accept-restore",
            cluster_nodes::accept_restore,
        )
        .post(paths::FEED, feed::follow)
        .get("/security/1.0/audit/config", audit_config::describe)
        .put("/security/1.0/audit/config", audit_config::replace)
        .get(paths::COMPANION, audit_companion::describe)
        .put(paths::COMPANION, audit_companion::replace)
        .get("/security/1.0/audit/routes", audit_questions::list_routes)
        .get("/security/1.0/audit/lookup", audit_questions::lookup_route)
        .get("/security/1.0/audit/status", audit_questions::status)
}

/// Every method and path of the API, variable segments in braces.
#[must_use]
pub fn known_routes() -> Vec<(Method, &'static str)> {
    routes().known
}

/// The whole API, in front of the use cases.
pub fn router(app: Arc<App>) -> Router {
    let front = Front::new(Arc::clone(&app));
    let routes = routes()
        .router
        .route("/docs", get(docs::folder))
        .route("/docs/", get(docs::index))
        .route("/docs/{*file}", get(docs::file))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(broken))
        .layer(from_fn_with_state(front.clone(), admit))
        .layer(from_fn_with_state(front.clone(), dress))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(front, observe))
        .with_state(app);
    // The path must be mended before it is matched: hence a service around the router.
    Router::new().fallback_service(MapRequestLayer::new(mended).layer(routes))
}

/// A panic ends one request, with an answer like any other.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic's message over"
)]
fn broken(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    tracing::error!(
        panic = text.unwrap_or("without a message"),
        "a request broke off"
    );
    HttpError::from(AppError::internal(
        "a fault of this service; the log has more",
    ))
    .into_response()
}

async fn no_such_path(uri: Uri) -> HttpError {
    AppError::not_found(format!(
        "there is nothing at {}; see /openapi.json",
        uri.path()
    ))
    .into()
}

/// Answers `OPTIONS` too: the router adds the header `Allow`.
async fn no_such_method(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    HttpError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!(
            "{} does not take this method; see /openapi.json",
            uri.path()
        ),
    )
    .into_response()
}
