//! The predefined roles.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openmds_policy::rbac::Role;

use super::error::HttpError;
use super::identity::Identified;
use super::parts::Segments;
use crate::app::App;

/// All roles.
#[utoipa::path(get, path = "/security/1.0/roles", tag = "roles", responses((status = 200, description = "All roles")))]
pub(super) async fn roles(State(app): State<Arc<App>>, _: Identified) -> Json<Vec<Role>> {
    Json(app.roles.all().to_vec())
}

/// One role.
#[utoipa::path(get, path = "/security/1.0/roles/{role}", tag = "roles", params(("role" = String, Path)),
    responses((status = 200, description = "The role"), (status = 404, body = openmds_api::ErrorResponse)))]
pub(super) async fn role(
    State(app): State<Arc<App>>,
    Identified(caller, _): Identified,
    Segments(role): Segments<String>,
) -> Result<Json<Role>, HttpError> {
    Ok(Json(app.role(&caller, &role)?.clone()))
}

/// The names of all roles.
#[utoipa::path(get, path = "/security/1.0/roleNames", tag = "roles", responses((status = 200, body = Vec<String>)))]
pub(super) async fn role_names(State(app): State<Arc<App>>, _: Identified) -> Json<Vec<String>> {
    Json(
        app.roles
            .all()
            .iter()
            .map(|role| role.name.clone())
            .collect(),
    )
}
