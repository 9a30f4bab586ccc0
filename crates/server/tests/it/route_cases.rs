//! `spec/cases/audit-route`: `lookup.json` and `list.json`, asked over HTTP. The other files are
//! about events, which a server does not route.

use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::desk::{Answer, Desk};
use crate::world::World;

/// Puts the document of the case into force, unless it is there already.
async fn in_force(desk: &Desk, case: &Case, last: &mut Option<Value>) {
    let mut document = case.given["document"].clone();
    if document.is_null() {
        assert_eq!(desk.status().await["state"], "default", "{}", case.title);
        return;
    }
    if let Some(routes) = case.given.get("routes") {
        document["routes"] = routes.clone();
    }
    if last.as_ref() != Some(&document) {
        desk.update(&document).await.is(200);
        *last = Some(document);
    }
}

async fn ask(desk: &Desk, endpoint: &str, parameter: &str, crn: &Value) -> Answer {
    let query = crn.as_str().map_or(String::new(), |crn| {
        let encoded: String = crn.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("?{parameter}={encoded}")
    });
    desk.get("mds", &format!("/audit/{endpoint}{query}")).await
}

fn refused(case: &Case, answer: Answer) {
    let says = case.then["refused"].as_str().unwrap();
    let message = answer.is(400).message();
    assert!(message.contains(says), "{}: {message}", case.title);
}

/// Cases of the built-in document come first: afterwards there is no way back to it.
fn built_in_first(mut cases: Vec<Case>) -> Vec<Case> {
    cases.sort_by_key(|case| !case.given["document"].is_null());
    cases
}

#[tokio::test(start_paused = true)]
async fn lookups_fill_in_every_category() {
    let world = World::new();
    let desk = world.start().await;
    let mut last = None;
    for case in built_in_first(cases::of("audit-route", "lookup.json")) {
        in_force(&desk, &case, &mut last).await;
        let answer = ask(&desk, "lookup", "crn", &case.when["lookup"]).await;
        if case.then.contains_key("refused") {
            refused(&case, answer);
            continue;
        }
        let answer = answer.is(200).json();
        let expected = json!({"route": case.then["route"], "categories": case.then["categories"]});
        assert_eq!(answer, expected, "{}", case.title);
    }
}

#[tokio::test(start_paused = true)]
async fn lists_hold_what_matches_and_what_is_inside() {
    let world = World::new();
    let desk = world.start().await;
    let mut last = None;
    for case in built_in_first(cases::of("audit-route", "list.json")) {
        in_force(&desk, &case, &mut last).await;
        let answer = ask(&desk, "routes", "q", &case.when["list"]).await;
        if case.then.contains_key("refused") {
            refused(&case, answer);
            continue;
        }
        let answer = answer.is(200).json();
        let routes: Vec<&String> = answer["routes"].as_object().unwrap().keys().collect();
        assert_eq!(json!(routes), case.then["routes"], "{}", case.title);
        assert!(answer["default_topics"].is_object());
    }
}
