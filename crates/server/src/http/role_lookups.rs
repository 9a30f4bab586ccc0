//! Who holds which role.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::MdsScope;
use openmds_policy::names::{Principal, ResourcePattern};

use super::body::JsonBody;
use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use crate::app::{App, RolePatterns};

type Answer<T> = Result<Json<T>, HttpError>;

/// A principal's roles and patterns at a scope.
#[utoipa::path(post, path = "/security/1.0/lookup/principal/{principal}/resources", tag = "look-ups",
    params(("principal" = String, Path)), request_body = MdsScope,
    responses((status = 200, description = "principal -> role -> patterns"), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn roles_of(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<BTreeMap<String, RolePatterns>> {
    let roles = app.roles_of(&caller, &principal, &scope)?;
    Ok(Json(
        roles
            .into_iter()
            .map(|(principal, roles)| (principal.to_string(), roles))
            .collect(),
    ))
}

/// The names of a principal's roles at a scope.
#[utoipa::path(post, path = "/security/1.0/lookup/principals/{principal}/roleNames", tag = "look-ups",
    params(("principal" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = Vec<String>), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn role_names_of(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<BTreeSet<String>> {
    Ok(Json(app.role_names_of(&caller, &principal, &scope)?))
}

/// The patterns of one binding.
#[utoipa::path(post, path = "/security/1.0/principals/{principal}/roles/{role}/resources", tag = "look-ups",
    params(("principal" = String, Path), ("role" = String, Path)), request_body = MdsScope,
    responses((status = 200, description = "The patterns"), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn patterns_of(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((principal, role)): Segments<(String, String)>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<Vec<ResourcePattern>> {
    Ok(Json(app.patterns_of(&caller, &principal, &role, &scope)?))
}

/// The principals that hold a role at a scope.
#[utoipa::path(post, path = "/security/1.0/lookup/role/{role}", tag = "look-ups",
    params(("role" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = Vec<String>), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn holders_of(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(role): Segments<String>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<BTreeSet<Principal>> {
    Ok(Json(app.holders_of(&caller, &role, &scope, None)?))
}

/// The principals that hold a role on a resource.
#[utoipa::path(post, path = "/security/1.0/lookup/role/{role}/resource/{type}/name/{name}", tag = "look-ups",
    params(("role" = String, Path), ("type" = String, Path), ("name" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = Vec<String>), (status = 403, body = openmds_api::ErrorResponse), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn holders_on(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((role, kind, name)): Segments<(String, String, String)>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<BTreeSet<Principal>> {
    Ok(Json(app.holders_of(
        &caller,
        &role,
        &scope,
        Some((&kind, &name)),
    )?))
}
