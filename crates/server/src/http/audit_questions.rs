//! Questions about routes, and about what is applied where.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_api::AuditStatus;
use openmds_policy::audit::{RouteList, RouteLookup};
use serde::Deserialize;

use super::error::HttpError;
use super::identity::Identified;
use super::parts::Parameters;
use crate::app::App;

/// The resource of `route list`.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Concerned {
    /// A CRN; a `*` at the end of a name stands for all names that begin so. All routes without it.
    q: Option<String>,
}

/// The resource of `route lookup`.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Resource {
    /// A CRN without wildcards; the default without it.
    crn: Option<String>,
}

/// The routes that concern a resource or something inside it.
#[utoipa::path(get, path = "/security/1.0/audit/routes", tag = "audit log", params(Concerned),
    responses((status = 200, description = "The routes"), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn list_routes(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Parameters(concerned): Parameters<Concerned>,
) -> Result<Json<RouteList>, HttpError> {
    Ok(Json(
        app.list_audit_routes(&caller, concerned.q.as_deref())?,
    ))
}

/// The route that decides about a resource.
#[utoipa::path(get, path = "/security/1.0/audit/lookup", tag = "audit log", params(Resource),
    responses((status = 200, description = "The route"), (status = 400, body = openmds_api::ErrorResponse), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn lookup_route(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Parameters(resource): Parameters<Resource>,
) -> Result<Json<RouteLookup>, HttpError> {
    Ok(Json(
        app.lookup_audit_route(&caller, resource.crn.as_deref())?,
    ))
}

/// What each cluster and each node has applied.
#[utoipa::path(get, path = "/security/1.0/audit/status", tag = "audit log",
    responses((status = 200, body = AuditStatus), (status = 403, body = openmds_api::ErrorResponse)))]
pub(super) async fn status(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
) -> Result<Json<AuditStatus>, HttpError> {
    Ok(Json(app.audit_status(&caller)?))
}
