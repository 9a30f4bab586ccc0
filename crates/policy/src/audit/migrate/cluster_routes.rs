//! One cluster's routes, rewritten so that they concern that cluster alone.
//!
//! In the cluster's own file a route for `kafka=<its id>` wins over one for `kafka=*`, and a route
//! with an authority over one without, whatever follows. In the result all of them have the same
//! beginning, so that only what follows decides. Replacing the beginning of each would therefore
//! let routes win that never did. Instead the routes of one shape are laid over each other: see
//! [`overlay`].

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::{LegacyConfig, MigrationWarning, Mismatch};
use crate::audit::document::Route;
use crate::crn::{CrnPattern, PatternElement, ValuePattern};

/// What follows the cluster in a pattern.
type Rest = [PatternElement];

/// A cluster's part of the result.
#[derive(Debug, Default)]
pub(super) struct ClusterRoutes {
    /// Routes for this cluster.
    pub(super) routes: BTreeMap<CrnPattern, Route>,
    /// Routes that concern none of the clusters at hand, by the text that they had.
    pub(super) others: Vec<(String, Route)>,
    pub(super) warnings: Vec<MigrationWarning>,
}

/// The pattern for something in a cluster.
pub(super) fn pattern_in(authority: &str, cluster: &str, rest: &Rest) -> CrnPattern {
    let mut elements = vec![PatternElement {
        kind: "kafka".to_string(),
        value: ValuePattern::Literal(cluster.to_string()),
    }];
    elements.extend_from_slice(rest);
    CrnPattern {
        authority: authority.to_string(),
        elements,
    }
}

impl ClusterRoutes {
    pub(super) fn of(config: &LegacyConfig, authority: &str, cluster_ids: &BTreeSet<&str>) -> Self {
        let cluster = config.cluster_id.as_str();
        let mut found = Self::default();
        let mut by_shape: BTreeMap<Vec<&str>, Vec<(&str, &Route)>> = BTreeMap::new();
        for (text, route) in config.document.routes() {
            if let Some(fate) = mismatch(&route.pattern, cluster, cluster_ids) {
                found.warnings.push(MigrationWarning::MismatchedCluster {
                    cluster: cluster.to_string(),
                    route: text.to_string(),
                    fate,
                });
                match fate {
                    Mismatch::LeftOut => continue,
                    Mismatch::Narrowed => {}
                    Mismatch::Kept => {
                        let mut route = route.clone();
                        route.pattern.authority = authority.to_string();
                        found.others.push((text.to_string(), route));
                        continue;
                    }
                }
            }
            let kinds = rest(route).iter().map(|element| element.kind.as_str());
            by_shape
                .entry(kinds.collect())
                .or_default()
                .push((text, route));
        }
        for routes in by_shape.values() {
            for (rest, (_, route)) in overlay(routes) {
                let pattern = pattern_in(authority, cluster, &rest);
                let rules = route.rules.clone();
                found
                    .routes
                    .insert(pattern.clone(), Route { pattern, rules });
            }
            found.warnings.extend(never_won(cluster, routes));
        }
        found
    }
}

/// Step 5: what is to be done with a route that is written neither for all clusters nor for this
/// one.
fn mismatch(pattern: &CrnPattern, cluster: &str, cluster_ids: &BTreeSet<&str>) -> Option<Mismatch> {
    match pattern.elements.first() {
        Some(first) if first.kind == "kafka" => match &first.value {
            ValuePattern::Prefix(prefix) if prefix.is_empty() => None,
            ValuePattern::Literal(literal) if literal == cluster => None,
            value if value.matches(cluster) => Some(Mismatch::Narrowed),
            value if cluster_ids.iter().any(|other| value.matches(other)) => {
                Some(Mismatch::LeftOut)
            }
            _ => Some(Mismatch::Kept),
        },
        _ => Some(Mismatch::Kept),
    }
}

fn rest(route: &Route) -> &Rest {
    route.pattern.elements.get(1..).unwrap_or_default()
}

/// Whether every resource of the one is also one of the other; both have the same shape.
fn covers(wide: &Rest, narrow: &Rest) -> bool {
    wide.iter()
        .zip(narrow)
        .all(|(wide, narrow)| wide.value.covers(&narrow.value))
}

/// The resources of both, if there are any; both have the same shape.
fn common(one: &Rest, other: &Rest) -> Option<Vec<PatternElement>> {
    one.iter()
        .zip(other)
        .map(|(one, other)| {
            Some(PatternElement {
                kind: one.kind.clone(),
                value: one.value.common(&other.value)?.clone(),
            })
        })
        .collect()
}

/// What was decisive, among these routes, for the resources `within`; of equals the first.
fn winner<'a, 'b>(
    routes: &'b [(&'a str, &'a Route)],
    within: &Rest,
) -> Option<&'b (&'a str, &'a Route)> {
    let matching = routes
        .iter()
        .filter(|(_, route)| covers(rest(route), within));
    matching
        .rev()
        .max_by(|(_, one), (_, other)| one.pattern.specificity().cmp(&other.pattern.specificity()))
}

/// Rewrites routes of one shape so that what follows the cluster decides, and the same one wins
/// for every resource.
///
/// The set of what follows is first closed under intersection. Then all resources that have the
/// same narrowest member of the set match the same routes, so one winner can be named for each
/// member; and narrower means more specific. From the widest down, a member is kept where the one
/// that would win without it is another. With one rank alone nothing is to be done, and with
/// nothing but a topic or a group behind the cluster the set is closed as it is: the cost,
/// quadratic in the routes of one shape, is paid only for deeper resources.
fn overlay<'a, 'b>(
    routes: &'b [(&'a str, &'a Route)],
) -> Vec<(Vec<PatternElement>, &'b (&'a str, &'a Route))> {
    let mut closed: BTreeSet<Vec<PatternElement>> = routes
        .iter()
        .map(|(_, route)| rest(route).to_vec())
        .collect();
    if ranks(routes) > 1 {
        let mut new: Vec<Vec<PatternElement>> = closed.iter().cloned().collect();
        while let Some(one) = new.pop() {
            for (_, route) in routes {
                if let Some(both) = common(&one, rest(route))
                    && closed.insert(both.clone())
                {
                    new.push(both);
                }
            }
        }
    }
    let specificity = |rest: &Rest| -> Vec<(usize, bool)> {
        rest.iter()
            .map(|element| element.value.specificity())
            .collect()
    };
    let mut sorted: Vec<Vec<PatternElement>> = closed.into_iter().collect();
    sorted.sort_by_cached_key(|rest| specificity(rest));
    let mut kept: Vec<(Vec<PatternElement>, &(&str, &Route))> = Vec::new();
    for rest in sorted {
        // Sorted: of those that cover it, the last one kept is the most specific.
        let without = kept.iter().rev().find(|(wide, _)| covers(wide, &rest));
        let wanted = winner(routes, &rest);
        if let Some(wanted) = wanted
            && without.is_none_or(|(_, route)| route.0 != wanted.0)
        {
            kept.push((rest, wanted));
        }
    }
    kept
}

/// How many beginnings of different weight the routes have.
fn ranks(routes: &[(&str, &Route)]) -> usize {
    let rank = |route: &Route| {
        let cluster = route.pattern.elements.first();
        let cluster = cluster.map(|element| element.value.specificity());
        (!route.pattern.authority.is_empty(), cluster)
    };
    let ranks: BTreeSet<_> = routes.iter().map(|(_, route)| rank(route)).collect();
    ranks.len()
}

/// Routes that decided nothing in this cluster and are not in the result.
fn never_won<'a>(
    cluster: &'a str,
    routes: &'a [(&'a str, &'a Route)],
) -> impl Iterator<Item = MigrationWarning> + 'a {
    routes.iter().filter_map(move |(text, route)| {
        let (by, winner) = winner(routes, rest(route))?;
        let (cluster, route_text) = (cluster.to_string(), (*text).to_string());
        match by {
            by if by == text => None,
            by if rest(winner) == rest(route) => Some(MigrationWarning::RepeatedRoute {
                cluster,
                route: route_text,
                kept: (*by).to_string(),
            }),
            by => Some(MigrationWarning::ShadowedRoute {
                cluster,
                route: route_text,
                by: (*by).to_string(),
            }),
        }
    })
}
