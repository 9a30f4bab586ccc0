//! Documents and where they send events.

use openmds_policy::audit::{
    AuditedAction, Category, Document, Form, Router, Routing, list_routes, lookup_route, route,
};
use openmds_policy::crn::{Crn, CrnPattern};
use proptest::prelude::*;
use serde_json::Value;

use super::generate::{Event, TOPICS, document, document_json, event};

impl Event {
    pub(super) fn crn(&self) -> Crn {
        match &self.resource {
            None => Crn::for_cluster(&self.authority, &self.cluster_id),
            Some((kind, name)) => Crn::for_resource(&self.authority, &self.cluster_id, kind, name),
        }
    }

    pub(super) fn resource(&self) -> Option<(&str, &str)> {
        self.resource
            .as_ref()
            .map(|(kind, name)| (kind.as_str(), name.as_str()))
    }

    /// Every category and outcome, by the event's principal and by one that nobody excludes.
    fn actions(&self) -> impl Iterator<Item = AuditedAction<'_>> {
        let principals = [self.principal.as_str(), "User:nobody"];
        let outcomes = principals
            .into_iter()
            .flat_map(|principal| [(principal, true), (principal, false)]);
        outcomes.flat_map(|(principal, granted)| {
            Category::ALL.map(|category| AuditedAction {
                category,
                principal,
                granted,
            })
        })
    }

    fn action(&self) -> AuditedAction<'_> {
        AuditedAction {
            category: self.category,
            principal: &self.principal,
            granted: self.granted,
        }
    }
}

/// The text of an object with its members in the given order, which `Value` would sort.
fn text_in_order(members: &[(String, Value)]) -> String {
    let member = |(key, value): &(String, Value)| format!("{}:{value}", Value::from(key.as_str()));
    format!(
        "{{{}}}",
        members.iter().map(member).collect::<Vec<_>>().join(",")
    )
}

fn shuffled_members(value: &Value) -> impl Strategy<Value = Vec<(String, Value)>> + use<> {
    let members = value.as_object().unwrap().clone();
    Just(members.into_iter().collect::<Vec<_>>()).prop_shuffle()
}

/// A document twice: the routes, and the blocks, in two orders.
fn document_in_two_orders() -> impl Strategy<Value = (String, String)> {
    document_json().prop_flat_map(|json| {
        let plain = json.to_string();
        (
            Just(json.clone()),
            shuffled_members(&json["routes"]),
            Just(plain),
        )
            .prop_map(|(json, routes, plain)| {
                let mut blocks = json.as_object().unwrap().clone();
                blocks.remove("routes");
                let rest = Value::Object(blocks).to_string();
                let routes = text_in_order(&routes);
                (
                    plain,
                    format!("{{\"routes\":{routes},{}", rest.strip_prefix('{').unwrap()),
                )
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_compiled_router_agrees_with_the_rule(document in document(), events in prop::collection::vec(event(), 1..8)) {
        for event in events {
            let router = Router::new(&document, &event.authority, &event.cluster_id);
            for action in event.actions() {
                prop_assert_eq!(router.route(event.resource(), action), route(&document, &event.crn(), action), "{:?}", action);
            }
        }
    }

    #[test]
    fn a_projection_routes_the_same(document in document(), event in event()) {
        let projected = document.project(&event.cluster_id);
        prop_assert_eq!(route(&projected, &event.crn(), event.action()), route(&document, &event.crn(), event.action()));
        let router = Router::new(&projected, &event.authority, &event.cluster_id);
        prop_assert_eq!(router.route(event.resource(), event.action()), route(&document, &event.crn(), event.action()));
        prop_assert!(projected.to_property().len() <= document.to_property().len());
        prop_assert_eq!(projected.project(&event.cluster_id), projected);
    }

    #[test]
    fn a_lookup_tells_where_events_go(document in document(), event in event()) {
        let lookup = lookup_route(&document, Some(&event.crn()));
        let rule = &lookup.categories[&event.category];
        let target = rule.outcome(event.granted).unwrap().as_str();
        let excluded = document.excluded_principals().any(|principal| principal == event.principal);
        match route(&document, &event.crn(), event.action()) {
            Routing::Topic(topic) => prop_assert_eq!(target, topic),
            Routing::Discarded(_) => prop_assert!(excluded || target.is_empty()),
        }
        let listed = list_routes(&document, Some(&CrnPattern::from(&event.crn())));
        prop_assert!(lookup.route == "default" || listed.routes.contains_key(&lookup.route));
        let concerned = document.routes().filter(|(_, route)| route.pattern.matches_or_is_below(&event.crn()));
        prop_assert_eq!(listed.routes.len(), concerned.count());
        prop_assert_eq!(lookup.categories.len(), Category::ALL.len());
    }

    #[test]
    fn events_go_to_declared_topics_only(document in document(), event in event()) {
        if let Routing::Topic(topic) = route(&document, &event.crn(), event.action()) {
            prop_assert!(TOPICS.contains(&topic));
            prop_assert!(!document.excluded_principals().any(|principal| principal == event.principal));
        }
    }

    #[test]
    fn the_order_of_keys_means_nothing((one, other) in document_in_two_orders()) {
        prop_assert_eq!(Document::parse_property(&one), Document::parse_property(&other));
    }

    #[test]
    fn a_document_survives_being_written(document in document(), version in any::<String>()) {
        prop_assert_eq!(Document::parse_property(&document.to_property()), Ok(document.clone()));
        let mut json: Value = serde_json::from_str(&document.to_property()).unwrap();
        json["metadata"] = serde_json::json!({ "resource_version": version });
        let retained = document.topics().values().all(Option::is_some);
        match Document::parse(&json.to_string(), Form::Request) {
            Ok(parsed) => {
                prop_assert_eq!(parsed.document.resource_version(), Some(version.as_str()));
                prop_assert_eq!(parsed.document.with_metadata(None), document);
            }
            Err(faults) => prop_assert!(!retained, "{faults:?}"),
        }
    }

    #[test]
    fn live_retention_is_shown_and_nothing_else_changes(document in document(), live in any::<u64>()) {
        let live = std::collections::BTreeMap::from([(TOPICS[0].to_string(), live), ("elsewhere".to_string(), 1)]);
        let shown = document.clone().with_retention(&live);
        for (topic, retention) in shown.topics() {
            let before = document.topics()[topic.as_str()];
            prop_assert_eq!(*retention, live.get(topic.as_str()).copied().or(before));
        }
        prop_assert_eq!(shown.routes().count(), document.routes().count());
        prop_assert_eq!(shown.topic_names(), document.topic_names());
    }
}
