//! Tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use openmds_api::AuthenticationResponse;

use super::error::HttpError;
use super::identity::Identified;
use crate::app::App;

/// Gives a token to whoever proves who they are.
#[utoipa::path(get, path = "/security/1.0/authenticate", tag = "tokens",
    responses((status = 200, body = AuthenticationResponse), (status = 401, body = openmds_api::ErrorResponse)))]
pub(super) async fn get_token(
    State(app): State<Arc<App>>,
    Identified(_, identity): Identified,
) -> Result<Json<AuthenticationResponse>, HttpError> {
    Ok(Json(app.issue_token(&identity)?))
}

/// The public keys that verify tokens.
#[utoipa::path(get, path = "/security/1.0/jwks.json", tag = "tokens", security(()),
    responses((status = 200, description = "A JWK set (RFC 7517)")))]
pub(super) async fn jwks(State(app): State<Arc<App>>) -> impl IntoResponse {
    let keep = format!(
        "public, max-age={}",
        app.settings.token.keys_cacheable().as_secs()
    );
    (
        [
            (header::CONTENT_TYPE, "application/json".to_string()),
            (header::CACHE_CONTROL, keep),
        ],
        app.issuer.jwks(),
    )
}
