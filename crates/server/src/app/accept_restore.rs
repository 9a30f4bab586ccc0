//! Going on with a store that was restored from an older copy than nodes have seen.

use openmds_api::{AcceptedRestore, NodeAhead};

use super::{App, AppError, Caller};
use crate::store::{Generation, Origin, Record, State};

impl App {
    /// Lets all nodes go back to what this store holds: lifts its generation above everything that
    /// they have reported, so that they take the next snapshot.
    pub async fn accept_restore(&self, caller: &Caller) -> Result<AcceptedRestore, AppError> {
        let state = self.present();
        self.permit_tokens(&state, caller, "the store's generations")?;
        let ahead = self.feed.nodes.ahead().into_iter();
        let mut ahead: Vec<NodeAhead> = ahead
            .filter(|(_, held)| state.origin(*held) == Origin::Foreign)
            .map(|(node, held)| NodeAhead {
                cluster_id: node.cluster.to_string(),
                node_id: node.node_id,
                generation: held.0,
            })
            .collect();
        ahead.sort();
        let Some(highest) = ahead.iter().map(|node| node.generation).max() else {
            return Err(AppError::conflict(
                "no node has said that it is ahead of this store; nothing was changed. Nodes ask every few seconds: if the server has just \
                 started, repeat in a moment",
            ));
        };
        let decide = |_: &State| Ok::<_, AppError>(vec![Record::RestoreAccepted]);
        let generation = self
            .record_above(Generation(highest), caller, decide)
            .await?;
        tracing::warn!(%generation, by = %caller.principal(), "a restored store was accepted: nodes that were ahead go back to it");
        Ok(AcceptedRestore {
            generation: generation.0,
            ahead,
        })
    }
}
