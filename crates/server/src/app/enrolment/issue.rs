//! Giving a node a certificate, and why it does not get one.

use jiff::{SignedDuration, Timestamp};
use openmds_api::IssuedCertificate;
use openmds_policy::names::ClusterId;

use super::App;
use crate::app::AppError;
use crate::enrolment::NodeKey;
use crate::store::{EnrolledNode, Issued, State, StoreError};

/// Most certificates that one node gets within [`WINDOW`]: answers get lost, but not so many.
const MOST: usize = 16;

const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Why somebody who says to be a node was turned away: the word that events bear, and a message.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) reason: &'static str,
    pub(super) message: String,
}

/// Why there is no certificate.
#[derive(Debug)]
pub(super) enum NotIssued {
    /// It is the node's own doing, and enters the audit trail.
    Refused(Refusal),
    /// Anything else.
    Failed(AppError),
}

impl NotIssued {
    pub(super) fn refused(reason: &'static str, message: impl Into<String>) -> Self {
        Self::Refused(Refusal {
            reason,
            message: message.into(),
        })
    }
}

impl From<StoreError> for NotIssued {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// A node as it is after it got a certificate, and the certificate.
pub(super) struct Given {
    pub(super) enrolled: EnrolledNode,
    pub(super) answer: IssuedCertificate,
}

impl App {
    /// Certifies a node that may have a certificate.
    pub(super) fn give(
        &self,
        state: &State,
        (cluster, node): (&ClusterId, i32),
        mut enrolled: EnrolledNode,
        key: &NodeKey,
        now: Timestamp,
    ) -> Result<Given, NotIssued> {
        enrolled.certificates.retain(|_, issued| issued.until > now);
        let recent = enrolled.certificates.values().map(|issued| issued.at);
        let recent: Vec<Timestamp> = recent.filter(|at| now < *at + WINDOW).collect();
        if let Some(oldest) = recent.iter().min().filter(|_| recent.len() >= MOST) {
            let wait = (*oldest + WINDOW).duration_since(now).unsigned_abs();
            let error = AppError::too_many(format!(
                "node {node} got {MOST} certificates within a day; it has to wait. If it cannot keep them, look at openmds.feed.dir on that node"
            ));
            return Err(NotIssued::Failed(error.after(wait)));
        }
        let life = self.settings.enrolment.life;
        let certified = self
            .authority
            .certify(cluster, node, key, now, life)
            .map_err(|error| {
                NotIssued::Failed(AppError::internal(format!(
                    "no certificate was made: {error}"
                )))
            })?;
        let issued = Issued {
            at: now,
            until: certified.expires,
        };
        enrolled.certificates.insert(certified.serial, issued);
        let renew_after = now + life * 2 / 3;
        let answer = IssuedCertificate {
            certificate: format!("{}{}", certified.pem, self.authority.pem()),
            ca: self.authority.pem().to_string(),
            server: state.server().unwrap_or_default().to_string(),
            expires_at: certified.expires.to_string(),
            renew_after: renew_after.to_string(),
        };
        Ok(Given { enrolled, answer })
    }
}
