//! What of all this enters the audit trail.

use openmds_policy::names::ClusterId;
use openmds_policy::rbac::{CLUSTER_REGISTRY, Scope};
use openmds_policy::text::quotation;
use serde_json::{Value, json};

use super::issue::Refusal;
use super::{App, AppError};
use crate::app::changes::named;
use crate::app::{Caller, RequestContext};
use crate::enrolment::{TokenHash, identity};
use crate::store::{EnrolledNode, IssuedToken, State};
use crate::trail::{Change, methods};

/// A node as the cause of a change, by the name that its certificate says.
pub(in crate::app) fn node_caller(
    cluster: &ClusterId,
    node: i32,
    request: RequestContext,
) -> Caller {
    let mut caller = Caller::user(&identity(cluster, node), "openmds");
    caller.request = request;
    caller
}

impl App {
    /// Records why somebody who says to be this node is turned away, and says so.
    pub(super) fn refuse_node(
        &self,
        request: RequestContext,
        (cluster, node): (&ClusterId, i32),
        token: Option<&TokenHash>,
        refusal: &Refusal,
    ) -> AppError {
        let claimed = quotation(cluster.as_str());
        let state = self.present();
        let known = token.and_then(|token| state.enrolled().token(token));
        let change = Change {
            method: methods::NODE_REFUSED,
            kind: "refused-node",
            key: format!("{claimed}/{node}"),
            scope: None,
            resource: named(CLUSTER_REGISTRY, CLUSTER_REGISTRY),
            before: None,
            after: Some(json!({
                "reason": refusal.reason,
                "claimedClusterId": claimed,
                "claimedNodeId": node,
                "joinToken": token.map(TokenHash::short),
                "clusterIdOfToken": known.map(|token| token.cluster.as_str()),
            })),
        };
        // Nobody knows who it is.
        let mut caller = Caller::user("ANONYMOUS", "openmds");
        caller.request = request;
        self.trail.refused(&state, &caller, &change);
        tracing::warn!(
            cluster = claimed,
            node,
            reason = refusal.reason,
            "a node was refused"
        );
        AppError::forbidden(refusal.message.clone())
    }
}

/// A token that was made; that it was used shows in the node's event.
pub(in crate::app) fn join_token(
    state: &State,
    hash: &TokenHash,
    token: Option<&IssuedToken>,
) -> Option<Change> {
    let token = token?;
    if state.enrolled().token(hash).is_some() {
        return None;
    }
    Some(Change {
        method: methods::JOIN_TOKEN,
        kind: "join-token",
        key: hash.short().to_string(),
        scope: Some(Scope::kafka(&token.cluster)),
        resource: named(CLUSTER_REGISTRY, CLUSTER_REGISTRY),
        before: None,
        after: Some(json!({
            "clusterId": token.cluster.as_str(),
            "expiresAt": token.until.to_string(),
        })),
    })
}

/// A node that joined, got a further certificate, or was withdrawn.
pub(in crate::app) fn enrolled_node(
    state: &State,
    cluster: &ClusterId,
    node: i32,
    enrolled: Option<&EnrolledNode>,
) -> Change {
    let before = state.enrolled().node(cluster, node);
    let method = match (before, enrolled) {
        (_, None) => methods::WITHDRAWAL,
        (Some(before), Some(after)) if before.token == after.token => methods::RENEWAL,
        _ => methods::ENROLMENT,
    };
    Change {
        method,
        kind: "node",
        key: format!("{cluster}/{node}"),
        scope: Some(Scope::kafka(cluster)),
        resource: named(CLUSTER_REGISTRY, CLUSTER_REGISTRY),
        before: before.map(shown),
        after: enrolled.map(shown),
    }
}

fn shown(enrolled: &EnrolledNode) -> Value {
    let certificates = enrolled.certificates.iter();
    let certificates: Vec<Value> = certificates
        .map(|(serial, issued)| {
            json!({ "serial": serial.as_str(), "expiresAt": issued.until.to_string() })
        })
        .collect();
    json!({
        "joinToken": enrolled.token.short(),
        "joinedAt": enrolled.since.to_string(),
        "certificates": certificates,
    })
}
