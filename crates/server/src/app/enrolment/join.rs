//! A node comes with a join token and gets its first certificate.

use std::time::Duration;

use openmds_api::{IssuedCertificate, JoinRequest};
use openmds_policy::names::ClusterId;
use openmds_policy::text::quotation;

use super::events::node_caller;
use super::issue::NotIssued;
use super::{App, AppError};
use crate::app::RequestContext;
use crate::enrolment::{JoinToken, NodeKey, TokenHash};
use crate::store::{EnrolledNode, IssuedToken, Record, State, TokenUse};

/// What becomes of all who are refused for good.
const ANEW: &str = "make a new token with `openmds cluster enroll`";

impl App {
    /// Certifies a node. A token is bound to the first key and node that use it: both may ask
    /// again, as after a lost answer; nobody else may.
    pub async fn join(
        &self,
        request: RequestContext,
        asked: &JoinRequest,
    ) -> Result<IssuedCertificate, AppError> {
        let address = request.client_address;
        if let Some(address) = address
            && let Err(wait) = self.join_limits.admit("", address, self.clock.now())
        {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            tracing::warn!(%address, seconds, "a node was refused: too many attempts to join from its address failed");
            let error = AppError::too_many(format!(
                "too many attempts to join from this address have failed: wait {seconds} s"
            ));
            return Err(error.after(Duration::from_secs(seconds)));
        }
        let joined = self.let_join(&request, asked).await;
        if let Some(address) = address {
            match &joined {
                Ok(_) => self.join_limits.succeeded("", address),
                Err(NotIssued::Refused(_)) => {
                    self.join_limits.failed("", address, self.clock.now());
                }
                Err(NotIssued::Failed(_)) => {}
            }
        }
        joined.map_err(|error| match error {
            NotIssued::Failed(error) => error,
            NotIssued::Refused(refusal) => {
                let token = JoinToken::parse(&asked.token).map(|token| token.hash());
                let cluster = ClusterId::new(&asked.cluster_id);
                self.refuse_node(request, (&cluster, asked.node_id), token.as_ref(), &refusal)
            }
        })
    }

    async fn let_join(
        &self,
        request: &RequestContext,
        asked: &JoinRequest,
    ) -> Result<IssuedCertificate, NotIssued> {
        let now = self.clock.now();
        let invalid = |message: String| NotIssued::Failed(AppError::invalid(message));
        let key = NodeKey::parse(&asked.public_key).map_err(|error| invalid(error.to_string()))?;
        if asked.node_id < 0 {
            return Err(invalid(format!(
                "node_id: {} is not the id of a node",
                asked.node_id
            )));
        }
        let token = JoinToken::parse(&asked.token).ok_or_else(unknown)?;
        let proven = key.proves(&asked.proof, token.expose());
        let proven = proven.map_err(|error| invalid(error.to_string()))?;
        let hash = token.hash();
        let cluster = ClusterId::new(&asked.cluster_id);
        let node = asked.node_id;
        let mut answer = None;
        let decide = |state: &State| -> Result<Vec<Record>, NotIssued> {
            let issued = state.enrolled().token(&hash).ok_or_else(unknown)?;
            if !proven {
                return Err(NotIssued::refused(
                    "wrong-proof",
                    "proof: it is not a signature of the token with the key of public_key (ECDSA with SHA-256, ASN.1)",
                ));
            }
            if issued.cluster != cluster {
                return Err(NotIssued::refused(
                    "other-cluster",
                    format!(
                        "the token is for nodes of another cluster than `{}`; make one for this cluster with `openmds cluster enroll`",
                        quotation(&asked.cluster_id)
                    ),
                ));
            }
            if issued.until <= now {
                let message = format!("the token expired at {}; {ANEW}", issued.until);
                return Err(NotIssued::refused("expired-token", message));
            }
            let fingerprint = key.fingerprint();
            let held = state.enrolled().node(&cluster, node);
            let held = held.filter(|held| held.token == hash);
            let enrolled = match (&issued.used, held) {
                (None, _) => EnrolledNode {
                    since: now,
                    token: hash.clone(),
                    certificates: std::collections::BTreeMap::new(),
                },
                (Some(used), Some(held)) if used.node == node && used.key == fingerprint => {
                    held.clone()
                }
                _ => {
                    let message = format!("the token was used before; {ANEW}");
                    return Err(NotIssued::refused("used-token", message));
                }
            };
            let given = self.give(state, (&cluster, node), enrolled, &key, now)?;
            answer = Some(given.answer);
            let mut records = used(&hash, issued, node, fingerprint, now);
            records.push(Record::EnrolledNode {
                cluster: cluster.clone(),
                node,
                enrolled: Some(given.enrolled),
            });
            Ok(records)
        };
        let caller = node_caller(&cluster, node, request.clone());
        self.record(&caller, decide).await?;
        tracing::info!(%cluster, node, "a node joined");
        answer.ok_or_else(|| NotIssued::Failed(AppError::internal("no certificate was made")))
    }
}

fn unknown() -> NotIssued {
    NotIssued::refused(
        "unknown-token",
        format!("the token is not one of this service (any more); {ANEW}"),
    )
}

/// The token as somebody's own, if it was not before.
fn used(
    hash: &TokenHash,
    issued: &IssuedToken,
    node: i32,
    key: String,
    at: jiff::Timestamp,
) -> Vec<Record> {
    if issued.used.is_some() {
        return vec![];
    }
    let used = Some(TokenUse { node, key, at });
    vec![Record::JoinToken {
        hash: hash.clone(),
        token: Some(IssuedToken {
            used,
            ..issued.clone()
        }),
    }]
}
