//! `spec/cases/crn`.

use openmds_policy::crn::{Crn, CrnPattern};
use serde_json::{Value, json};

use crate::cases::{self, Case, refused, same};

fn name(case: &Case) -> Result<(), String> {
    if case.asks() != ["crn"] && case.asks() != ["pieces"] {
        return Err(format!("unknown question {:?}", case.asks()));
    }
    let text = case.when.get("crn").or_else(|| case.when.get("pieces"));
    let parsed = Crn::parse(&Case::text(text.unwrap()));
    if let Some(says) = case.then.get("refused") {
        return refused(parsed, says);
    }
    let crn = parsed.map_err(|error| error.to_string())?;
    same(Value::from(crn.to_string()), case.then["normal"].clone())?;
    same(Crn::parse(&crn.to_string()), Ok(crn.clone()))?;
    for key in case.tells() {
        match key {
            "normal" => {}
            "authority" => same(Value::from(crn.authority()), case.then[key].clone())?,
            "elements" => {
                let pairs = crn.elements().iter();
                let pairs: Value = pairs.map(|one| json!([one.kind, one.value])).collect();
                same(pairs, case.then[key].clone())?;
            }
            other => return Err(format!("unknown answer {other}")),
        }
    }
    Ok(())
}

fn pattern(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["pattern"])?;
    let parsed = CrnPattern::parse(case.when("pattern"));
    if let Some(says) = case.then.get("refused") {
        return refused(parsed, says);
    }
    let pattern = parsed.map_err(|error| error.to_string())?;
    same(
        Value::from(pattern.to_string()),
        case.then["normal"].clone(),
    )?;
    same(CrnPattern::parse(&pattern.to_string()), Ok(pattern))
}

fn matching(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["crn", "pattern"])?;
    let crn = Crn::parse(case.when("crn")).map_err(|error| error.to_string())?;
    let pattern = CrnPattern::parse(case.when("pattern")).map_err(|error| error.to_string())?;
    let found =
        json!({"matches": pattern.matches(&crn), "lists": pattern.matches_or_is_below(&crn)});
    same(found, Value::Object(case.then.clone()))
}

fn order(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["patterns"])?;
    let mut texts: Vec<&str> = case.when["patterns"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    texts.sort_by_key(|text| core::cmp::Reverse(CrnPattern::parse(text).unwrap().specificity()));
    same(json!({ "order": texts }), Value::Object(case.then.clone()))
}

#[test]
fn names() {
    cases::run("crn", "names.json", name);
}

#[test]
fn patterns() {
    cases::run("crn", "patterns.json", pattern);
}

#[test]
fn patterns_match() {
    cases::run("crn", "matching.json", matching);
}

#[test]
fn the_most_specific_comes_first() {
    cases::run("crn", "order.json", order);
}

#[test]
fn every_file_is_run() {
    let known = ["matching.json", "names.json", "order.json", "patterns.json"];
    assert_eq!(cases::files("crn"), known.map(String::from).into());
}
