//! The most specific of many patterns for each resource of one cluster, found without trying all.
//!
//! Everything that can be decided beforehand is: patterns that cannot match the cluster are left
//! out. What remains is, per resource type and from the most specific cluster pattern down, one
//! look-up of the name and one search among the prefixes.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crn::{CrnPattern, ValuePattern, canonical_kind};

/// How specific the authority and the cluster part of a pattern are.
type ClusterRank = (bool, (usize, bool));

/// Patterns with the same cluster part and resource type.
#[derive(Debug)]
struct Names<T> {
    literal: BTreeMap<String, T>,
    /// Longest prefix first.
    prefixes: Vec<(String, T)>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self {
            literal: BTreeMap::new(),
            prefixes: Vec::new(),
        }
    }
}

impl<T> Names<T> {
    fn find(&self, name: &str) -> Option<&T> {
        self.literal.get(name).or_else(|| {
            self.prefixes
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix.as_str()))
                .map(|(_, value)| value)
        })
    }

    fn sorted(mut self) -> Self {
        self.prefixes
            .sort_by_key(|(prefix, _)| core::cmp::Reverse(prefix.len()));
        self
    }
}

/// What each pattern of one emitting cluster stands for.
#[derive(Debug)]
pub(crate) struct Winners<T> {
    cluster: Option<T>,
    /// By CRN element type; ranks from the most specific down.
    by_kind: BTreeMap<String, Vec<(ClusterRank, Names<T>)>>,
}

impl<T: Clone> Winners<T> {
    /// `authority` is the cluster's own, usually empty (`audit-logs.md` 3.1).
    pub(crate) fn new<'a>(
        patterns: impl Iterator<Item = (&'a CrnPattern, &'a T)>,
        authority: &str,
        cluster_id: &str,
    ) -> Self
    where
        T: 'a,
    {
        let mut cluster: Option<(ClusterRank, T)> = None;
        let mut by_kind: BTreeMap<String, BTreeMap<ClusterRank, Names<T>>> = BTreeMap::new();
        for (pattern, value) in patterns {
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
                    cluster = Some((rank, value.clone()));
                }
                [last] => {
                    let ranks = by_kind.entry(last.kind.clone()).or_default();
                    let names = ranks.entry(rank).or_default();
                    match &last.value {
                        ValuePattern::Literal(name) => {
                            names.literal.insert(name.clone(), value.clone());
                        }
                        ValuePattern::Prefix(prefix) => {
                            names.prefixes.push((prefix.clone(), value.clone()));
                        }
                    }
                }
                _ => {} // Connect, ksqlDB and Schema Registry resources: a broker emits none.
            }
        }
        let from_the_top = |ranks: BTreeMap<ClusterRank, Names<T>>| {
            let ranks = ranks.into_iter().rev();
            ranks.map(|(rank, names)| (rank, names.sorted())).collect()
        };
        Self {
            cluster: cluster.map(|(_, value)| value),
            by_kind: by_kind
                .into_iter()
                .map(|(kind, ranks)| (kind, from_the_top(ranks)))
                .collect(),
        }
    }

    /// Of the cluster itself (`None`), or of a resource in it, given as CRN element type and name.
    pub(crate) fn find(&self, resource: Option<(&str, &str)>) -> Option<&T> {
        let Some((kind, name)) = resource else {
            return self.cluster.as_ref();
        };
        let ranks = self.by_kind.get(canonical_kind(kind))?;
        ranks.iter().find_map(|(_, names)| names.find(name))
    }
}
