//! What to do to the destination topics.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// One change to a destination topic. Topics are never deleted (`audit-logs.md` 7.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicStep {
    /// The topic is missing.
    Create {
        /// Its name.
        topic: String,
        /// Milliseconds.
        retention_ms: u64,
    },
    /// The topic keeps its records for another time than desired.
    SetRetention {
        /// Its name.
        topic: String,
        /// Milliseconds.
        retention_ms: u64,
    },
}

/// Plans the steps; empty if every desired topic exists with its retention. In `observed` a
/// missing topic is `None`, and a retention the destination did not tell is `Some(None)`.
#[must_use]
pub fn plan_topics(
    desired: &BTreeMap<String, u64>,
    observed: &BTreeMap<String, Option<Option<i64>>>,
) -> Vec<TopicStep> {
    let step = |(topic, retention_ms): (&String, &u64)| {
        let (topic, retention_ms) = (topic.clone(), *retention_ms);
        match observed.get(&topic).copied().flatten() {
            None => Some(TopicStep::Create {
                topic,
                retention_ms,
            }),
            Some(live) if live.and_then(|live| u64::try_from(live).ok()) == Some(retention_ms) => {
                None
            }
            Some(_) => Some(TopicStep::SetRetention {
                topic,
                retention_ms,
            }),
        }
    };
    desired.iter().filter_map(step).collect()
}
