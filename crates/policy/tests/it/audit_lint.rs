//! `spec/cases/audit-lint`.

use std::collections::BTreeSet;

use openmds_policy::audit::{Document, Known, lint};
use serde_json::{Value, json};

use crate::cases::{self, Case, same};

fn check(case: &Case) -> Result<(), String> {
    let names = |key: &str| -> Option<BTreeSet<String>> {
        let names = case.when.get(key)?;
        Some(serde_json::from_value(names.clone()).unwrap())
    };
    let asked = ["authorities", "clusters", "document", "super_users"];
    assert!(
        case.asks().iter().all(|key| asked.contains(key)),
        "{}",
        case.title
    );
    same(case.tells(), vec!["findings"])?;
    let known = Known {
        clusters: names("clusters"),
        authorities: names("authorities"),
        super_users: names("super_users").unwrap_or_default(),
    };
    let document = Document::parse_property(&case.when["document"].to_string()).unwrap();
    let findings = lint(&document, &known);
    assert!(
        findings
            .iter()
            .all(|found| !found.message.is_empty() && !found.advice.is_empty())
    );
    let found = findings.iter().map(|finding| {
        json!({"severity": finding.severity.as_str(), "path": finding.path, "rule": finding.rule})
    });
    same(found.collect::<Value>(), case.then["findings"].clone())
}

#[test]
fn findings() {
    let files = cases::files("audit-lint");
    assert!(files.len() >= 4, "only {} files", files.len());
    for file in files {
        cases::run("audit-lint", &file, check);
    }
}

/// A rule without a case would go unnoticed; `too-large` would need a file of its own size.
#[test]
fn every_rule_has_a_case() {
    let rules = [
        "unused-topic",
        "no-retention",
        "nothing-recorded",
        "repeated-principal",
        "excluded-super-user",
        "excluded-anonymous",
        "no-wildcard",
        "same-as-default",
        "hides-wider-route",
        "never-wins",
        "loses-in-cluster",
        "unknown-cluster",
        "unknown-authority",
        "several-authorities",
        "denials-need-describe",
        "no-group-route",
        "no-cluster-route",
        "no-such-events",
    ];
    let files = cases::files("audit-lint");
    let all: Vec<Case> = files
        .iter()
        .flat_map(|file| cases::of("audit-lint", file))
        .collect();
    let shown: BTreeSet<String> = all
        .iter()
        .flat_map(|case| case.then["findings"].as_array().unwrap().clone())
        .map(|finding| finding["rule"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(shown, rules.map(String::from).into());
}

#[test]
fn a_cluster_whose_part_is_too_large_is_named() {
    let route = |cluster: &str, index: usize| {
        let text = format!("crn:///kafka={cluster}/group=g{index:04}");
        (
            text,
            json!({"consume": {"allowed": "confluent-audit-log-events", "denied": ""}}),
        )
    };
    let with = |a: usize, b: usize| {
        let routes = (0..a)
            .map(|index| route("A", index))
            .chain((0..b).map(|index| route("B", index)));
        let document = json!({
            "destinations": {"topics": {"confluent-audit-log-events": {"retention_ms": 1}}},
            "default_topics": {"allowed": "confluent-audit-log-events", "denied": ""},
            "routes": routes.collect::<serde_json::Map<_, _>>(),
        });
        let known = Known {
            clusters: Some(["A", "B"].map(String::from).into()),
            ..Known::default()
        };
        let document = Document::parse_property(&document.to_string()).unwrap();
        let found = lint(&document, &known).into_iter();
        let found = found.filter(|finding| finding.rule == "too-large");
        found
            .map(|finding| (finding.severity.as_str(), finding.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(with(10, 10), []);
    let split = with(250, 250);
    assert_eq!((split.len(), split[0].0), (1, "note"), "{split:?}");
    let large = with(10, 500);
    assert_eq!((large.len(), large[0].0), (1, "error"), "{large:?}");
    assert!(large[0].1.contains("cluster `B`"), "{large:?}");
}
