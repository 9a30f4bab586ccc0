//! Alarms and the dashboard ask for metrics that there are. The lists are checked where the metrics
//! are: `plugin::MonitoringTest`, and the step `monitoring` of the playground.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{none, text};

const DASHBOARD: &str = "monitoring/dashboard.json";
const ALERTS: &str = "monitoring/alerts.yml";

fn listed() -> BTreeSet<String> {
    let lists = ["spec/metrics/plugin.txt", "spec/metrics/server.txt"];
    let names = lists.map(text);
    let names = names.iter().flat_map(|list| list.lines());
    names.map(str::to_owned).collect()
}

/// Whatever in the text is spelt as one of our metrics.
fn metrics_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let beginnings = [
        "openmds_",
        "confluent_audit_log_",
        "kafka_server_confluent_",
    ];
    let ours = words.filter(|word| beginnings.iter().any(|one| word.starts_with(one)));
    ours.collect()
}

fn dashboard() -> Value {
    serde_json::from_str(&text(DASHBOARD)).unwrap()
}

/// Queries of panels, and of variables.
fn queries(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    let expressions = targets.map(|target| target["expr"].as_str().unwrap().to_owned());
    let variables = dashboard["templating"]["list"].as_array().unwrap().iter();
    let variables = variables.map(|one| one["query"].as_str().unwrap().to_owned());
    expressions.chain(variables).collect()
}

#[test]
fn what_is_watched_exists() {
    let listed = listed();
    let alerts = text(ALERTS);
    let expressions = alerts
        .lines()
        .filter(|line| line.trim().starts_with("expr:"));
    let mut asked: Vec<String> = expressions.map(str::to_owned).collect();
    asked.extend(queries(&dashboard()));
    assert!(asked.len() > 40, "{}", asked.len());
    let asked = asked.iter().flat_map(|one| metrics_in(one));
    let missing = asked.filter(|name| !listed.contains(*name));
    let missing: Vec<String> = missing.map(str::to_owned).collect();
    none("metrics that nobody shows", &missing);
}

#[test]
fn every_alarm_has_its_tests() {
    let tests = text("monitoring/alerts-test.yml");
    let alerts = text(ALERTS);
    let names = alerts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 10);
    // One where all is well, one where it is not.
    let quiet = |name: &&str| !tests.contains(&format!("alertname: {name}, exp_alerts: []"));
    let loud = |name: &&str| !tests.contains(&format!("alertname=\"{name}\""));
    let untested = names.into_iter().filter(|name| quiet(name) || loud(name));
    let untested: Vec<String> = untested.map(str::to_owned).collect();
    none("alarms without a test", &untested);
}

#[test]
fn every_panel_can_be_read() {
    let dashboard = dashboard();
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let mut covered = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap_or_default();
        let mut fault = |what: &str| faults.push(format!("`{title}`: {what}"));
        if title.is_empty() || !ids.insert(panel["id"].as_u64()) {
            fault("has no title, or another's id");
        }
        let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        for x in side("x")..side("x") + side("w") {
            for y in side("y")..side("y") + side("h") {
                if x >= 24 || !covered.insert((x, y)) {
                    fault("lies outside, or over another");
                }
            }
        }
        if panel["type"] == "row" {
            continue;
        }
        if panel["description"].as_str().is_none_or(str::is_empty) {
            fault("has no description");
        }
        if panel["fieldConfig"]["defaults"]["unit"].as_str().is_none() {
            fault("has no unit");
        }
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            if !expression.contains("job=~\"$job\"") {
                fault("does not go by the job");
            }
            if expression.contains("rate(") && !expression.contains("$__rate_interval") {
                fault("has a rate over a fixed time");
            }
            if target["legendFormat"].as_str().is_none_or(str::is_empty) {
                fault("has a line without a name");
            }
            if target["datasource"]["uid"] != "$datasource" {
                fault("asks another data source");
            }
        }
    }
    none("faults of the dashboard", &faults);
}
