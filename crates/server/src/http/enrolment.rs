//! Nodes of Kafka clusters come in, stay in, and are shown out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use openmds_api::{IssuedCertificate, JoinRequest, JoinTokenRequest, JoinTokens, RenewalRequest};

use super::body::{json_text, parsed_object};
use super::error::HttpError;
use super::identity::{Identified, request_context};
use super::node::Node;
use super::parts::Segments;
use super::peer::Encrypted;
use super::service::reachable;
use super::to_the_end::to_the_end;
use crate::app::{App, AppError, RequestContext, WhichCluster};

/// Makes tokens, each of which lets one node of the cluster in. They are shown this once.
#[utoipa::path(post, path = "/security/1.0/registry/clusters/{name}/join-tokens", tag = "registry", params(("name" = String, Path)), request_body = JoinTokenRequest,
    responses((status = 200, body = JoinTokens), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 404, body = openmds_api::ErrorResponse), (status = 409, body = openmds_api::ErrorResponse, description = "Too many unused tokens of the cluster are out")))]
pub(super) async fn create_tokens(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(name): Segments<String>,
    request: Request,
) -> Result<Json<JoinTokens>, HttpError> {
    let urls = encrypted_urls(&app, &request);
    let asked: JoinTokenRequest = parsed_object(&json_text(request).await?)?;
    let made = to_the_end(async move {
        let which = WhichCluster::Name(&name);
        app.create_join_tokens(&caller, which, &asked, urls).await
    });
    Ok(Json(made.await?))
}

/// Makes tokens for a Kafka cluster that need not be registered. They are shown this once.
#[utoipa::path(post, path = "/openmds/1.0/clusters/{id}/join-tokens", tag = "nodes", params(("id" = String, Path, description = "The Kafka cluster's id")), request_body = JoinTokenRequest,
    responses((status = 200, body = JoinTokens), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse),
        (status = 409, body = openmds_api::ErrorResponse, description = "Too many unused tokens of the cluster are out")))]
pub(super) async fn create_tokens_by_id(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(id): Segments<String>,
    request: Request,
) -> Result<Json<JoinTokens>, HttpError> {
    let urls = encrypted_urls(&app, &request);
    let asked: JoinTokenRequest = parsed_object(&json_text(request).await?)?;
    let made = to_the_end(async move {
        let which = WhichCluster::Id(&id);
        app.create_join_tokens(&caller, which, &asked, urls).await
    });
    Ok(Json(made.await?))
}

/// Where nodes reach this service.
fn encrypted_urls(app: &App, request: &Request) -> Vec<String> {
    let advertised = app.settings.advertised.iter();
    let encrypted = advertised.filter(|url| url.starts_with("https://"));
    encrypted
        .map(|url| reachable(url, request.headers()))
        .collect()
}

/// Takes a node's certificates, and the token that it used, out of use.
#[utoipa::path(delete, path = "/security/1.0/registry/clusters/{name}/nodes/{id}", tag = "registry",
    params(("name" = String, Path), ("id" = String, Path, description = "The node's id, a number")),
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((name, id)): Segments<(String, String)>,
) -> Result<StatusCode, HttpError> {
    to_the_end(async move {
        app.withdraw_node(&caller, WhichCluster::Name(&name), &id)
            .await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same for a cluster that need not be registered.
#[utoipa::path(delete, path = "/openmds/1.0/clusters/{id}/nodes/{node}", tag = "nodes",
    params(("id" = String, Path, description = "The Kafka cluster's id"), ("node" = String, Path, description = "The node's id, a number")),
    responses((status = 204), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn withdraw_by_id(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((id, node)): Segments<(String, String)>,
) -> Result<StatusCode, HttpError> {
    to_the_end(async move {
        app.withdraw_node(&caller, WhichCluster::Id(&id), &node)
            .await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A request that came over TLS, as an extractor: secrets of nodes do not cross a network in clear.
pub(super) struct OverTls(RequestContext);

impl<S: Send + Sync> FromRequestParts<S> for OverTls {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        if parts.extensions.get::<Encrypted>().is_none() {
            return Err(AppError::forbidden(
                "nodes join over https only; a token that was sent here crossed the network in clear: let it expire, and use the https listener with a new one",
            )
            .into());
        }
        Ok(Self(request_context(parts)))
    }
}

/// Gives a node its first certificate for a join token. Over https only; the same key may ask again.
#[utoipa::path(post, path = "/openmds/1.0/join", tag = "nodes", security(()), request_body = JoinRequest,
    responses((status = 200, body = IssuedCertificate), (status = 400, body = openmds_api::ErrorResponse),
        (status = 403, body = openmds_api::ErrorResponse, description = "The token is unknown, expired, another cluster's, or was used by another key; or the proof is wrong"),
        (status = 429, body = openmds_api::ErrorResponse, description = "Too many attempts from this address have failed, or the node got too many certificates")))]
pub(super) async fn join(
    State(app): State<Arc<App>>,
    OverTls(context): OverTls,
    request: Request,
) -> Result<Json<IssuedCertificate>, HttpError> {
    let asked: JoinRequest = parsed_object(&json_text(request).await?)?;
    let joined = to_the_end(async move { app.join(context, &asked).await });
    Ok(Json(joined.await?))
}

/// Gives a node its next certificate. It shows the present one.
#[utoipa::path(post, path = "/openmds/1.0/certificate", tag = "nodes", security(("node" = [])), request_body = RenewalRequest,
    responses((status = 200, body = IssuedCertificate), (status = 400, body = openmds_api::ErrorResponse),
        (status = 401, body = openmds_api::ErrorResponse, description = "No certificate of a node was shown, or it has ended"),
        (status = 403, body = openmds_api::ErrorResponse, description = "The node was withdrawn; or the proof is wrong"),
        (status = 429, body = openmds_api::ErrorResponse, description = "The node got too many certificates")))]
pub(super) async fn renew(
    State(app): State<Arc<App>>,
    node: Node,
    request: Request,
) -> Result<Json<IssuedCertificate>, HttpError> {
    let asked: RenewalRequest = parsed_object(&json_text(request).await?)?;
    let renewed = to_the_end(async move {
        let of = (&node.cluster, node.node_id);
        app.renew_certificate(node.request, of, &node.serial, &asked)
            .await
    });
    Ok(Json(renewed.await?))
}
