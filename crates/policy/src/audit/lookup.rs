//! What a person asks about routes: which one wins, and which ones concern a resource.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::category::Category;
use super::document::{DefaultTopics, Document, Route, Rule, Target};
use super::route::{Routing, decide, winning_route};
use crate::crn::{Crn, CrnPattern};

/// The route that decides about a resource, with defaults filled in (`audit-logs.md` 3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteLookup {
    /// The winning pattern as written, or `default`.
    pub route: String,
    /// Every category's effective targets; nothing is left open.
    pub categories: BTreeMap<Category, Rule>,
}

/// The routes that match a resource or something inside it (`audit-logs.md` 3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteList {
    /// Targets of what no route decides.
    pub default_topics: DefaultTopics,
    /// The routes as written, by pattern.
    pub routes: BTreeMap<String, Route>,
}

/// Finds the route that decides about the resource; without a resource, the default.
#[must_use]
pub fn lookup_route(document: &Document, crn: Option<&Crn>) -> RouteLookup {
    let winner = crn.and_then(|crn| winning_route(document, crn));
    let effective = |category, granted| match decide(
        document,
        winner.map(|(_, route)| route),
        category,
        granted,
    ) {
        Routing::Topic(topic) => document
            .topics
            .get_key_value(topic)
            .map(|(topic, _)| Target::Topic(topic.clone())),
        Routing::Discarded(_) => Some(Target::Discard),
    };
    let rule = |category| Rule {
        allowed: effective(category, true),
        denied: effective(category, false),
    };
    RouteLookup {
        route: winner.map_or_else(|| "default".to_string(), |(text, _)| text.to_string()),
        categories: Category::ALL
            .into_iter()
            .map(|category| (category, rule(category)))
            .collect(),
    }
}

/// Lists the routes that concern the resource, or any of several whose names begin alike, or their sub-resources; without a resource,
/// all.
#[must_use]
pub fn list_routes(document: &Document, question: Option<&CrnPattern>) -> RouteList {
    let concerns =
        |route: &Route| question.is_none_or(|asked| route.pattern.meets_or_is_below(asked));
    let concerned = document.routes().filter(|(_, route)| concerns(route));
    RouteList {
        default_topics: document.default_topics.clone(),
        routes: concerned
            .map(|(text, route)| (text.to_string(), route.clone()))
            .collect(),
    }
}
