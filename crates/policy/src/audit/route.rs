//! Where an audit event goes: the rule itself, plainly.
//!
//! [`route`] is `audit-logs.md` 3.4 word for word, in time linear in the number of routes; the
//! broker's [`Router`](super::Router) gives the same answers faster, and a property test compares
//! the two.

use super::category::Category;
use super::document::{Document, Route, Target};
use crate::crn::Crn;

/// One decision that may have to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct AuditedAction<'a> {
    /// The category of the method.
    pub category: Category,
    /// Who, as `User:<name>`.
    pub principal: &'a str,
    /// Whether it was allowed.
    pub granted: bool,
}

/// Where an event goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing<'a> {
    /// To this topic.
    Topic(&'a str),
    /// Nowhere.
    Discarded(Why),
}

/// Why an event goes nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its principal is excluded.
    ExcludedPrincipal,
    /// The winning route says so.
    Route,
    /// No route decides, and the default topic is empty.
    DefaultTopics,
    /// No route decides, and the category is off by default.
    CategoryOffByDefault,
}

/// Routes an event about the resource.
#[must_use]
pub fn route<'a>(document: &'a Document, crn: &Crn, action: AuditedAction<'_>) -> Routing<'a> {
    if document
        .excluded_principals()
        .any(|principal| principal == action.principal)
    {
        return Routing::Discarded(Why::ExcludedPrincipal);
    }
    let winner = winning_route(document, crn).map(|(_, route)| route);
    decide(document, winner, action.category, action.granted)
}

/// The most specific route that matches the resource.
pub(super) fn winning_route<'a>(document: &'a Document, crn: &Crn) -> Option<(&'a str, &'a Route)> {
    document
        .routes()
        .filter(|(_, route)| route.pattern.matches(crn))
        .max_by(|(_, one), (_, other)| one.pattern.specificity().cmp(&other.pattern.specificity()))
}

/// What the winning route, or its absence, means for one category and outcome. There is no
/// falling through to the next-best route (`audit-logs.md` 3.4).
pub(super) fn decide<'a>(
    document: &'a Document,
    winner: Option<&'a Route>,
    category: Category,
    granted: bool,
) -> Routing<'a> {
    let (target, why) = match winner.and_then(|route| route.target(category, granted)) {
        Some(target) => (target, Why::Route),
        None if category.is_on_by_default() => (
            document.default_topics().outcome(granted),
            Why::DefaultTopics,
        ),
        None => return Routing::Discarded(Why::CategoryOffByDefault),
    };
    match target {
        Target::Topic(topic) => Routing::Topic(topic.as_str()),
        Target::Discard => Routing::Discarded(why),
    }
}

impl Document {
    /// Whether any event of the category with this outcome can lead to a topic at all, whatever
    /// its resource and its principal: what is false here may be left unasked.
    #[must_use]
    pub fn leads_somewhere(&self, category: Category, granted: bool) -> bool {
        let by_default = category.is_on_by_default()
            && *self.default_topics().outcome(granted) != Target::Discard;
        let mut targets = self
            .routes()
            .filter_map(|(_, route)| route.target(category, granted));
        by_default || targets.any(|target| *target != Target::Discard)
    }
}
