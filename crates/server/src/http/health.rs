//! How the service is, for those who restart it and those who send it clients.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use openmds_api::Health;

use super::error::HttpError;
use super::identity::Identified;
use crate::app::{App, AppError};
use crate::config::MetricsAccess;

/// The process is alive.
///
/// Says nothing about what it needs: whoever restarts it for that makes it worse.
#[utoipa::path(get, path = "/health/live", tag = "service", security(()),
    responses((status = 200, body = Health)))]
pub(super) async fn live() -> Json<Health> {
    Json(Health {
        status: "live".to_string(),
        checks: BTreeMap::new(),
    })
}

/// The service has what it needs: its store, the home cluster's id, the user store.
#[utoipa::path(get, path = "/health/ready", tag = "service", security(()),
    responses((status = 200, body = Health),
        (status = 503, description = "`errors` names what is missing and why", body = openmds_api::ErrorResponse)))]
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<Json<Health>, HttpError> {
    let (mut checks, mut faults) = (BTreeMap::new(), Vec::new());
    for need in app.needs() {
        match need.missing {
            None => {
                checks.insert(need.name.to_string(), "ok".to_string());
            }
            Some(message) => faults.push(openmds_policy::audit::FieldError {
                path: need.name.to_string(),
                message,
            }),
        }
    }
    if faults.is_empty() {
        return Ok(Json(Health {
            status: "ready".to_string(),
            checks,
        }));
    }
    let missing: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let mut error = AppError::unavailable(format!("not ready: {}", missing.join(", ")));
    error.faults = faults;
    Err(HttpError(StatusCode::SERVICE_UNAVAILABLE, error))
}

/// The service in figures, as Prometheus reads them.
///
/// Who may read them: `openmds.metrics.access`, every user unless it says `open` or `off`.
#[utoipa::path(get, path = "/metrics", tag = "service",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String),
        (status = 401, body = openmds_api::ErrorResponse),
        (status = 404, description = "Switched off", body = openmds_api::ErrorResponse)))]
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, HttpError> {
    match app.settings.web.metrics {
        MetricsAccess::Open => {}
        MetricsAccess::Authenticated => {
            let (mut parts, _) = request.into_parts();
            Identified::from_request_parts(&mut parts, &app).await?;
        }
        MetricsAccess::Off => {
            return Err(AppError::not_found(
                "metrics are switched off here (openmds.metrics.access)",
            )
            .into());
        }
    }
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    Ok((kind, app.measurements()).into_response())
}
