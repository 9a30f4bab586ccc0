//! `spec/cases/plan`.

use std::collections::BTreeMap;

use openmds_policy::audit::Document;
use openmds_policy::plan::{ObservedConfig, PushStep, Tenure, TopicStep, plan_push, plan_topics};
use serde_json::{Value, json};

use crate::cases::{self, Case, same};

fn push(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["desired", "observed", "tenure"])?;
    let observed = match &case.when["observed"] {
        Value::String(text) if text == "absent" => ObservedConfig::Absent,
        Value::String(text) if text == "hidden" => ObservedConfig::Hidden,
        value => ObservedConfig::Value(value["value"].as_str().unwrap()),
    };
    let tenure = match case.when("tenure") {
        "ours" => Tenure::Ours,
        "unclaimed" => Tenure::Unclaimed,
        other => return Err(format!("unknown tenure {other}")),
    };
    let step = match plan_push(case.when["desired"].as_str(), observed, tenure) {
        PushStep::NothingDesired => "nothing-desired",
        PushStep::Unchanged => "unchanged",
        PushStep::Set => "set",
        PushStep::Foreign => "foreign",
    };
    same(json!({ "step": step }), Value::Object(case.then.clone()))
}

fn topics(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["desired", "observed"])?;
    let desired: BTreeMap<String, u64> =
        serde_json::from_value(case.when["desired"].clone()).unwrap();
    let retention = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) if text == "untold" => Some(None),
        value => Some(Some(value.as_i64().unwrap())),
    };
    let observed = case.when["observed"].as_object().unwrap().iter();
    let observed = observed
        .map(|(topic, value)| (topic.clone(), retention(value)))
        .collect();
    let step = |step: &TopicStep| match step {
        TopicStep::Create {
            topic,
            retention_ms,
        } => json!({"create": topic, "retention_ms": retention_ms}),
        TopicStep::SetRetention {
            topic,
            retention_ms,
        } => json!({"set-retention": topic, "retention_ms": retention_ms}),
    };
    let steps: Value = plan_topics(&desired, &observed).iter().map(step).collect();
    same(json!({ "steps": steps }), Value::Object(case.then.clone()))
}

fn projection(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["project"])?;
    let document = Document::parse_property(&case.given["document"].to_string()).unwrap();
    let projected = document.project(case.when("project"));
    let routes: Vec<&str> = projected.routes().map(|(text, _)| text).collect();
    same(
        json!({ "routes": routes }),
        Value::Object(case.then.clone()),
    )
}

#[test]
fn pushes() {
    cases::run("plan", "push.json", push);
}

#[test]
fn destination_topics() {
    cases::run("plan", "topics.json", topics);
}

#[test]
fn projections() {
    cases::run("plan", "projection.json", projection);
}

#[test]
fn every_file_is_run() {
    let known = ["projection.json", "push.json", "topics.json"];
    assert_eq!(cases::files("plan"), known.map(String::from).into());
}
