//! `spec/cases` as a broker lives them: a document pushed to the engine, a decision recorded, an
//! event drained.

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::methods::resource_type_name;
use openmds_policy::audit::{FETCH_FOLLOWER, method_name};
use serde_json::{Map, Value};

use crate::message::{CLUSTER_ACTION, DENIED, GRANTED, READ, pack, record, sent};

const FETCH: i16 = 1;
const ENVELOPE: i16 = 58;

struct Case {
    title: String,
    given: Map<String, Value>,
    when: Map<String, Value>,
    then: Map<String, Value>,
}

fn object(value: Option<&Value>) -> Map<String, Value> {
    value
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// All cases of a folder; a case's `given` is laid over its file's.
fn cases(folder: &str) -> Vec<Case> {
    let path = format!("{}/../../spec/cases/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for file in std::fs::read_dir(path).unwrap() {
        let path = file.unwrap().path();
        let parsed: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for case in parsed["cases"].as_array().unwrap() {
            let mut given = object(parsed.get("given"));
            given.extend(object(case.get("given")));
            let title = format!("{}: {}", path.file_name().unwrap().display(), case["name"]);
            all.push(Case {
                title,
                given,
                when: object(case.get("when")),
                then: object(case.get("then")),
            });
        }
    }
    all
}

fn text<'a>(values: &'a Map<String, Value>, key: &str) -> &'a str {
    values.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// API key and operation under which a broker emits the method; `None` for methods that are no
/// request to a broker.
fn request_of(method: &str) -> Option<(i16, u8)> {
    if method == FETCH_FOLLOWER {
        return Some((FETCH, CLUSTER_ACTION));
    }
    (0..128)
        .find(|key| method_name(*key, "Read") == method)
        .map(|key| (key, READ))
}

/// What became of one decision: the event's route, or the counter that says why there is none.
fn outcome(case: &Case, key: i16, operation: u8, resource_type: u8) -> Result<String, Counter> {
    let engine = Engine::new(Settings {
        authority: text(&case.given, "authority").to_owned(),
        queue_max_bytes: 1 << 16,
        ..Settings::default()
    });
    let mut document = case.given["document"].clone();
    if let Some(routes) = case.given.get("routes") {
        document["routes"] = routes.clone();
    }
    let document = if document.is_null() {
        String::new()
    } else {
        document.to_string()
    };
    engine
        .apply(&document)
        .unwrap_or_else(|errors| panic!("{}: {errors:?}", case.title));
    engine.identify(text(&case.given, "cluster_id"));
    let flags = if case.when["granted"] == true {
        GRANTED
    } else {
        DENIED
    };
    let action = (
        operation,
        resource_type,
        text(&case.when, "resource_name"),
        flags,
    );
    let message = pack(key, text(&case.when, "principal"), None, &[action]);
    record(&engine, &message, || 0);
    let batch = engine.drain(1 << 16, |bytes| (true, bytes.to_vec()));
    let counted = [Counter::Routed, Counter::Excluded, Counter::Discarded]
        .into_iter()
        .filter(|counter| engine.counters().sum(*counter) == 1)
        .collect::<Vec<_>>();
    match (batch, counted.as_slice()) {
        (Some(batch), [Counter::Routed]) => {
            let line = sent(&batch).remove(0).line;
            let event: Value = serde_json::from_str(&line).unwrap();
            Ok(text(event.as_object().unwrap(), "route").to_owned())
        }
        (None, [why]) => Err(*why),
        (batch, counted) => panic!(
            "{}: {counted:?} and a batch: {}",
            case.title,
            batch.is_some()
        ),
    }
}

#[test]
fn every_event_goes_where_the_cases_say() {
    let (mut ran, mut no_broker_event) = (0, 0);
    for case in cases("audit-route") {
        if !case.when.contains_key("principal") {
            continue; // Look-ups, lists and tables: no event; policy runs them.
        }
        let kind =
            (1..=7).find(|code| resource_type_name(*code) == text(&case.when, "resource_type"));
        let request = request_of(text(&case.when, "method")).filter(|(key, _)| *key != ENVELOPE);
        let (Some((key, operation)), Some(kind)) = (request, kind) else {
            no_broker_event += 1; // mds.Authorize, kafka.Authentication, Connect's resources, ...
            continue;
        };
        let wanted = match text(&case.then, "discarded") {
            "" => Ok(text(&case.then, "topic").to_owned()),
            "excluded-principal" => Err(Counter::Excluded),
            _ => Err(Counter::Discarded),
        };
        assert_eq!(
            outcome(&case, key, operation, kind),
            wanted,
            "{}",
            case.title
        );
        ran += 1;
    }
    assert!(
        ran > 200,
        "{ran} cases ran, {no_broker_event} are about events that no broker emits"
    );
}

fn written(when: &Map<String, Value>) -> String {
    if let Some(document) = when.get("document") {
        return document.to_string();
    }
    let pieces = when.get("pieces").and_then(Value::as_array);
    pieces.map_or_else(
        || text(when, "text").to_owned(),
        |pieces| {
            let piece = |piece: &Value| match piece.as_array().map(Vec::as_slice) {
                Some([text, times]) => text
                    .as_str()
                    .unwrap()
                    .repeat(usize::try_from(times.as_u64().unwrap()).unwrap()),
                _ => panic!("a piece is a text and a number: {piece}"),
            };
            pieces.iter().map(piece).collect()
        },
    )
}

#[test]
fn every_pushed_document_is_judged_as_the_cases_say() {
    let engine = Engine::new(Settings::default());
    let mut ran = 0;
    for case in cases("audit-document") {
        if text(&case.given, "form") != "property" {
            continue; // Requests to the service: policy and server run them.
        }
        let judged = engine.check(&written(&case.when));
        match (judged, case.then.get("faults").and_then(Value::as_array)) {
            (Ok(_), None) => {}
            (Err(errors), Some(faults)) => {
                assert_eq!(errors.len(), faults.len(), "{}: {errors:?}", case.title);
                for fault in faults {
                    let found = errors.iter().any(|error| {
                        error.path == fault["path"].as_str().unwrap()
                            && error.message.contains(fault["says"].as_str().unwrap())
                    });
                    assert!(found, "{}: {fault} is not among {errors:?}", case.title);
                }
            }
            (judged, faults) => panic!("{}: {judged:?}, but {faults:?} was wanted", case.title),
        }
        ran += 1;
    }
    assert!(ran > 10, "{ran} cases ran");
}
