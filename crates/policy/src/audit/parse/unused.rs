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
    let rules = document
        .routes()
        .flat_map(|(_, route)| route.rules.values().flatten());
    let leaves = rules
        .flat_map(|rule| [rule.allowed.as_ref(), rule.denied.as_ref()])
        .flatten();
    let defaults = [
        &document.default_topics.allowed,
        &document.default_topics.denied,
    ];
    let used: BTreeSet<&str> = leaves.chain(defaults).map(Target::as_str).collect();
    let declared = document.topics.keys().map(DestinationTopic::as_str);
    let unused = declared.filter(|topic| !used.contains(topic));
    unused
        .map(|topic| {
            let path = join("destinations.topics", topic);
            format!("{path}: no route and no default leads to this topic")
        })
        .collect()
}
