//! What each cluster and each node has applied, from memory.

use openmds_api::{AuditStatus, CompanionStatus};

use super::audit_version::in_force;
use super::{App, AppError, Caller};
use crate::reconcile::DocumentKind;

impl App {
    /// The state of the audit-log configuration everywhere.
    pub fn audit_status(&self, caller: &Caller) -> Result<AuditStatus, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        let (document, record) = in_force(&state);
        let shown = self.stamped(&state, &self.destination.last_retention(&document));
        Ok(AuditStatus {
            resource_version: shown.resource_version().unwrap_or_default().to_string(),
            updated_at: record.map(|(_, record)| record.updated_at.clone()),
            state: if record.is_some() {
                "stored"
            } else {
                "default"
            }
            .to_string(),
            clusters: self.dispatch.clusters(
                DocumentKind::Config,
                self.clock.now(),
                record.map(|(generation, _)| generation),
            ),
            companion: state
                .companion()
                .map(|(generation, record)| CompanionStatus {
                    resource_version: record.resource_version.clone(),
                    updated_at: record.updated_at.clone(),
                    clusters: self.dispatch.clusters(
                        DocumentKind::Companion,
                        self.clock.now(),
                        Some(*generation),
                    ),
                }),
            destination: self.destination.status(&document),
            warnings: self.registry_warnings(&state),
        })
    }
}
