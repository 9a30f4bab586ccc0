//! Rule V12, a warning: declared topics to which nothing is routed.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::check::join;
use super::super::document::{Document, Target};
use crate::names::DestinationTopic;

/// One sentence for each topic to which no leaf leads.
pub(super) fn topics(document: &Document) -> Vec<String> {
    let sentence = |topic: &str| {
        let path = join("destinations.topics", topic);
        format!("{path}: no route and no default leads to this topic")
    };
    document.unused_topics().map(sentence).collect()
}

impl Document {
    /// The declared topics to which no route and no default leads.
    pub fn unused_topics(&self) -> impl Iterator<Item = &str> {
        let rules = self
            .routes()
            .flat_map(|(_, route)| route.rules.values().flatten());
        let leaves = rules
            .flat_map(|rule| [rule.allowed.as_ref(), rule.denied.as_ref()])
            .flatten();
        let defaults = [&self.default_topics.allowed, &self.default_topics.denied];
        let used: BTreeSet<&str> = leaves.chain(defaults).map(Target::as_str).collect();
        let declared = self.topics.keys().map(DestinationTopic::as_str);
        declared.filter(move |topic| !used.contains(topic))
    }
}
