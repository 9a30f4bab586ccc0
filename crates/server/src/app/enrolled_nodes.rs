//! Whether a node that shows its certificate still may come in.

use openmds_policy::names::ClusterId;
use openmds_policy::text::quotation;

use super::{App, AppError};
use crate::enrolment::NodeCertificate;
use crate::store::State;

impl App {
    /// Lets the node in whose certificate the listener verified: it must not have ended since, its
    /// cluster must be registered, and nobody may have withdrawn it.
    pub fn admit_node(&self, shown: &NodeCertificate) -> Result<(), AppError> {
        let state = self.present();
        let NodeCertificate {
            cluster,
            node,
            serial,
            expires,
        } = shown;
        if *expires <= self.clock.now() {
            return Err(AppError::unauthenticated(format!(
                "the certificate of node {node} ended at {expires}; let the node join again, with a new token: `openmds cluster enroll`"
            )));
        }
        let known = quotation(cluster.as_str());
        if !is_registered(&state, cluster) {
            return Err(AppError::forbidden(format!(
                "the cluster `{known}` of node {node} is not registered (any more); register it, and let its nodes join again: `openmds cluster enroll`"
            )));
        }
        let enrolled = state.enrolled().node(cluster, *node);
        if !enrolled.is_some_and(|enrolled| enrolled.certificates.contains_key(serial)) {
            return Err(AppError::forbidden(format!(
                "this certificate of node {node} of `{known}` does not count any more: the node was withdrawn, or has joined again; let it join again, with a new token: `openmds cluster enroll`"
            )));
        }
        Ok(())
    }
}

pub(super) fn is_registered(state: &State, cluster: &ClusterId) -> bool {
    state.kafka_clusters().any(|(_, id, _)| id == *cluster)
}
