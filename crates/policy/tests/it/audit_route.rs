//! `spec/cases/audit-route`, through the plain rule and through the compiled router.

use openmds_policy::audit::{
    AuditedAction, Category, Document, Form, Router, Routing, Why, crn_kind, list_routes,
    lookup_route, method_name, route,
};
use openmds_policy::crn::{Crn, CrnError, CrnPattern};
use serde_json::{Value, json};

use crate::cases::{self, Case, refused, same};

fn document(case: &Case) -> Document {
    let mut value = case.given["document"].clone();
    if value.is_null() {
        return Document::built_in();
    }
    if let Some(routes) = case.given.get("routes") {
        value["routes"] = routes.clone();
    }
    let parsed = Document::parse(&value.to_string(), Form::Property);
    parsed
        .unwrap_or_else(|faults| panic!("{}: {faults:?}", case.title))
        .document
}

fn given<'a>(case: &'a Case, key: &str) -> &'a str {
    case.given
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn answer(routing: Routing<'_>) -> Value {
    match routing {
        Routing::Topic(topic) => json!({ "topic": topic }),
        Routing::Discarded(why) => json!({"discarded": match why {
            Why::ExcludedPrincipal => "excluded-principal",
            Why::Route => "route",
            Why::DefaultTopics => "default-topics",
            Why::CategoryOffByDefault => "category-off-by-default",
        }}),
    }
}

fn event(case: &Case) -> Result<(), String> {
    let document = document(case);
    let (authority, cluster_id) = (given(case, "authority"), given(case, "cluster_id"));
    let action = AuditedAction {
        category: Category::of_method(case.when("method")),
        principal: case.when("principal"),
        granted: case.when["granted"].as_bool().unwrap(),
    };
    let wanted = Value::Object(case.then.clone());
    if case.asks() == ["crn", "granted", "method", "principal"] {
        let crn = Crn::parse(case.when("crn")).map_err(|error| error.to_string())?;
        return same(answer(route(&document, &crn, action)), wanted);
    }
    same(
        case.asks(),
        vec![
            "granted",
            "method",
            "principal",
            "resource_name",
            "resource_type",
        ],
    )?;
    let kind = crn_kind(case.when("resource_type"));
    let resource = kind
        .as_deref()
        .map(|kind| (kind, case.when("resource_name")));
    let crn = match resource {
        None => Crn::for_cluster(authority, cluster_id),
        Some((kind, name)) => Crn::for_resource(authority, cluster_id, kind, name),
    };
    same(answer(route(&document, &crn, action)), wanted.clone())?;
    let router = Router::new(&document, authority, cluster_id);
    same(answer(router.route(resource, action)), wanted.clone())?;
    let projected = Router::new(&document.project(cluster_id), authority, cluster_id);
    same(answer(projected.route(resource, action)), wanted.clone())?;
    lookup_agrees(&document, &crn, action, &wanted)
}

/// What a lookup answers is where the event goes, except that it knows no principals.
fn lookup_agrees(
    document: &Document,
    crn: &Crn,
    action: AuditedAction<'_>,
    wanted: &Value,
) -> Result<(), String> {
    if wanted["discarded"] == "excluded-principal" {
        return Ok(());
    }
    let lookup = serde_json::to_value(lookup_route(document, Some(crn))).unwrap();
    let outcome = if action.granted { "allowed" } else { "denied" };
    let found = &lookup["categories"][action.category.as_str()][outcome];
    same(
        found.clone(),
        wanted.get("topic").cloned().unwrap_or_else(|| json!("")),
    )
}

/// The resource asked about; `None` if the case asks without one.
fn asked<T>(
    case: &Case,
    key: &str,
    parse: impl FnOnce(&str) -> Result<T, CrnError>,
) -> Option<Result<T, String>> {
    assert_eq!(case.asks(), [key], "{}", case.title);
    let text = case.when[key].as_str()?;
    Some(parse(text).map_err(|error| error.to_string()))
}

fn lookup(case: &Case) -> Result<(), String> {
    let crn = asked(case, "lookup", Crn::parse).transpose();
    if let Some(says) = case.then.get("refused") {
        return refused(crn, says);
    }
    let found = lookup_route(&document(case), crn?.as_ref());
    same(
        serde_json::to_value(found).unwrap(),
        Value::Object(case.then.clone()),
    )
}

fn list(case: &Case) -> Result<(), String> {
    let crn = asked(case, "list", CrnPattern::parse).transpose();
    if let Some(says) = case.then.get("refused") {
        return refused(crn, says);
    }
    let document = document(case);
    let found = serde_json::to_value(list_routes(&document, crn?.as_ref())).unwrap();
    let all = serde_json::to_value(&document).unwrap();
    same(&found["default_topics"], &all["default_topics"])?;
    let listed = found["routes"].as_object().unwrap();
    for (pattern, rules) in listed {
        same(rules, &all["routes"][pattern])?;
    }
    let patterns: Vec<&str> = listed.keys().map(String::as_str).collect();
    same(
        json!({ "routes": patterns }),
        Value::Object(case.then.clone()),
    )
}

fn category(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["method"])?;
    let category = Category::of_method(case.when("method"));
    same(
        json!({"category": category.as_str()}),
        Value::Object(case.then.clone()),
    )
}

fn method(case: &Case) -> Result<(), String> {
    same(case.asks(), vec!["api_key", "operation"])?;
    let key = i16::try_from(case.when["api_key"].as_i64().unwrap()).unwrap();
    let method = method_name(key, case.when("operation"));
    same(
        json!({ "method": method }),
        Value::Object(case.then.clone()),
    )
}

#[test]
fn lookups() {
    cases::run("audit-route", "lookup.json", lookup);
}

#[test]
fn lists() {
    cases::run("audit-route", "list.json", list);
}

#[test]
fn categories_of_methods() {
    cases::run("audit-route", "categories.json", category);
}

#[test]
fn methods_of_requests() {
    cases::run("audit-route", "methods.json", method);
}

#[test]
fn events() {
    let others = [
        "lookup.json",
        "list.json",
        "categories.json",
        "methods.json",
    ];
    let mut ran = 0;
    for file in cases::files("audit-route") {
        if !others.contains(&file.as_str()) {
            cases::run("audit-route", &file, event);
            ran += 1;
        }
    }
    assert!(ran >= 8, "only {ran} files");
}
