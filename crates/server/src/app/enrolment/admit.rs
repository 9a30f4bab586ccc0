//! Whether a node that shows its certificate still may come in.

use openmds_policy::names::ClusterId;
use openmds_policy::text::quotation;

use super::issue::Refusal;
use super::{App, AppError};
use crate::app::RequestContext;
use crate::enrolment::{NodeCertificate, Serial};

/// What lets a node in again.
const AGAIN: &str = "let it join again, with a new token: `openmds cluster enroll`";

impl App {
    /// Lets the node in whose certificate the listener verified: it must not have ended since,
    /// and nobody may have withdrawn it. Whether its cluster has a name in the registry is no matter.
    pub fn admit_node(
        &self,
        request: RequestContext,
        shown: &NodeCertificate,
    ) -> Result<(), AppError> {
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
        self.admit_again(request, (cluster, *node), serial)
    }

    /// Lets a node stay in that was let in before.
    pub(in crate::app) fn admit_again(
        &self,
        request: RequestContext,
        (cluster, node): (&ClusterId, i32),
        serial: &Serial,
    ) -> Result<(), AppError> {
        let state = self.present();
        let known = quotation(cluster.as_str());
        let enrolled = state.enrolled().node(cluster, node);
        if enrolled.is_some_and(|enrolled| enrolled.certificates.contains_key(serial)) {
            return Ok(());
        }
        let refusal = Refusal {
            reason: "withdrawn",
            message: format!(
                "this certificate of node {node} of `{known}` does not count any more: the node was withdrawn, or has joined anew since; {AGAIN}"
            ),
        };
        Err(self.refuse_node(request, (cluster, node), None, &refusal))
    }
}
