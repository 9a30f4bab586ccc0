//! The end of a node's certificates before their time.

use openmds_policy::text::quotation;

use super::{App, AppError, Caller, WhichCluster};
use crate::feed::NodeId;
use crate::store::{Record, State};

impl App {
    /// From now on no certificate of the node counts, nor the token that it used; a new token lets
    /// it in again. The right is that of registering its cluster.
    pub async fn withdraw_node(
        &self,
        caller: &Caller,
        which: WhichCluster<'_>,
        node: &str,
    ) -> Result<(), AppError> {
        let mut withdrawn = None;
        let decide = |state: &State| -> Result<Vec<Record>, AppError> {
            let (name, cluster) = self.cluster_to_enrol(state, caller, which)?;
            let node: i32 = node.parse().map_err(|_| {
                AppError::invalid(format!(
                    "`{}` is not the id of a node, a number; nothing was withdrawn",
                    quotation(node)
                ))
            })?;
            if state.enrolled().node(&cluster, node).is_none() {
                return Err(AppError::not_found(format!(
                    "node {node} of {name} holds no certificate that counts; nothing was withdrawn"
                )));
            }
            withdrawn = Some(NodeId {
                cluster: cluster.clone(),
                node_id: node,
            });
            Ok(vec![Record::EnrolledNode {
                cluster,
                node,
                enrolled: None,
            }])
        };
        self.record(caller, decide).await?;
        if let Some(node) = withdrawn {
            self.feed.nodes.forget(&node);
        }
        Ok(())
    }
}
