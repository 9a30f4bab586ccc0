//! What a node may ask: its own cluster's policy, of the server whose policy it holds.

use openmds_api::FeedRequest;
use openmds_policy::rbac::CLUSTER_REGISTRY;
use openmds_policy::text::quotation;
use serde_json::json;

use crate::app::changes::named;
use crate::app::enrolment::node_caller;
use crate::app::{App, AppError, RequestContext};
use crate::feed::{FORMAT, NodeId};
use crate::store::{Generation, Origin, State};
use crate::trail::{Change, methods};

/// No store comes near it: a larger number is an error, and must never be taken over.
const HIGHEST: u64 = 1 << 62;

impl App {
    /// Whether the node asks for what its certificate says. Asking for another cluster's policy
    /// is recorded.
    pub(super) fn own_feed(
        &self,
        state: &State,
        node: &NodeId,
        context: RequestContext,
        request: &FeedRequest,
    ) -> Result<(), AppError> {
        let (own, asked) = (&node.cluster, quotation(&request.cluster_id));
        if request.cluster_id != own.as_str() {
            tracing::warn!(cluster = %own, node = node.node_id, %asked, "a node asked for the policy of another cluster");
            self.record_foreign_feed(state, node, context, request);
            return Err(AppError::forbidden(format!(
                "this node was enrolled in the Kafka cluster {own} and asks for the policy of {asked}, which it does not get; \
                 enroll it in the cluster that it belongs to (`openmds cluster enroll NAME`)"
            )));
        }
        if request.node_id != node.node_id {
            return Err(AppError::forbidden(format!(
                "the certificate is that of node {} of {own}, and node {} asks; each node needs its own enrolment (`openmds cluster enroll NAME`)",
                node.node_id, request.node_id
            )));
        }
        Ok(())
    }

    fn record_foreign_feed(
        &self,
        state: &State,
        node: &NodeId,
        context: RequestContext,
        request: &FeedRequest,
    ) {
        let claimed = quotation(&request.cluster_id);
        let change = Change {
            method: methods::NODE_REFUSED,
            kind: "refused-node",
            key: format!("{claimed}/{}", request.node_id),
            scope: None,
            resource: named(CLUSTER_REGISTRY, CLUSTER_REGISTRY),
            before: None,
            after: Some(json!({
                "reason": "other-cluster",
                "claimedClusterId": claimed,
                "claimedNodeId": request.node_id,
                "clusterIdOfCertificate": node.cluster.as_str(),
            })),
        };
        let caller = node_caller(&node.cluster, node.node_id, context);
        self.trail.refused(state, &caller, &change);
    }

    /// The generation after which changes are needed; nothing for all of it. A refusal says whether
    /// it is because the node is ahead.
    pub(super) fn held(
        &self,
        state: &State,
        node: &NodeId,
        request: &FeedRequest,
    ) -> Result<Option<Generation>, (AppError, bool)> {
        if request.format != FORMAT {
            let message = format!(
                "this server writes format {FORMAT} of the feed, and the node reads format {}: install the plugin that belongs to this server (version {})",
                request.format,
                env!("CARGO_PKG_VERSION")
            );
            return Err((AppError::other_version(message), false));
        }
        let server = state.server().unwrap_or_default();
        let (of, held) = match (&request.server, request.generation) {
            (None, None) => return Ok(None),
            (Some(of), held) if held.is_none_or(|held| held <= HIGHEST) => (of, held),
            _ => {
                let message = "a generation belongs to a server, and is no larger than 2^62: send server and generation, or no generation for all of the policy";
                return Err((AppError::invalid(message), false));
            }
        };
        if of != server {
            let message = format!(
                "node {} of {} follows the server {}, and this is the server {server}: another store. If the node shall follow this one, \
                 delete its copy of the policy (policy.omf in openmds.feed.dir) and restart it; if not, correct openmds.feed.urls",
                node.node_id,
                node.cluster,
                quotation(of)
            );
            return Err((AppError::conflict(message), false));
        }
        // It holds something and asks for all of it.
        let Some(held) = held.map(Generation) else {
            return Ok(None);
        };
        match state.origin(held) {
            Origin::Ours => Ok(Some(held)),
            Origin::Accepted => Ok(None),
            Origin::Foreign => {
                let message = format!(
                    "node {} of {} holds generation {held}, which this server's store (generation {}) never gave: the store was restored from an \
                     older copy. The node goes on deciding by what it holds. Restore a newer copy; or let all nodes go back to what this store \
                     holds: `openmds cluster accept-restore`",
                    node.node_id,
                    node.cluster,
                    state.generation()
                );
                Err((AppError::conflict(message), true))
            }
        }
    }
}
