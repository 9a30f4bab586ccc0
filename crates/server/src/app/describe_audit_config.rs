//! Shows the audit-log document with the retention its topics really have.

use openmds_policy::audit::Document;

use super::audit_version::in_force;
use super::{App, AppError, Caller};

impl App {
    /// The document in force. Fails if the destination cannot be read: a stale answer would be
    /// taken for the truth (`audit-logs.md` 7.3, `rulings.md` 8).
    pub async fn describe_audit_config(&self, caller: &Caller) -> Result<Document, AppError> {
        let state = self.store.read();
        self.permit_audit(&state, caller, "DescribeConfigs")?;
        let (document, _) = in_force(&state);
        let live = self.destination.live_retention(&document).await?;
        Ok(self.stamped(&state, &live))
    }
}
