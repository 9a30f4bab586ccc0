//! What a companion may say, and all that is wrong with one at once.

use openmds_policy::audit::{Category, Document};
use openmds_policy::companion::{Companion, FailMode, Format, fail_mode};
use openmds_policy::crn::Crn;

#[test]
fn the_most_specific_pattern_decides_and_nothing_falls_through() {
    let companion = Companion::parse(
        r#"{"fail_modes": {"default": "durable", "routes": {
            "crn:///kafka=*/topic=pay*": {"produce": "required", "management": {"denied": "best-effort"}},
            "crn:///kafka=*/topic=payments": {"consume": "durable"}}},
        "formats": {"confluent-audit-log-events-ocsf": "ocsf"}}"#,
    )
    .unwrap();
    let mode = |topic, category, granted| {
        let crn = Crn::for_resource("", "k", "topic", topic);
        fail_mode(&companion, &crn, category, granted)
    };
    assert_eq!(mode("pay-1", Category::Produce, true), FailMode::Required);
    assert_eq!(
        mode("pay-1", Category::Management, false),
        FailMode::BestEffort
    );
    assert_eq!(mode("pay-1", Category::Management, true), FailMode::Durable);
    assert_eq!(mode("payments", Category::Produce, true), FailMode::Durable);
    assert_eq!(mode("orders", Category::Produce, true), FailMode::Durable);
    assert_eq!(
        companion.format("confluent-audit-log-events-ocsf"),
        Format::Ocsf
    );
    assert_eq!(
        companion.format("confluent-audit-log-events"),
        Format::CloudEvents
    );
    assert!(!companion.is_best_effort());
}

#[test]
fn nothing_written_asks_for_nothing() {
    for text in ["", " \n", "{}", r#"{"fail_modes": null, "formats": {}}"#] {
        let companion = Companion::parse(text).unwrap();
        assert_eq!(companion, Companion::default(), "{text}");
        assert!(companion.is_best_effort());
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let faults = Companion::parse(
        r#"{"fail_modes": {"default": "sure", "route": {}, "routes": {
            "crn:///kafka=*": {"produce": "always", "writing": "durable", "consume": {"allowed": 7, "both": "durable"}},
            "crn:///kafka=%2A": {}, "kafka": {}}},
        "formats": {"events": "ocsf", "confluent-audit-log-events": "leef"},
        "metadata": {}, "modes": {}}"#,
    )
    .unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let expected = [
        "modes: is not a field here; expected: fail_modes, formats, metadata",
        "fail_modes.route: is not a field here; expected: default, routes",
        "fail_modes.default: must be best-effort, durable or required, not `sure`",
        "must be best-effort, durable or required, not `always`",
        "`writing` is not a category",
        "allowed: must be best-effort, durable or required, not a number",
        "both: is not a field here; expected: allowed, denied",
        "formats.events: must begin with `confluent-audit-log-events`",
        "must be cloudevents or ocsf, not `leef`",
        "metadata.resource_version: is required and missing",
    ];
    for part in expected {
        let times = said.iter().filter(|fault| fault.contains(part)).count();
        assert_eq!(times, 1, "{part}\n{}", said.join("\n"));
    }
    assert!(
        said.iter()
            .any(|fault| fault.starts_with("fail_modes.routes[\"kafka\"]")
                || fault.starts_with("fail_modes.routes.kafka")),
        "{said:#?}"
    );
}

#[test]
fn a_request_says_what_version_it_was_made_from() {
    let said = |text| match Companion::parse_request(text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    };
    let missing = "metadata: is required; paste the metadata of the current companion, or update with --force";
    assert_eq!(said("{}"), [missing]);
    assert_eq!(
        said(r#"{"metadata": null, "fail_modes": {"default": 7}}"#),
        [
            "fail_modes.default: must be best-effort, durable or required, not a number",
            missing
        ]
    );
    assert_eq!(
        said(r#"{"metadata": {}}"#),
        ["metadata.resource_version: is required and missing"]
    );
    assert!(said(r#"{"metadata": {"resource_version": "v"}}"#).is_empty());
    assert_eq!(said("").len(), 1, "an empty request is no companion");
}

#[test]
fn what_the_document_does_not_have_is_named() {
    let document = Document::parse_property(
        r#"{"destinations": {"topics": {"confluent-audit-log-events": {"retention_ms": 1}}},
        "routes": {"crn:///kafka=*/topic=pay*": {"produce": {"allowed": "confluent-audit-log-events"}}}}"#,
    )
    .unwrap();
    let companion = Companion::parse(
        r#"{"fail_modes": {"routes": {"crn:///kafka=*/topic=pay*": {"produce": "required"},
            "crn:///kafka=*/topic=pya*": {"produce": "required"}}},
        "formats": {"confluent-audit-log-events": "ocsf", "confluent-audit-log-events-2": "ocsf"}}"#,
    )
    .unwrap();
    assert_eq!(
        companion.unmatched(&document),
        [
            "fail_modes.routes[\"crn:///kafka=*/topic=pya*\"]: the audit log configuration has no route with this pattern; the modes count for what the pattern matches all the same",
            "formats[\"confluent-audit-log-events-2\"]: the audit log configuration has no destination topic of this name",
        ]
    );
}
