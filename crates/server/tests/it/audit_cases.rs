//! `spec/cases/audit-document`, sent to the server: what is wrong is named at once, and changes
//! nothing.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use crate::cases::{self, Case};
use crate::desk::{Answer, Desk, basic};
use crate::world::World;

async fn put(desk: &Desk, text: String) -> Answer {
    let request = Request::builder()
        .method(Method::PUT)
        .uri("/security/1.0/audit/config")
        .header(header::AUTHORIZATION, basic("mds"))
        .header(header::CONTENT_TYPE, "application/json");
    desk.send(request.body(Body::from(text)).unwrap()).await
}

/// Paths and messages of an answer, but not what depends on this server's own configuration.
fn faults(answer: &Value) -> Vec<(&str, &str)> {
    let errors = answer["errors"].as_array().unwrap().iter();
    let mut faults: Vec<(&str, &str)> = errors
        .map(|error| {
            let path = error["error_type"].as_str().unwrap();
            (path, error["message"].as_str().unwrap())
        })
        .filter(|(_, message)| !message.contains("openmds.audit.destinations.allowed"))
        .map(|(path, message)| (if path == "document" { "" } else { path }, message))
        .collect();
    faults.sort_unstable();
    faults
}

fn check_faults(case: &Case, answer: &Answer) {
    let body = answer.json();
    let mut wanted: Vec<(&str, &str)> = case.then["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["path"].as_str().unwrap(),
                fault["says"].as_str().unwrap(),
            )
        })
        .collect();
    wanted.sort_unstable();
    let found = faults(&body);
    let paths = |faults: &[(&str, &str)]| -> Vec<String> {
        faults.iter().map(|(path, _)| (*path).to_string()).collect()
    };
    assert_eq!(paths(&found), paths(&wanted), "{}", case.title);
    for (path, says) in wanted {
        let said = |(other, message): &(&str, &str)| *other == path && message.contains(says);
        assert!(found.iter().any(said), "{}: {path}: {says}", case.title);
        // The text for people repeats them.
        assert!(answer.message().contains(says), "{}", case.title);
    }
}

#[tokio::test(start_paused = true)]
async fn every_rule_is_enforced_and_refusals_change_nothing() {
    let world = World::new();
    let desk = world.start().await;
    desk.register_payments().await;
    let before = desk.document().await;
    world.logs.forget_calls();
    world.payments.forget_calls();
    let (mut refused, mut accepted) = (0, 0);
    for case in cases::all("audit-document") {
        if case.given["form"] != "request" {
            continue; // the broker's property is not sent here
        }
        let answer = put(&desk, case.document()).await;
        let told: BTreeSet<&str> = case.then.keys().map(String::as_str).collect();
        if told == BTreeSet::from(["faults"]) {
            check_faults(&case, &answer.is(400));
            refused += 1;
        } else if told == BTreeSet::from(["warnings"]) {
            // The documents of the cases have no version that was ever in force.
            let disallowed = answer.status == 400 && faults(&answer.json()).is_empty();
            assert!(
                disallowed || answer.status == 409,
                "{}: {answer:?}",
                case.title
            );
            accepted += 1;
        } else {
            panic!("{}: unknown answer {told:?}", case.title);
        }
    }
    assert!(refused > 150 && accepted > 80, "{refused} and {accepted}");
    assert_eq!(desk.document().await, before);
    assert_eq!(desk.status().await["state"], "default");
    // Only retention was read, for comparing versions.
    let calls = format!("{:?} {:?}", world.logs.calls(), world.payments.calls());
    for change in ["Alter", "Create", "SetTopic"] {
        assert!(!calls.contains(change), "{calls}");
    }
}
