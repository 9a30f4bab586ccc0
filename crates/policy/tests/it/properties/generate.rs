//! Random names, documents and events from small alphabets, so that they meet often.

use std::collections::BTreeMap;

use openmds_policy::audit::{Category, Document};
use openmds_policy::crn::CrnPattern;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The destination topics of generated documents.
pub(super) const TOPICS: [&str; 3] = [
    "confluent-audit-log-events",
    "confluent-audit-log-events-a",
    "confluent-audit-log-events_b",
];

pub(super) fn authority() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "", "m", "m.example:8090"]).prop_map(String::from)
}

/// A cluster id or a resource name: short, and most often the beginning of another one.
pub(super) fn value() -> impl Strategy<Value = String> {
    prop_oneof![6 => "a{1,3}", 2 => "[ab]{1,3}", 1 => "[ab*%/=é ]{1,3}"]
}

pub(super) fn kind() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec!["group", "transaction-id", "transactional-id"]);
    prop_oneof![3 => Just("topic"), 1 => kinds].prop_map(String::from)
}

/// A value as somebody might write it: what must be escaped is, other characters sometimes.
fn written(value: String, escapes: Vec<bool>) -> String {
    let mut text = String::new();
    for (byte, escape) in value
        .bytes()
        .zip(escapes.into_iter().chain(std::iter::repeat(false)))
    {
        if escape || !(byte.is_ascii_alphanumeric() || byte == b'-') {
            text.push_str(&format!("%{byte:02x}"));
        } else {
            text.push(char::from(byte));
        }
    }
    text
}

fn literal() -> impl Strategy<Value = String> {
    (value(), prop::collection::vec(prop::bool::weighted(0.1), 4))
        .prop_map(|(value, escapes)| written(value, escapes))
}

fn value_pattern(any: u32) -> impl Strategy<Value = String> {
    prop_oneof![
        any => Just("*".to_string()),
        3 => literal(),
        3 => literal().prop_map(|prefix| prefix + "*"),
    ]
}

/// The text of a pattern of a cluster, of something in it, or of something deeper.
pub(super) fn pattern() -> impl Strategy<Value = String> {
    let steps = prop::sample::select(vec![0, 1, 1, 1, 1, 1, 2]);
    let below =
        steps.prop_flat_map(|steps| prop::collection::vec((kind(), value_pattern(2)), steps));
    (authority(), value_pattern(10), below).prop_map(|(authority, cluster, below)| {
        let mut text = format!("crn://{authority}/kafka={cluster}");
        for (kind, value) in below {
            text.push_str(&format!("/{kind}={value}"));
        }
        text
    })
}

fn target() -> impl Strategy<Value = Value> {
    let mut targets: Vec<Value> = TOPICS.map(Value::from).into();
    targets.push(Value::from(""));
    prop::sample::select(targets)
}

fn leaf() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(Value::Null)), 5 => target().prop_map(Some)]
}

fn rule() -> impl Strategy<Value = Value> {
    let leaves = (leaf(), leaf()).prop_map(|(allowed, denied)| {
        let leaves = [("allowed", allowed), ("denied", denied)];
        let present = leaves
            .into_iter()
            .filter_map(|(key, leaf)| Some((key.to_string(), leaf?)));
        Value::Object(present.collect())
    });
    prop_oneof![1 => Just(Value::Null), 6 => leaves]
}

fn rules() -> impl Strategy<Value = Value> {
    let category = prop::sample::select(Category::ALL.map(Category::as_str).to_vec());
    prop::collection::btree_map(category.prop_map(String::from), rule(), 0..5)
        .prop_map(|rules| rules.into_iter().collect())
}

/// A document as JSON; no two routes mean the same resources.
pub(super) fn document_json() -> impl Strategy<Value = Value> {
    let routes = prop::collection::vec((pattern(), rules()), 0..20);
    let excluded = prop::option::of(prop::collection::vec(principal(), 0..2));
    (
        target(),
        target(),
        routes,
        excluded,
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(allowed, denied, routes, excluded, retention)| {
            let mut meant = BTreeMap::new();
            for (text, rules) in routes {
                meant.insert(CrnPattern::parse(&text).unwrap(), (text, rules));
            }
            let topics: Map<String, Value> = TOPICS
                .iter()
                .map(|topic| (topic.to_string(), json!({ "retention_ms": retention })))
                .collect();
            let mut document = json!({
                "destinations": {"topics": topics},
                "default_topics": {"allowed": allowed, "denied": denied},
                "routes": meant.into_values().collect::<Map<_, _>>(),
            });
            if let Some(excluded) = excluded {
                document["excluded_principals"] = Value::from(excluded);
            }
            document
        })
}

pub(super) fn document() -> impl Strategy<Value = Document> {
    document_json().prop_map(|json| Document::parse_property(&json.to_string()).unwrap())
}

pub(super) fn principal() -> impl Strategy<Value = String> {
    "User:[ab]{1,2}"
}

/// An event of one cluster: the resource in it, or `None` for the cluster itself.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) authority: String,
    pub(super) cluster_id: String,
    pub(super) resource: Option<(String, String)>,
    pub(super) category: Category,
    pub(super) principal: String,
    pub(super) granted: bool,
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let resource = prop::option::weighted(0.8, (kind(), value()));
    let category = prop::sample::select(Category::ALL.to_vec());
    (
        authority(),
        value(),
        resource,
        category,
        principal(),
        any::<bool>(),
    )
        .prop_map(
            |(authority, cluster_id, resource, category, principal, granted)| Event {
                authority,
                cluster_id,
                resource,
                category,
                principal,
                granted,
            },
        )
}
