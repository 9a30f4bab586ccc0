//! Events that a route was meant to catch and does not, because they are about another resource or
//! have another category.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Finding, Severity, kinds_below, path_of};
use crate::audit::category::Category::{
    self, Authentication, Authorize, Consume, Describe, Heartbeat, Interbroker, Management, Produce,
};
use crate::audit::check::join;
use crate::audit::document::{Document, Route, Target};

/// In which categories events about a resource exist at all (`audit-logs.md` 4.3, "pairs worth
/// knowing"); nothing is said about resources outside brokers.
fn existing(kind: &str) -> &'static [Category] {
    match kind {
        "topic" => &[Authorize, Management, Produce, Consume, Describe],
        "group" => &[Authorize, Management, Consume, Heartbeat, Describe],
        "transaction-id" => &[Authorize, Management, Produce, Consume, Describe],
        _ => &Category::ALL,
    }
}

pub(super) fn check(document: &Document, findings: &mut Vec<Finding>) {
    let routes: Vec<(&str, &Route)> = document.routes().collect();
    for (text, route) in &routes {
        match kinds_below(route).as_deref() {
            Some(["topic"]) => {
                describe_is_missing(text, route, findings);
                companion_is_missing(&routes, text, route, findings);
                impossible(text, route, "topic", findings);
            }
            Some([kind]) => impossible(text, route, kind, findings),
            _ => {}
        }
    }
}

fn leads(route: &Route, category: Category, granted: bool) -> bool {
    matches!(route.target(category, granted), Some(Target::Topic(_)))
}

/// A client without any right is refused when it asks for metadata, before it reads or writes
/// (`audit-logs.md` 10.3).
fn describe_is_missing(text: &str, route: &Route, findings: &mut Vec<Finding>) {
    let meant: Vec<&str> = [Produce, Consume]
        .into_iter()
        .filter(|category| leads(route, *category, false))
        .map(Category::as_str)
        .collect();
    if !meant.is_empty() && !leads(route, Describe, false) {
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "denials-need-describe",
            message: format!(
                "records denials of {}, but most of them are denied as category describe: clients ask for metadata first",
                meant.join(" and ")
            ),
            advice: "set describe.denied to the same topic".to_string(),
        });
    }
}

/// Events about groups and about the cluster itself are not about topics.
fn companion_is_missing(
    routes: &[(&str, &Route)],
    text: &str,
    route: &Route,
    findings: &mut Vec<Finding>,
) {
    let has = |kinds: &[&str]| {
        routes.iter().any(|(_, other)| {
            let elements = (
                other.pattern.elements().first(),
                route.pattern.elements().first(),
            );
            let same_cluster = match elements {
                (Some(one), Some(two)) => one.value.common(&two.value).is_some(),
                _ => false,
            };
            same_cluster && kinds_below(other).as_deref() == Some(kinds)
        })
    };
    let both = |category| {
        [true, false]
            .into_iter()
            .any(|granted| leads(route, category, granted))
    };
    if both(Consume) && !has(&["group"]) {
        findings.push(Finding {
            severity: Severity::Warning,
            path: path_of(text),
            rule: "no-group-route",
            message: "records what consumers do with topics; what they do with their groups (join, commit, leave) is about the group, and no route is".to_string(),
            advice: "add a route `.../group=*` with consume".to_string(),
        });
    }
    if route.target(Management, true).is_some() && !has(&[]) {
        findings.push(Finding {
            severity: Severity::Note,
            path: path_of(text),
            rule: "no-cluster-route",
            message: "says where changes of topics go; ACLs, quotas and brokers' settings are about the cluster, and go to default_topics".to_string(),
            advice: "add a route for the cluster itself, `crn:///kafka=...`, with management".to_string(),
        });
    }
}

/// Rules for events that do not exist.
fn impossible(text: &str, route: &Route, kind: &str, findings: &mut Vec<Finding>) {
    let existing: BTreeSet<Category> = existing(kind).iter().copied().collect();
    for (category, rule) in &route.rules {
        if rule.is_none() || existing.contains(category) {
            continue;
        }
        let category = *category;
        let advice: String = match category {
            Heartbeat => "put it into a route for groups".to_string(),
            Authentication | Interbroker => {
                "put it into a route for the cluster itself, `crn:///kafka=...`".to_string()
            }
            _ => "leave it out".to_string(),
        };
        findings.push(Finding {
            severity: Severity::Warning,
            path: join(&path_of(text), category.as_str()),
            rule: "no-such-events",
            message: format!("no event of category {category} is about a {kind}"),
            advice,
        });
    }
}
