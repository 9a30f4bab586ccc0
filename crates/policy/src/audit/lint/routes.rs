//! Routes that decide nothing, and routes that hide others.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Finding, Known, Severity, path_of};
use crate::audit::category::Category;
use crate::audit::document::{Document, Route};
use crate::audit::route::{Routing, decide};
use crate::crn::ValuePattern;
use crate::text::quotation;

pub(super) fn check(document: &Document, known: &Known, findings: &mut Vec<Finding>) {
    let routes: Vec<(&str, &Route)> = document.routes().collect();
    for (text, route) in &routes {
        equals_defaults(document, &routes, text, route, findings);
        hides_a_wider_one(document, &routes, text, route, findings);
        loses_in_clusters(&routes, text, route, known, findings);
        unknown_cluster(text, route, known, findings);
        unknown_authority(text, route, known, findings);
    }
    several_authorities(&routes, known, findings);
}

fn outcomes() -> impl Iterator<Item = (Category, bool)> {
    let both = |category| [(category, true), (category, false)];
    Category::ALL.into_iter().flat_map(both)
}

fn topic<'a>(routing: Routing<'a>) -> Option<&'a str> {
    match routing {
        Routing::Topic(topic) => Some(topic),
        Routing::Discarded(_) => None,
    }
}

/// A route is superfluous if it says what the defaults say and no wider route says otherwise.
fn equals_defaults(
    document: &Document,
    routes: &[(&str, &Route)],
    text: &str,
    route: &Route,
    findings: &mut Vec<Finding>,
) {
    let same = outcomes().all(|(category, granted)| {
        let by_route = decide(document, Some(route), category, granted);
        topic(by_route) == topic(decide(document, None, category, granted))
    });
    let excepts = routes.iter().any(|(other, wide)| {
        *other != text && wide.pattern.is_shaped_like(&route.pattern) && overlap(wide, route)
    });
    if same && !excepts {
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "same-as-default",
            message: "the route says nothing that would not happen without it".to_string(),
            advice: "leave it out, or say in it what differs".to_string(),
        });
    }
}

fn overlap(one: &Route, other: &Route) -> bool {
    let authorities = (one.pattern.authority(), other.pattern.authority());
    let same_authority = matches!(authorities, ("", _) | (_, "")) || authorities.0 == authorities.1;
    let elements = one.pattern.elements().iter().zip(other.pattern.elements());
    let mut values = elements.map(|(one, other)| one.value.common(&other.value));
    same_authority && values.all(|value| value.is_some())
}

/// There is no falling through to the next-best route (`audit-logs.md` 3.4).
fn hides_a_wider_one(
    document: &Document,
    routes: &[(&str, &Route)],
    text: &str,
    route: &Route,
    findings: &mut Vec<Finding>,
) {
    let wider = routes
        .iter()
        .filter(|(other, wide)| *other != text && wide.pattern.covers(&route.pattern))
        .max_by(|(_, one), (_, other)| one.pattern.specificity().cmp(&other.pattern.specificity()));
    let Some((wide_text, wide)) = wider else {
        return;
    };
    let mut hidden: Vec<String> = Vec::new();
    for (category, granted) in outcomes() {
        let by_wide = topic(decide(document, Some(wide), category, granted));
        let by_route = topic(decide(document, Some(route), category, granted));
        let is_silent = route.target(category, granted).is_none();
        if is_silent && wide.target(category, granted).is_some() && by_wide != by_route {
            let outcome = if granted { "allowed" } else { "denied" };
            hidden.push(format!("{category}.{outcome}"));
        }
    }
    if !hidden.is_empty() {
        let wide_text = quotation(wide_text);
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "hides-wider-route",
            message: format!(
                "says nothing of {}, and so hides what `{wide_text}` says of it: the most specific route decides alone",
                hidden.join(", ")
            ),
            advice: format!("repeat in it what `{wide_text}` says; \"\" discards on purpose"),
        });
    }
}

/// The clusters in which a route is to be judged: those known, else those that the document names
/// and, for a wildcard, one more.
fn clusters(routes: &[(&str, &Route)], route: &Route, known: &Known) -> BTreeSet<String> {
    let Some(first) = route.pattern.elements().first() else {
        return BTreeSet::new();
    };
    let named =
        routes.iter().filter_map(
            |(_, route)| match &route.pattern.elements().first()?.value {
                ValuePattern::Literal(id) => Some(id.clone()),
                ValuePattern::Prefix(_) => None,
            },
        );
    let mut clusters: BTreeSet<String> = match &known.clusters {
        Some(known) => known.clone(),
        None => named.collect(),
    };
    if let (ValuePattern::Prefix(prefix), None) = (&first.value, &known.clusters) {
        clusters.insert(format!("{prefix}\u{10ffff}"));
    }
    clusters.retain(|id| first.kind == "kafka" && first.value.matches(id));
    clusters
}

/// A route for one cluster wins over one for all, however much longer the other one's name is
/// (`audit-logs.md` 3.3).
fn loses_in_clusters(
    routes: &[(&str, &Route)],
    text: &str,
    route: &Route,
    known: &Known,
    findings: &mut Vec<Finding>,
) {
    let clusters = clusters(routes, route, known);
    let winner_in = |id: &str| {
        routes.iter().find(|(other, better)| {
            *other != text
                && better.pattern.specificity() > route.pattern.specificity()
                && better.pattern.can_match_cluster(id)
                && better.pattern.matches_authority(route.pattern.authority())
                && better.pattern.is_shaped_like(&route.pattern)
                && below(better)
                    .zip(below(route))
                    .all(|(better, lost)| better.covers(lost))
        })
    };
    let lost: Vec<(&String, &str)> = clusters
        .iter()
        .filter_map(|id| Some((id, winner_in(id)?.0)))
        .collect();
    let Some((id, winner)) = lost.first() else {
        return;
    };
    let winner = quotation(winner);
    let (severity, rule, message) = if lost.len() == clusters.len() {
        let message = format!("never decides anything: `{winner}` always comes first");
        (Severity::Warning, "never-wins", message)
    } else {
        let id = quotation(id);
        let message = format!(
            "decides nothing in cluster `{id}`: there `{winner}` comes first, because it names the cluster"
        );
        (Severity::Note, "loses-in-cluster", message)
    };
    findings.push(Finding {
        severity,
        path: path_of(text),
        rule,
        message,
        advice: "name the cluster in this route as well, or leave the route out".to_string(),
    });
}

fn below(route: &Route) -> impl Iterator<Item = &ValuePattern> {
    let elements = route.pattern.elements().iter().skip(1);
    elements.map(|element| &element.value)
}

fn unknown_cluster(text: &str, route: &Route, known: &Known, findings: &mut Vec<Finding>) {
    let Some(clusters) = &known.clusters else {
        return;
    };
    if !clusters
        .iter()
        .any(|id| route.pattern.can_match_cluster(id))
    {
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "unknown-cluster",
            message: "no registered Kafka cluster matches this route".to_string(),
            advice: "see `openmds cluster list` for the ids, and register the cluster if it is to follow this configuration".to_string(),
        });
    }
}

fn unknown_authority(text: &str, route: &Route, known: &Known, findings: &mut Vec<Finding>) {
    let authority = route.pattern.authority();
    let Some(authorities) = &known.authorities else {
        return;
    };
    if !authority.is_empty() && !authorities.contains(authority) {
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "unknown-authority",
            message: format!("no broker has the authority `{authority}`: the route matches nothing"),
            advice: "leave the authority out (crn:///...), or set confluent.authorizer.authority.name on brokers and controllers".to_string(),
        });
    }
}

fn several_authorities(routes: &[(&str, &Route)], known: &Known, findings: &mut Vec<Finding>) {
    let authorities = routes.iter().map(|(_, route)| route.pattern.authority());
    let authorities: BTreeSet<&str> = authorities.filter(|name| !name.is_empty()).collect();
    if known.authorities.is_none() && authorities.len() > 1 {
        let authorities: Vec<&str> = authorities.into_iter().collect();
        findings.push(Finding {
            severity: Severity::Note,
            path: "routes".to_string(),
            rule: "several-authorities",
            message: format!("the routes have the authorities {}", authorities.join(", ")),
            advice:
                "a broker has one authority, and only routes for it or for none match its events"
                    .to_string(),
        });
    }
}
