//! A cluster's own part of a document that is too large to push whole.

use super::document::Document;

impl Document {
    /// The document with only those routes that some resource of the cluster can match; routing
    /// of that cluster's events is unchanged (`rulings.md` 3).
    #[must_use]
    pub fn project(&self, cluster_id: &str) -> Self {
        let mut projected = self.clone();
        if let Some(routes) = &mut projected.routes {
            routes.retain(|_, route| route.pattern.can_match_cluster(cluster_id));
        }
        projected
    }
}
