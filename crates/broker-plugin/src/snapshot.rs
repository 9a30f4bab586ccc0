//! The document in force, compiled for this cluster.

use std::collections::BTreeSet;

use openmds_policy::audit::{Document, Router, Target};

use crate::methods::Methods;

/// What request threads read: never changed, only replaced.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) router: Router,
    /// Topics in which the exporter's own requests are not recorded.
    pub(crate) destinations: BTreeSet<String>,
    /// Where the trail's own events go; empty if the document names no topic at all.
    pub(crate) own_topic: String,
}

impl Snapshot {
    pub(crate) fn new(document: &Document, authority: &str, cluster_id: &str) -> Self {
        Self {
            router: Router::new(document, authority, cluster_id),
            destinations: document.topic_names().into_iter().collect(),
            own_topic: own_topic(document),
        }
    }
}

/// The default topic of what is allowed, else that of what is denied, else any.
fn own_topic(document: &Document) -> String {
    let defaults = document.default_topics();
    let named = [&defaults.allowed, &defaults.denied]
        .into_iter()
        .find_map(|target| match target {
            Target::Topic(topic) => Some(topic.to_string()),
            Target::Discard => None,
        });
    let any = || document.topic_names().into_iter().next();
    named.or_else(any).unwrap_or_default()
}

/// Which methods can lead to a topic at all: one digit a method in the order of
/// [`Methods::categories`], 1 for allowed events plus 2 for denied ones. Java asks this table
/// before it packs a message, so that what no rule of the document names costs next to nothing.
pub(crate) fn interest(document: &Document, methods: &Methods) -> String {
    methods
        .categories()
        .map(|category| {
            match (
                document.leads_somewhere(category, true),
                document.leads_somewhere(category, false),
            ) {
                (false, false) => '0',
                (true, false) => '1',
                (false, true) => '2',
                (true, true) => '3',
            }
        })
        .collect()
}
