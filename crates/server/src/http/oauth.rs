//! The OAuth 2.0 token endpoint and the documents that lead to it (RFC 6749, 7523, 8414).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use openmds_api::{AccessToken, OAuthError, ServerMetadata};
use tokio::time::timeout;

use super::front::BodyTime;
use super::identity::request_context;
use super::oauth_client::{Basic, basic};
use super::oauth_error::Refusal;
use super::oauth_form::TokenForm;
use super::peer::Peer;
use crate::app::{App, ClientProof, Credentials, JWT_BEARER};

/// The value of `client_assertion_type` (RFC 7523, 2.2).
const JWT_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn read_form(parts: &Parts, request: Request) -> Result<TokenForm, Refusal> {
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Refusal::request(
            "send the parameters as application/x-www-form-urlencoded",
        ));
    }
    let time = parts.extensions.get::<BodyTime>();
    let time = time.map_or(Duration::MAX, |time| time.0);
    let body = timeout(time, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| {
        Refusal::request("the body did not arrive in time").with(StatusCode::REQUEST_TIMEOUT)
    })?;
    let body = body.map_err(|rejection| {
        Refusal::request("the body cannot be read as a form").with(rejection.status())
    })?;
    TokenForm::parse(&body).map_err(|error| Refusal::request(&error.to_string()))
}

/// Gives a token to a client: a user of this service by name and password (HTTP Basic, or
/// `client_id` and `client_secret`), by an assertion that it signed, or by a client certificate.
#[utoipa::path(post, path = "/oauth2/token", tag = "tokens", security((), ("basic" = [])),
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "grant_type=client_credentials with HTTP Basic, client_id and client_secret, or client_assertion_type and client_assertion; \
            or grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer with assertion. scope is ignored; audience may name the configured one."),
    responses((status = 200, body = AccessToken), (status = 400, body = OAuthError), (status = 401, body = OAuthError)))]
pub(super) async fn token(State(app): State<Arc<App>>, request: Request) -> Response {
    match granted(&app, request).await {
        Ok(token) => unkept(Json(token).into_response()),
        Err(refusal) => unkept(refusal.into_response()),
    }
}

/// Nobody on the way keeps tokens, or what was said instead (RFC 6749, 5.1).
fn unkept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

async fn granted(app: &App, request: Request) -> Result<AccessToken, Refusal> {
    let (parts, body) = request.into_parts();
    let parameters = read_form(&parts, Request::from_parts(parts.clone(), body)).await?;
    let grant = parameters
        .get("grant_type")
        .ok_or_else(|| Refusal::request("grant_type is missing"))?;
    let audience = parameters
        .get("audience")
        .or_else(|| parameters.get("resource"));
    if audience.is_some_and(|audience| audience != app.settings.token.audience) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "invalid_target",
            "this server gives users no tokens for that audience; leave it out",
        ));
    }
    let address = request_context(&parts).client_address;
    let proved = client(&parts, &parameters)?;
    let proved = match proved {
        Some(proof) => Some(
            app.identify_client(address, proof)
                .await
                .map_err(Refusal::of_client)?,
        ),
        None => None,
    };
    let client = match grant {
        "client_credentials" => {
            proved.ok_or_else(|| Refusal::client("no client credentials were sent"))?
        }
        JWT_BEARER => {
            let assertion = parameters.secret("assertion");
            let assertion = assertion.ok_or_else(|| Refusal::request("assertion is missing"))?;
            let named = app
                .identify_client(address, ClientProof::Grant(assertion))
                .await;
            let named = named.map_err(Refusal::of_grant)?;
            if proved.is_some_and(|proved| proved.name != named.name) {
                return Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_grant",
                    "the assertion is another client's",
                ));
            }
            named
        }
        _ => {
            return Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "use client_credentials or urn:ietf:params:oauth:grant-type:jwt-bearer",
            ));
        }
    };
    same_client(&parameters, &client.name)?;
    app.access_token(&client).map_err(Refusal::of_grant)
}

/// The name that a request repeats beside its proof must be the one that is proved.
fn same_client(parameters: &TokenForm, name: &str) -> Result<(), Refusal> {
    match parameters.get("client_id") {
        Some(said) if said != name => Err(Refusal::client(
            "client_id is not the client that the credentials prove",
        )),
        _ => Ok(()),
    }
}

/// What the client brought to prove who it is; two ways at once are one too many (RFC 6749, 2.3).
fn client(parts: &Parts, parameters: &TokenForm) -> Result<Option<ClientProof>, Refusal> {
    let mut proofs = Vec::new();
    match basic(&parts.headers) {
        Basic::None => {}
        Basic::Unusable => {
            return Err(Refusal::client(
                "the Authorization header is not HTTP Basic",
            ));
        }
        Basic::Pairs(pairs) => proofs.push(ClientProof::EitherPassword(pairs)),
    }
    if let Some(password) = parameters.secret("client_secret") {
        let name = parameters
            .get("client_id")
            .ok_or_else(|| Refusal::request("client_secret without client_id"))?
            .to_string();
        proofs.push(ClientProof::Credentials(Credentials::Password {
            name,
            password,
        }));
    }
    match (
        parameters.get("client_assertion_type"),
        parameters.secret("client_assertion"),
    ) {
        (None, None) => {}
        (Some(JWT_CLIENT), Some(assertion)) => proofs.push(ClientProof::Assertion(assertion)),
        _ => {
            return Err(Refusal::request(
                "client_assertion needs client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer, and the reverse",
            ));
        }
    }
    if proofs.len() > 1 {
        return Err(Refusal::request(
            "the client proves in more than one way who it is; use one",
        ));
    }
    let certificate = || {
        let peer = parts.extensions.get::<Peer>()?;
        let certificate = peer.certificate.clone()?;
        Some(ClientProof::Credentials(Credentials::Certificate(
            certificate,
        )))
    };
    Ok(proofs.pop().or_else(certificate))
}

/// Where the token endpoint and the keys are (RFC 8414).
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "tokens", security(()),
    responses((status = 200, body = ServerMetadata)))]
pub(super) async fn server_metadata(State(app): State<Arc<App>>) -> impl IntoResponse {
    metadata(&app)
}

/// The same for clients that look where OpenID Connect puts it. There is no login page behind it.
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "tokens", security(()),
    responses((status = 200, body = ServerMetadata)))]
pub(super) async fn openid_configuration(State(app): State<Arc<App>>) -> impl IntoResponse {
    metadata(&app)
}

fn metadata(app: &App) -> impl IntoResponse + use<> {
    let keep = [(header::CACHE_CONTROL, "public, max-age=300")];
    (keep, Json(app.server_metadata()))
}
