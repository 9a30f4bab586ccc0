//! Which clusters documents are pushed to, and the wait until they took one (`rulings.md` 5).

use openmds_policy::names::ClusterId;

use super::{App, AppError};
use crate::reconcile::{Acceptance, DocumentKind};
use crate::store::{Generation, State};

impl App {
    /// The clusters that documents are pushed to.
    pub(super) fn push_targets(&self, state: &State) -> Vec<ClusterId> {
        let registered: Vec<ClusterId> = state.kafka_clusters().map(|(_, id, _)| id).collect();
        if registered.is_empty() {
            self.home(state).into_iter().collect()
        } else {
            registered
        }
    }

    /// Waits, bounded, for every cluster that was not known to be away. Answers how many were.
    pub(super) async fn wait_for_clusters(
        &self,
        kind: DocumentKind,
        generation: Generation,
        version: &str,
        away: &[ClusterId],
    ) -> Result<usize, AppError> {
        let mut targets = self.push_targets(&self.store.read());
        // A home cluster that never told its id is away too.
        let all = targets.len().max(1);
        targets.retain(|id| !away.contains(id));
        let pending = all - targets.len();
        let acceptances = self
            .dispatch
            .accepted(kind, generation, &targets, self.settings.push_timeout)
            .await;
        let mut have = Vec::new();
        let mut lack = String::new();
        for (name, acceptance) in acceptances {
            match acceptance {
                Acceptance::Accepted => have.push(name),
                Acceptance::Refused(reason) => lack.push_str(&format!("\n{name}: {reason}")),
                Acceptance::Silent => {
                    let seconds = self.settings.push_timeout.as_secs_f32();
                    lack.push_str(&format!("\n{name}: no answer within {seconds} s"));
                }
            }
        }
        if lack.is_empty() {
            return Ok(pending);
        }
        let what = match kind {
            DocumentKind::Config => "configuration",
            DocumentKind::Companion => "companion",
        };
        let have = if have.is_empty() {
            "No cluster has it yet".to_string()
        } else {
            format!("These clusters have it: {}", have.join(", "))
        };
        Err(AppError::unavailable(format!(
            "The {what} is stored as version {version}; do not repeat the request. {have}. \
             The server goes on trying; see `openmds audit-log status`. Not yet:{lack}"
        )))
    }
}
