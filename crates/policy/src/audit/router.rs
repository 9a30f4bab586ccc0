//! The document in the form that a broker asks: the same answers as [`route`](super::route()),
//! without looking at every route.
//!
//! What can be decided beforehand is: routes that cannot match the cluster are left out, and
//! principals are looked up (`winners.rs` has the rest).

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};

use super::document::{Document, Route};
use super::route::{AuditedAction, Routing, Why, decide};
use super::winners::Winners;

/// A document compiled for one emitting cluster.
#[derive(Debug)]
pub struct Router {
    document: Document,
    excluded: BTreeSet<String>,
    routes: Winners<Route>,
}

impl Router {
    /// Compiles the document for events of the given cluster; `authority` is the cluster's own,
    /// usually empty (`audit-logs.md` 3.1).
    #[must_use]
    pub fn new(document: &Document, authority: &str, cluster_id: &str) -> Self {
        let routes = document.routes().map(|(_, route)| (&route.pattern, route));
        Self {
            excluded: document
                .excluded_principals()
                .map(ToString::to_string)
                .collect(),
            routes: Winners::new(routes, authority, cluster_id),
            document: document.clone(),
        }
    }

    /// The document that was compiled.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// Whether nothing that this principal does is recorded.
    #[must_use]
    pub fn excludes(&self, principal: &str) -> bool {
        self.excluded.contains(principal)
    }

    /// Routes an event about the cluster itself (`resource` is `None`) or about a resource in it,
    /// given as CRN element type and name.
    #[must_use]
    pub fn route(&self, resource: Option<(&str, &str)>, action: AuditedAction<'_>) -> Routing<'_> {
        if self.excludes(action.principal) {
            return Routing::Discarded(Why::ExcludedPrincipal);
        }
        let winner = self.routes.find(resource);
        decide(&self.document, winner, action.category, action.granted)
    }
}
