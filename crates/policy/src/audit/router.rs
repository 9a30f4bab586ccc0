//! The broker's router: a document compiled for the one cluster whose events it routes.
//!
//! Every event of a broker is about its own cluster, so authority and cluster id are decided once.
//! What remains is, per resource type and from the most specific cluster pattern down, one look-up
//! of the name and one search among the prefixes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::document::{Document, Route};
use super::route::{AuditedAction, Routing, Why, decide};
use crate::crn::ValuePattern;

/// How specific the authority and the cluster part of a pattern are.
type ClusterRank = (bool, (usize, bool));

/// Routes with the same cluster part and resource type.
#[derive(Debug, Default)]
struct Names {
    literal: BTreeMap<String, Route>,
    /// Longest prefix first.
    prefixes: Vec<(String, Route)>,
}

impl Names {
    fn find(&self, name: &str) -> Option<&Route> {
        self.literal.get(name).or_else(|| {
            self.prefixes
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix.as_str()))
                .map(|(_, route)| route)
        })
    }
}

/// A document compiled for one emitting cluster.
#[derive(Debug)]
pub struct Router {
    document: Document,
    excluded: BTreeSet<String>,
    cluster: Option<Route>,
    /// By CRN element type; ranks from the most specific down.
    by_kind: BTreeMap<String, Vec<(ClusterRank, Names)>>,
}

impl Router {
    /// Compiles the document for events of the given cluster; `authority` is the cluster's own,
    /// usually empty (`audit-logs.md` 3.1).
    #[must_use]
    pub fn new(document: &Document, authority: &str, cluster_id: &str) -> Self {
        let mut cluster: Option<(ClusterRank, Route)> = None;
        let mut by_kind: BTreeMap<String, BTreeMap<ClusterRank, Names>> = BTreeMap::new();
        for (_, route) in document.routes() {
            let pattern = &route.pattern;
            let Some((first, rest)) = pattern.elements().split_first() else {
                continue;
            };
            if !pattern.matches_authority(authority)
                || first.kind != "kafka"
                || !first.value.matches(cluster_id)
            {
                continue;
            }
            let rank = (!pattern.authority().is_empty(), first.value.specificity());
            match rest {
                [] if cluster.as_ref().is_none_or(|(best, _)| *best < rank) => {
                    cluster = Some((rank, route.clone()));
                }
                [last] => {
                    let names = by_kind
                        .entry(last.kind.clone())
                        .or_default()
                        .entry(rank)
                        .or_default();
                    match &last.value {
                        ValuePattern::Literal(name) => {
                            names.literal.insert(name.clone(), route.clone());
                        }
                        ValuePattern::Prefix(prefix) => {
                            names.prefixes.push((prefix.clone(), route.clone()))
                        }
                    }
                }
                _ => {} // Connect, ksqlDB and Schema Registry resources: a broker emits none.
            }
        }
        let sorted = |mut names: Names| {
            names
                .prefixes
                .sort_by_key(|(prefix, _)| core::cmp::Reverse(prefix.len()));
            names
        };
        Self {
            excluded: document
                .excluded_principals()
                .map(ToString::to_string)
                .collect(),
            document: document.clone(),
            cluster: cluster.map(|(_, route)| route),
            by_kind: by_kind
                .into_iter()
                .map(|(kind, ranks)| {
                    (
                        kind,
                        ranks
                            .into_iter()
                            .rev()
                            .map(|(rank, names)| (rank, sorted(names)))
                            .collect(),
                    )
                })
                .collect(),
        }
    }

    /// The document that was compiled.
    #[must_use]
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// Routes an event about the cluster itself (`resource` is `None`) or about a resource in it,
    /// given as CRN element type and name.
    #[must_use]
    pub fn route(&self, resource: Option<(&str, &str)>, action: AuditedAction<'_>) -> Routing<'_> {
        if self.excluded.contains(action.principal) {
            return Routing::Discarded(Why::ExcludedPrincipal);
        }
        let winner = match resource {
            None => self.cluster.as_ref(),
            Some((kind, name)) => self.winner(kind, name),
        };
        decide(&self.document, winner, action.category, action.granted)
    }

    fn winner(&self, kind: &str, name: &str) -> Option<&Route> {
        let ranks = self.by_kind.get(crate::crn::canonical_kind(kind))?;
        ranks.iter().find_map(|(_, names)| names.find(name))
    }
}
