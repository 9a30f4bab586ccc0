//! Topics, and the size of the whole.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Finding, Known, Severity};
use crate::audit::LARGEST_CONFIG_VALUE;
use crate::audit::category::Category;
use crate::audit::check::join;
use crate::audit::document::Document;

pub(super) fn check(document: &Document, known: &Known, findings: &mut Vec<Finding>) {
    for topic in document.unused_topics() {
        findings.push(Finding {
            severity: Severity::Warning,
            path: join("destinations.topics", topic),
            rule: "unused-topic",
            message: "no route and no default leads to this topic".to_string(),
            advice: "name it in a route or in default_topics, or leave it out; the topic itself is never deleted".to_string(),
        });
    }
    for (topic, retention) in document.topics() {
        if *retention == Some(0) {
            findings.push(Finding {
                severity: Severity::Warning,
                path: format!(
                    "{}.retention_ms",
                    join("destinations.topics", topic.as_str())
                ),
                rule: "no-retention",
                message: "records may be deleted as soon as they are written".to_string(),
                advice: "7776000000 keeps them for ninety days".to_string(),
            });
        }
    }
    let leads = |category| [true, false].map(|granted| document.leads_somewhere(category, granted));
    if !Category::ALL.into_iter().flat_map(leads).any(|leads| leads) {
        findings.push(Finding {
            severity: Severity::Warning,
            path: "default_topics".to_string(),
            rule: "nothing-recorded",
            message: "no default and no route leads to a topic: nothing is recorded".to_string(),
            advice: "name a topic in default_topics, or one in a route".to_string(),
        });
    }
    size(document, known, findings);
}

/// A cluster gets the routes that can match it (`rulings.md` 3).
fn size(document: &Document, known: &Known, findings: &mut Vec<Finding>) {
    let bytes = document.to_property().len();
    if bytes <= LARGEST_CONFIG_VALUE {
        return;
    }
    let clusters = known.clusters.iter().flatten();
    let largest = clusters
        .map(|id| (document.project(id).to_property().len(), id))
        .max();
    let (severity, message) = match largest {
        Some((bytes, id)) if bytes > LARGEST_CONFIG_VALUE => (
            Severity::Error,
            format!(
                "the part of cluster `{id}` is {bytes} bytes long, and Kafka takes at most {LARGEST_CONFIG_VALUE}"
            ),
        ),
        _ => (
            Severity::Note,
            format!(
                "the document is {bytes} bytes long; each cluster gets only the routes that can match it, of which Kafka takes at most {LARGEST_CONFIG_VALUE} bytes"
            ),
        ),
    };
    findings.push(Finding {
        severity,
        path: "routes".to_string(),
        rule: "too-large",
        message,
        advice: "let prefixes such as `topic=pay-*` stand for many names".to_string(),
    });
}
