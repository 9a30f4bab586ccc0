//! Logging in through an identity provider: these routes ask for no credentials, they give some.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use openmds_api::{
    DeviceAnswer, DeviceAuthorization, DeviceQuestion, SessionExtended, SessionExtension,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::JsonBody;
use super::cookies::{LOGIN, TOKEN, cookie, forgotten, kept};
use super::error::HttpError;
use super::parts::Parameters;
use crate::app::{App, AppError, Kind};

/// How long a login may take, in seconds.
const LOGIN_LIFE: u64 = 600;

/// Where a browser wants to go.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Begin {
    /// A URL below one of openmds.sso.callers.allowed
    #[serde(default)]
    caller: String,
}

/// What the provider sends back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct End {
    /// To be exchanged for a token
    code: Option<String>,
    /// As it was given
    state: Option<String>,
    /// Why there is no code
    error: Option<String>,
}

/// A provider that is away is no fault of this service.
fn refusal(error: AppError) -> HttpError {
    match error.kind {
        Kind::Unavailable => HttpError(StatusCode::SERVICE_UNAVAILABLE, error),
        _ => error.into(),
    }
}

fn sent_to(location: &str, cookies: &[String]) -> Result<Response, HttpError> {
    let value = |text: &str| {
        let value = HeaderValue::from_str(text);
        value.map_err(|_| AppError::internal("a redirection cannot be written as a header"))
    };
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, value(location)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, value(cookie)?);
    }
    Ok(response)
}

/// Sends a browser to the identity provider.
#[utoipa::path(get, path = "/security/1.0/oidc/authenticate", tag = "tokens", security(()), params(Begin),
    responses((status = 302, description = "To the identity provider"), (status = 400, body = openmds_api::ErrorResponse)))]
pub(super) async fn begin(
    State(app): State<Arc<App>>,
    Parameters(begin): Parameters<Begin>,
) -> Result<Response, HttpError> {
    let login = app
        .begin_browser_login(&begin.caller)
        .await
        .map_err(refusal)?;
    sent_to(
        &login.location,
        &[cookie(LOGIN, &login.browser, LOGIN_LIFE)],
    )
}

/// Takes a browser back from the identity provider, and sends it where it wanted to go, with a token.
#[utoipa::path(get, path = "/security/1.0/oidc/authorization-code/callback", tag = "tokens", security(()), params(End),
    responses((status = 302, description = "To the caller"), (status = 400, body = openmds_api::ErrorResponse)))]
pub(super) async fn end(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Parameters(end): Parameters<End>,
) -> Result<Response, HttpError> {
    let (Some(code), Some(state), None) = (&end.code, &end.state, &end.error) else {
        // What the provider says is not repeated: anybody can write such an address.
        return Err(
            AppError::invalid("the identity provider logged nobody in; begin again").into(),
        );
    };
    let browser = kept(&headers, LOGIN);
    let login = app
        .end_browser_login(code, state, browser.as_deref())
        .await
        .map_err(refusal)?;
    let cookies = [
        cookie(TOKEN, &login.token, login.expires_in),
        forgotten(LOGIN),
    ];
    sent_to(&login.caller, &cookies)
}

/// Begins a login on another device; takes no body.
#[utoipa::path(post, path = "/security/1.0/oidc/device/authenticate", tag = "tokens", security(()),
    responses((status = 200, body = DeviceAuthorization), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn begin_device(
    State(app): State<Arc<App>>,
) -> Result<Json<DeviceAuthorization>, HttpError> {
    Ok(Json(app.begin_device_login().await.map_err(refusal)?))
}

/// Says what became of a login on another device.
#[utoipa::path(post, path = "/security/1.0/oidc/device/check-auth", tag = "tokens", security(()), request_body = DeviceQuestion,
    responses((status = 200, body = DeviceAnswer), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn check_device(
    State(app): State<Arc<App>>,
    JsonBody(question): JsonBody<DeviceQuestion>,
) -> Result<Json<DeviceAnswer>, HttpError> {
    Ok(Json(
        app.check_device_login(&question).await.map_err(refusal)?,
    ))
}

/// Gives a fresh token to a session.
#[utoipa::path(post, path = "/security/1.0/oidc/device/extend-auth", tag = "tokens", security(()), request_body = SessionExtension,
    responses((status = 200, body = SessionExtended), (status = 401, body = openmds_api::ErrorResponse)))]
pub(super) async fn extend(
    State(app): State<Arc<App>>,
    JsonBody(request): JsonBody<SessionExtension>,
) -> Result<Json<SessionExtended>, HttpError> {
    Ok(Json(app.extend_session(&request).await.map_err(refusal)?))
}
