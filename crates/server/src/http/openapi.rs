//! The API's description, made from the handlers; `spec/openapi.json` is its golden copy.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, openapi};

use super::{
    acls, audit_companion, audit_config, audit_questions, authenticate, authorize, cluster_nodes,
    clusters, enrolment, explain, feed, health, impersonate, kafka_clusters, managed_lookups,
    oauth, openapi_access, revocations, role_bindings, role_lookups, roles, service, signing_keys,
    sso,
};

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "basic",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
        );
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        // A certificate on the TLS connection.
        components.add_security_scheme(
            "node",
            SecurityScheme::MutualTls {
                description: Some("The certificate that a node got when it joined".to_string()),
                extensions: None,
                deprecated: None,
            },
        );
        openapi_access::complete(document);
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "OpenMDS", description = "An open metadata service for Apache Kafka."),
    paths(
        oauth::token, oauth::server_metadata, oauth::openid_configuration,
        authenticate::get_token, authenticate::jwks, impersonate::impersonate, sso::begin, sso::end, sso::begin_device, sso::check_device, sso::extend, signing_keys::list, signing_keys::rotate, signing_keys::withdraw, revocations::revoke, revocations::list,
        service::features, service::metadata_id, service::metadata_cluster_id, service::active_nodes,
        health::live, health::ready, health::metrics, kafka_clusters::list, kafka_clusters::one,
        roles::roles, roles::role, roles::role_names,
        role_bindings::bind, role_bindings::unbind, role_bindings::add_patterns, role_bindings::set_patterns, role_bindings::remove_patterns,
        role_lookups::roles_of, role_lookups::role_names_of, role_lookups::patterns_of, role_lookups::holders_of, role_lookups::holders_on,
        authorize::authorize,
        managed_lookups::visibility, managed_lookups::bound_scopes, managed_lookups::cluster_access, managed_lookups::bindings_everywhere,
        managed_lookups::bindings_at, managed_lookups::managed_bindings, managed_lookups::create_guidelines, managed_lookups::known_principals,
        explain::explain, explain::who_can,
        acls::create, acls::delete, acls::search,
        clusters::list, clusters::register, clusters::one, clusters::unregister, clusters::verify, clusters::config, clusters::acls,
        enrolment::create_tokens, enrolment::create_tokens_by_id, enrolment::withdraw, enrolment::withdraw_by_id, enrolment::join, enrolment::renew,
        cluster_nodes::nodes, cluster_nodes::shadow, cluster_nodes::accept_restore, feed::follow,
        audit_config::describe, audit_config::replace, audit_companion::describe, audit_companion::replace, audit_questions::list_routes, audit_questions::lookup_route, audit_questions::status,
    ),
    modifiers(&Credentials),
    security(("basic" = []), ("bearer" = []))
)]
struct Description;

/// The description as JSON text, with a line end.
#[must_use]
pub fn document() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Serves the description, open to all.
pub(super) async fn serve() -> Json<openapi::OpenApi> {
    Json(Description::openapi())
}
