//! Whether a node that shows its certificate still may come in.

use openmds_policy::text::quotation;

use super::issue::Refusal;
use super::{App, AppError};
use crate::app::RequestContext;
use crate::enrolment::NodeCertificate;

/// What lets a node in again.
const AGAIN: &str = "let it join again, with a new token: `openmds cluster enroll`";

impl App {
    /// Lets the node in whose certificate the listener verified: it must not have ended since, its
    /// cluster must be registered, and nobody may have withdrawn it.
    pub fn admit_node(
        &self,
        request: RequestContext,
        shown: &NodeCertificate,
    ) -> Result<(), AppError> {
        let state = self.present();
        let NodeCertificate {
            cluster,
            node,
            serial,
            expires,
        } = shown;
        if *expires <= self.clock.now() {
            return Err(AppError::unauthenticated(format!(
                "the certificate of node {node} ended at {expires}; {AGAIN}"
            )));
        }
        let known = quotation(cluster.as_str());
        let refusal = if !state.kafka_clusters().any(|(_, id, _)| id == *cluster) {
            Refusal {
                reason: "unregistered",
                message: format!(
                    "the cluster `{known}` of node {node} is not registered (any more); register it, then {AGAIN}"
                ),
            }
        } else {
            let enrolled = state.enrolled().node(cluster, *node);
            if enrolled.is_some_and(|enrolled| enrolled.certificates.contains_key(serial)) {
                return Ok(());
            }
            Refusal {
                reason: "withdrawn",
                message: format!(
                    "this certificate of node {node} of `{known}` does not count any more: the node was withdrawn, or has joined anew, or its cluster was unregistered since; {AGAIN}"
                ),
            }
        };
        Err(self.refuse_node(request, (cluster, *node), None, &refusal))
    }
}
