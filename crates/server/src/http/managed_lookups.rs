//! What somebody sees, manages and may create: the look-ups behind user interfaces.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::{
    ClusterAccessInfo, CreateGuidelines, ManagedRoleBindings, MdsScope, ScopeBody,
    ScopeRoleBindingMapping, VisibilityAnswer, VisibilityRequest,
};
use openmds_policy::names::{Principal, PrincipalType};
use openmds_policy::text::quotation;
use serde::Deserialize;

use super::body::JsonBody;
use super::cluster_type::ClusterType;
use super::error::HttpError;
use super::identity::Identified;
use super::parts::{Parameters, Segments};
use crate::app::{App, AppError};

type Answer<T> = Result<Json<T>, HttpError>;

/// Which clusters a principal has a role on. One entry is answered with an object, any other
/// number with a list.
#[utoipa::path(post, path = "/security/1.0/lookup/principals/{principal}/visibility", tag = "look-ups",
    params(("principal" = String, Path)), request_body = Vec<VisibilityRequest>,
    responses((status = 200, body = VisibilityAnswer), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn visibility(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    JsonBody(requested): JsonBody<Vec<VisibilityRequest>>,
) -> Answer<VisibilityAnswer> {
    let mut shown = app.visibility(&caller, &principal, &requested)?;
    Ok(Json(match shown.pop() {
        Some(only) if shown.is_empty() => VisibilityAnswer::One(only),
        last => {
            shown.extend(last);
            VisibilityAnswer::Many(shown)
        }
    }))
}

/// The scopes whose bindings a principal can see.
#[utoipa::path(get, path = "/security/1.0/lookup/managed/clusters/principal/{principal}", tag = "look-ups",
    params(("principal" = String, Path), ClusterType),
    responses((status = 200, body = Vec<ScopeBody>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn bound_scopes(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    Parameters(kind): Parameters<ClusterType>,
) -> Answer<Vec<ScopeBody>> {
    Ok(Json(app.bound_scopes(&caller, &principal, kind.kind()?)?))
}

/// What a principal may do with the bindings of a scope.
#[utoipa::path(post, path = "/security/1.0/lookup/managed/clusters/principal/{principal}", tag = "look-ups",
    params(("principal" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = ClusterAccessInfo), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn cluster_access(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<ClusterAccessInfo> {
    Ok(Json(app.cluster_access(&caller, &principal, &scope)?))
}

/// All bindings of a principal and its groups, scope by scope.
#[utoipa::path(get, path = "/security/1.0/lookup/rolebindings/principal/{principal}", tag = "look-ups",
    params(("principal" = String, Path), ClusterType),
    responses((status = 200, body = Vec<ScopeRoleBindingMapping>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn bindings_everywhere(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    Parameters(kind): Parameters<ClusterType>,
) -> Answer<Vec<ScopeRoleBindingMapping>> {
    let kind = kind.kind()?;
    Ok(Json(app.bindings_everywhere(&caller, &principal, kind)?))
}

/// All bindings of a principal and its groups at one scope.
#[utoipa::path(post, path = "/security/1.0/lookup/rolebindings/principal/{principal}", tag = "look-ups",
    params(("principal" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = ScopeRoleBindingMapping), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn bindings_at(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<ScopeRoleBindingMapping> {
    Ok(Json(app.bindings_at(&caller, &principal, &scope)?))
}

/// Only bindings on resources of one type.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ResourceType {
    /// `Topic`, `Subject`, ...
    resource_type: Option<String>,
}

/// The bindings of a scope that a principal can see, and which of them it can change.
#[utoipa::path(post, path = "/security/1.0/lookup/managed/rolebindings/principal/{principal}", tag = "look-ups",
    params(("principal" = String, Path), ResourceType), request_body = MdsScope,
    responses((status = 200, body = ManagedRoleBindings), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn managed_bindings(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(principal): Segments<String>,
    Parameters(only): Parameters<ResourceType>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<ManagedRoleBindings> {
    let only = only.resource_type.as_deref();
    Ok(Json(
        app.managed_bindings(&caller, &principal, &scope, only)?,
    ))
}

/// On which resources of a type a principal may do `Create` or `AlterAccess`.
#[utoipa::path(post, path = "/security/1.0/lookup/principal/{principal}/resource/{type}/operation/{operation}", tag = "look-ups",
    params(("principal" = String, Path), ("type" = String, Path), ("operation" = String, Path)), request_body = MdsScope,
    responses((status = 200, body = CreateGuidelines), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn create_guidelines(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments((principal, kind, operation)): Segments<(String, String, String)>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<CreateGuidelines> {
    Ok(Json(app.create_guidelines(
        &caller, &principal, &kind, &operation, &scope,
    )?))
}

/// Only users or only groups.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OnlyType {
    /// `user` or `group`
    r#type: Option<String>,
}

/// The principals that can be granted something.
#[utoipa::path(post, path = "/security/1.0/rbac/principals", tag = "look-ups", params(OnlyType), request_body = MdsScope,
    responses((status = 200, body = Vec<String>), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn known_principals(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Parameters(only): Parameters<OnlyType>,
    JsonBody(scope): JsonBody<MdsScope>,
) -> Answer<BTreeSet<String>> {
    let only = match only.r#type.as_deref() {
        None => None,
        Some("user") => Some(PrincipalType::User),
        Some("group") => Some(PrincipalType::Group),
        Some(other) => {
            let message = format!(
                "the parameter type is `{}`: use user or group",
                quotation(other)
            );
            return Err(AppError::invalid(message).into());
        }
    };
    let known = app.known_principals(&caller, &scope)?;
    let wanted = |one: &Principal| only.is_none_or(|kind| one.kind() == kind);
    let known = known.into_iter().filter(wanted);
    Ok(Json(known.map(|one| one.to_string()).collect()))
}
