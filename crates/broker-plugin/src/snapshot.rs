//! The document in force, compiled for this cluster.

use std::collections::BTreeSet;

use openmds_policy::audit::{Document, Router, Target};

use openmds_policy::companion::{Companion, Modes};

use crate::methods::Methods;
use crate::outgoing::{Emitter, To};

/// What request threads read: never changed, only replaced.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) router: Router,
    /// Topics in which the exporter's own requests are not recorded.
    pub(crate) destinations: BTreeSet<String>,
    /// Of the trail's own events; empty if the document names no topic at all.
    own_topic: String,
    companion: Companion,
    /// `None` if every event is best effort.
    pub(crate) modes: Option<Modes>,
    /// By API key, and last for those that are not laid out: whether any decision can lead to a topic.
    somewhere: Vec<bool>,
}

impl Snapshot {
    pub(crate) fn new(
        document: &Document,
        companion: &Companion,
        (emitter, methods): (&Emitter, &Methods),
    ) -> Self {
        let leads = |category| {
            let leads = |granted| document.leads_somewhere(category, granted);
            leads(true) || leads(false)
        };
        Self {
            router: Router::new(document, &emitter.authority, &emitter.cluster_id),
            destinations: document.topic_names().into_iter().collect(),
            own_topic: own_topic(document),
            companion: companion.clone(),
            modes: (!companion.is_best_effort())
                .then(|| Modes::new(companion, &emitter.authority, &emitter.cluster_id)),
            somewhere: methods
                .categories_of_keys()
                .map(|mut of| of.any(leads))
                .collect(),
        }
    }

    /// Whether any decision about such requests can lead to a topic.
    pub(crate) fn leads_somewhere(&self, api_key: i16) -> bool {
        let laid_out = usize::try_from(api_key)
            .ok()
            .and_then(|key| self.somewhere.get(key));
        laid_out
            .or(self.somewhere.last())
            .is_none_or(|leads| *leads)
    }

    /// The topic, and the form of events in it.
    pub(crate) fn to<'a>(&self, topic: &'a str) -> To<'a> {
        To {
            topic,
            format: self.companion.format(topic),
        }
    }

    /// Where the trail's own events go.
    pub(crate) fn to_own(&self) -> To<'_> {
        self.to(&self.own_topic)
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
