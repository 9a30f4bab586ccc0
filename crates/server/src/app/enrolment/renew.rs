//! A node gets its next certificate.

use openmds_api::{IssuedCertificate, RenewalRequest};
use openmds_policy::names::ClusterId;

use super::events::node_caller;
use super::issue::NotIssued;
use super::{App, AppError};
use crate::app::RequestContext;
use crate::enrolment::{KeyRefused, NodeKey, Serial};
use crate::store::{Record, State};

impl App {
    /// Certifies a node that shows a certificate that counts. The present one goes on counting
    /// until it ends: the answer may get lost.
    pub async fn renew_certificate(
        &self,
        request: RequestContext,
        (cluster, node): (&ClusterId, i32),
        serial: &Serial,
        asked: &RenewalRequest,
    ) -> Result<IssuedCertificate, AppError> {
        let invalid = |error: KeyRefused| AppError::invalid(error.to_string());
        let key = NodeKey::parse(&asked.public_key).map_err(invalid)?;
        let proven = key.proves(&asked.proof, serial.as_str()).map_err(invalid)?;
        let now = self.clock.now();
        let mut answer = None;
        let decide = |state: &State| -> Result<Vec<Record>, NotIssued> {
            let held = state.enrolled().node(cluster, node);
            let held = held.filter(|held| held.certificates.contains_key(serial));
            let held = held.ok_or_else(|| {
                NotIssued::refused("withdrawn", "the node was withdrawn at this moment")
            })?;
            if !proven {
                return Err(NotIssued::refused(
                    "wrong-proof",
                    "proof: it is not a signature of the present certificate's serial (32 lower-case hexadecimal digits) with the key of public_key (ECDSA with SHA-256, ASN.1)",
                ));
            }
            let given = self.give(state, (cluster, node), held.clone(), &key, now)?;
            answer = Some(given.answer);
            Ok(vec![Record::EnrolledNode {
                cluster: cluster.clone(),
                node,
                enrolled: Some(given.enrolled),
            }])
        };
        let caller = node_caller(cluster, node, request.clone());
        match self.record(&caller, decide).await {
            Ok(_) => answer.ok_or_else(|| AppError::internal("no certificate was made")),
            Err(NotIssued::Failed(error)) => Err(error),
            Err(NotIssued::Refused(refusal)) => {
                Err(self.refuse_node(request, (cluster, node), None, &refusal))
            }
        }
    }
}
