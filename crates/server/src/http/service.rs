//! Questions about the service itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use openmds_api::{FeaturesInfo, MetadataId, PathScope, ScopeBody};

use openmds_policy::text::quotation;

use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use crate::app::{App, AppError};

/// What the service can do, and with it whether it is up.
#[utoipa::path(get, path = "/security/1.0/features", tag = "service", security(()),
    responses((status = 200, body = FeaturesInfo)))]
pub(super) async fn features(State(app): State<Arc<App>>) -> Json<FeaturesInfo> {
    let known = [
        (
            "basic.auth.1.enabled",
            app.directory.takes_passwords(),
            "log in with a user name and a password",
        ),
        (
            "oidc.login.device.1.enabled",
            app.sign_in.is_some(),
            "log in through an identity provider",
        ),
        (
            "openmds.oauth2.token.1.enabled",
            true,
            "tokens for OAuth 2.0 clients: POST /oauth2/token",
        ),
        (
            "openmds.tokens.revocation.1.enabled",
            true,
            "refuse tokens before they expire: POST revocations",
        ),
        (
            "openmds.keys.rotation.1.enabled",
            true,
            "change the signing key without a restart: POST keys/rotate",
        ),
        (
            "openmds.enrollment.1.enabled",
            true,
            "certificates for nodes of registered Kafka clusters: POST registry/clusters/{name}/join-tokens",
        ),
        (
            "openmds.audit.status.1.enabled",
            true,
            "what each cluster and node has applied: GET audit/status",
        ),
    ];
    Json(FeaturesInfo {
        features: known
            .iter()
            .map(|(name, on, _)| (name.to_string(), *on))
            .collect(),
        legend: known
            .iter()
            .map(|(name, _, legend)| (name.to_string(), legend.to_string()))
            .collect(),
    })
}

/// The home cluster's id, open to all: every component of the field serves it.
#[utoipa::path(get, path = "/v1/metadata/id", tag = "service", security(()),
    responses((status = 200, body = MetadataId)))]
pub(super) async fn metadata_id(State(app): State<Arc<App>>) -> Json<MetadataId> {
    let id = app
        .home(&app.present())
        .map(|id| id.to_string())
        .unwrap_or_default();
    let clusters = match id.as_str() {
        "" => BTreeMap::new(),
        id => BTreeMap::from([("kafka-cluster".to_string(), id.to_string())]),
    };
    Json(MetadataId {
        id,
        scope: PathScope {
            path: vec![],
            scope: ScopeBody { clusters },
        },
    })
}

/// The home cluster's id as bare text.
#[utoipa::path(get, path = "/security/1.0/metadataClusterId", tag = "service",
    responses((status = 200, description = "The id"), (status = 401, body = openmds_api::ErrorResponse)))]
pub(super) async fn metadata_cluster_id(
    State(app): State<Arc<App>>,
    _: Identified,
) -> Result<impl IntoResponse, HttpError> {
    let id = app.home(&app.present())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], id.to_string()))
}

/// The URLs of all servers.
#[utoipa::path(get, path = "/security/1.0/activenodes/{protocol}", tag = "service",
    params(("protocol" = String, Path, description = "http or https")),
    responses((status = 200, body = Vec<String>), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn active_nodes(
    State(app): State<Arc<App>>,
    _: Identified,
    Segments(protocol): Segments<String>,
    headers: HeaderMap,
) -> Result<Json<Vec<String>>, HttpError> {
    if protocol != "http" && protocol != "https" {
        return Err(AppError::not_found(format!(
            "`{}` is neither http nor https",
            quotation(&protocol)
        ))
        .into());
    }
    let prefix = format!("{protocol}://");
    let all = app.settings.advertised.iter();
    let all = all.map(|url| reachable(url, &headers));
    let (asked, others): (Vec<String>, Vec<String>) = all.partition(|url| url.starts_with(&prefix));
    // Clients cannot use an empty list; what ends TLS in front of us may serve the other protocol.
    Ok(Json(if asked.is_empty() { others } else { asked }))
}

/// A listener on all addresses has no address of its own: the one that the caller used will do.
pub(super) fn reachable(url: &str, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    match host {
        Some(host) => url
            .replace("://0.0.0.0", &format!("://{}", host.host()))
            .replace("://[::]", &format!("://{}", host.host())),
        None => url.to_string(),
    }
}
