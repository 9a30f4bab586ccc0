//! `audit-route`: each document is put by `audit-log config update --force`; `audit-log route
//! lookup` and `audit-log route list` answer about it.
//!
//! Left out: `categories.json` and `methods.json`, because no command shows a method's category or
//! a request's method; events of excluded principals, of whom a lookup knows nothing.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::audit::{Category, crn_kind};
use openmds_policy::crn::Crn;
use serde_json::{Value, json};

use crate::case_files::{self, Case, same};
use crate::loopback::{Loopback, Said};

const NO_COMMAND: [&str; 2] = ["categories.json", "methods.json"];

/// The document in force for some cases, and what was answered about it.
struct InForce<'a> {
    server: &'a Loopback,
    document: Value,
    answers: BTreeMap<(&'static str, String), Said>,
}

/// The text of the case's document; the built-in one is empty, and therefore first in order.
fn document(case: &Case) -> String {
    let mut document = case.given["document"].clone();
    if document.is_null() {
        return String::new();
    }
    if let Some(routes) = case.given.get("routes") {
        document["routes"] = routes.clone();
    }
    document.to_string()
}

fn put<'a>(server: &'a Loopback, document: &str) -> InForce<'a> {
    let said = if document.is_empty() {
        server.openmds(&["audit-log", "config", "describe"])
    } else {
        let file = server.folder.path().join("document.json");
        std::fs::write(&file, document).unwrap();
        let file = file.to_str().unwrap();
        server.openmds(&["audit-log", "config", "update", "--force", "--file", file])
    };
    assert_eq!(said.exit_code, Some(0), "{document}: {said:?}");
    InForce {
        server,
        document: serde_json::from_str(&said.out).unwrap(),
        answers: BTreeMap::new(),
    }
}

impl InForce<'_> {
    /// The program's answer about a resource. It is asked once.
    fn ask(&mut self, command: &'static str, resource: &str) -> &Said {
        let server = self.server;
        let key = (command, resource.to_owned());
        self.answers.entry(key).or_insert_with(|| match command {
            "lookup" => server.openmds(&["audit-log", "route", "lookup", resource]),
            _ => server.openmds(&["audit-log", "route", "list", "--resource", resource]),
        })
    }

    fn answer(&mut self, command: &'static str, resource: &str) -> Result<Value, String> {
        let said = self.ask(command, resource);
        if said.exit_code != Some(0) || !said.errors.is_empty() {
            return Err(format!("{said:?}"));
        }
        serde_json::from_str(&said.out).map_err(|error| error.to_string())
    }

    /// The answer to the case's question; without a resource only the API can be asked.
    fn answer_to(&mut self, command: &'static str, case: &Case) -> Result<Value, String> {
        same(case.asks(), vec![command])?;
        if !case.when[command].is_null() {
            return self.answer(command, case.when(command));
        }
        let path = match command {
            "lookup" => "/audit/lookup",
            _ => "/audit/routes",
        };
        let (status, body) = self.server.send("GET", path, None);
        same(status, 200)?;
        serde_json::from_str(&body).map_err(|error| error.to_string())
    }

    fn is_refused(&mut self, command: &'static str, case: &Case) -> Result<(), String> {
        let says = case.then["refused"].as_str().unwrap();
        let said = self.ask(command, case.when(command));
        let refused = said.exit_code == Some(1)
            && said.out.is_empty()
            && said.errors.starts_with("Error: 400 Bad Request\n")
            && said.errors.contains(says);
        if refused {
            return Ok(());
        }
        Err(format!("found  {said:?}\n  wanted {says}"))
    }

    fn lookup(&mut self, case: &Case) -> Result<(), String> {
        if case.then.contains_key("refused") {
            return self.is_refused("lookup", case);
        }
        let found = self.answer_to("lookup", case)?;
        same(found, Value::Object(case.then.clone()))
    }

    fn list(&mut self, case: &Case) -> Result<(), String> {
        if case.then.contains_key("refused") {
            return self.is_refused("list", case);
        }
        let found = self.answer_to("list", case)?;
        same(&found["default_topics"], &self.document["default_topics"])?;
        let listed = found["routes"].as_object().unwrap();
        for (pattern, rules) in listed {
            same(rules, &self.document["routes"][pattern])?;
        }
        let patterns: Vec<&str> = listed.keys().map(String::as_str).collect();
        same(
            json!({ "routes": patterns }),
            Value::Object(case.then.clone()),
        )
    }

    fn event(&mut self, case: &Case) -> Result<(), String> {
        let found = self.answer("lookup", &resource(case))?;
        let category = Category::of_method(case.when("method")).as_str();
        let outcome = if case.when["granted"].as_bool().unwrap() {
            "allowed"
        } else {
            "denied"
        };
        let nowhere = json!("");
        let wanted = match case.tells().as_slice() {
            ["topic"] => &case.then["topic"],
            ["discarded"] => &nowhere,
            other => return Err(format!("unknown answer {other:?}")),
        };
        same(&found["categories"][category][outcome], wanted)
    }
}

/// The CRN under which the event is recorded.
fn resource(case: &Case) -> String {
    if case.when.contains_key("crn") {
        return case.when("crn").to_owned();
    }
    let given = |key: &str| {
        let value = case.given.get(key).and_then(Value::as_str);
        value.unwrap_or_default()
    };
    let (authority, cluster_id) = (given("authority"), given("cluster_id"));
    let crn = match crn_kind(case.when("resource_type")) {
        None => Crn::for_cluster(authority, cluster_id),
        Some(kind) => Crn::for_resource(authority, cluster_id, &kind, case.when("resource_name")),
    };
    crn.to_string()
}

#[test]
fn lookups_and_lists_answer_what_the_cases_say() {
    let server = Loopback::start(&BTreeSet::new());
    let mut by_document: BTreeMap<String, Vec<(String, Case)>> = BTreeMap::new();
    let mut ran: BTreeMap<String, usize> = BTreeMap::new();
    for file in case_files::files("audit-route") {
        if NO_COMMAND.contains(&file.as_str()) {
            continue;
        }
        ran.insert(file.clone(), 0);
        for case in case_files::of("audit-route", &file) {
            let cases = by_document.entry(document(&case)).or_default();
            cases.push((file.clone(), case));
        }
    }
    let (mut excluded, mut failures) = (0, Vec::new());
    for (document, cases) in &by_document {
        let mut in_force = put(&server, document);
        for (file, case) in cases {
            let checked = match file.as_str() {
                "lookup.json" => in_force.lookup(case),
                "list.json" => in_force.list(case),
                _ if case.then.get("discarded") == Some(&json!("excluded-principal")) => {
                    excluded += 1;
                    continue;
                }
                _ => in_force.event(case),
            };
            *ran.get_mut(file).unwrap() += 1;
            if let Err(reason) = checked {
                failures.push(format!("{}\n  {reason}", case.title));
            }
        }
    }
    println!(
        "{} documents, ran {ran:?}, left out {excluded} events of excluded principals",
        by_document.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(
        ran.len() >= 10 && ran.values().all(|count| *count > 0),
        "{ran:?}"
    );
}
