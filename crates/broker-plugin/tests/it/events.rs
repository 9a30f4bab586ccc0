//! Every event of `spec/cases/audit-route` that a broker can emit, on the way that `cases` does not
//! take: recorded before the cluster had a name, routed when it is drained. Besides, what the event
//! says of its cause, and the table by which Java leaves out what leads nowhere. And every value of
//! the property of `spec/cases/audit-document`: a bad one leaves the former one in force, a good one
//! is the same document when it is written as the server writes it.
//!
//! Left out: lookups and lists, which no broker answers; tables, which are no events; events named by
//! CRN, and of resource types and methods that no request to a broker has (`SecurityMetadata`,
//! `mds.Authorize`; a log in is no authorization).

use std::collections::BTreeMap;

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::methods::{Methods, resource_type_name};
use openmds_policy::audit::crn_kind;
use openmds_policy::crn::Crn;
use serde_json::{Value, json};

use crate::case_files::{self, Case, same};
use crate::message::{CLUSTER_ACTION, CREATE, DENIED, GRANTED, TOPIC, WRITE, pack, record, sent};

const NO_EVENTS: [&str; 4] = [
    "lookup.json",
    "list.json",
    "categories.json",
    "methods.json",
];
/// Where a follower's fetch stands in the table of interest, behind all API keys.
const FETCH_FOLLOWER: usize = 128;

/// An event as a broker would cause it.
struct Caused<'a> {
    case: &'a Case,
    api_key: i16,
    operation: u8,
    resource_type: u8,
}

impl<'a> Caused<'a> {
    /// `None` if no request to a broker causes it.
    fn by_a_request(case: &'a Case, methods: &Methods) -> Option<Self> {
        if case.when.contains_key("crn") {
            return None;
        }
        let kind = case.when("resource_type");
        let resource_type = (0..=u8::MAX).find(|code| resource_type_name(*code) == kind)?;
        let method = case.when("method");
        let requests = (0..128).flat_map(|key| [(key, WRITE), (key, CLUSTER_ACTION)]);
        let mut requests = requests.filter(|(key, code)| methods.of(*key, *code).name == method);
        let (api_key, operation) = requests.next()?;
        Some(Self {
            case,
            api_key,
            operation,
            resource_type,
        })
    }

    fn message(&self) -> Vec<u8> {
        let name = self.case.when("resource_name");
        let flags = if self.is_granted() { GRANTED } else { DENIED };
        let action = (self.operation, self.resource_type, name, flags);
        let principal = self.case.when("principal");
        pack(self.api_key, principal, Some("client"), &[action])
    }

    fn is_granted(&self) -> bool {
        self.case.when["granted"].as_bool().unwrap()
    }

    fn given(&self, key: &str) -> &str {
        let value = self.case.given.get(key).and_then(Value::as_str);
        value.unwrap_or_default()
    }

    /// The value of the broker's property; blank while nobody has written one.
    fn property(&self) -> String {
        let mut document = self.case.given["document"].clone();
        if document.is_null() {
            return String::new();
        }
        if let Some(routes) = self.case.given.get("routes") {
            document["routes"] = routes.clone();
        }
        document.to_string()
    }

    fn check(&self) -> Result<(), String> {
        let engine = Engine::new(Settings {
            authority: self.given("authority").to_owned(),
            queue_max_bytes: 1 << 20,
            ..Settings::default()
        });
        record(&engine, &self.message(), || 0);
        same(counted(&engine, Counter::Enqueued), 1)?;
        let summary = engine.apply(&self.property());
        let summary = summary.map_err(|faults| format!("{faults:?}"))?;
        engine.identify(self.given("cluster_id"));
        self.compare(&engine)?;
        let interest = summary.to_pairs().first("interest").unwrap().to_owned();
        self.is_of_interest(&interest)
    }

    /// Java packs no message where the table says that nothing can come of it.
    fn is_of_interest(&self, interest: &str) -> Result<(), String> {
        let is_follower = self.operation == CLUSTER_ACTION;
        let key = usize::try_from(self.api_key).unwrap();
        let at = if is_follower { FETCH_FOLLOWER } else { key };
        let digit = interest.as_bytes()[at] - b'0';
        let bit = if self.is_granted() { 1 } else { 2 };
        if self.case.then.contains_key("topic") && digit & bit == 0 {
            return Err(format!("never packed: {interest}"));
        }
        Ok(())
    }

    /// The one event, or the one count that says why there is none.
    fn compare(&self, engine: &Engine) -> Result<(), String> {
        let event = only_event(engine);
        let counts = [
            Counter::Routed,
            Counter::Discarded,
            Counter::Excluded,
            Counter::Drained,
        ]
        .map(|counter| counted(engine, counter));
        let then = &self.case.then;
        match (self.case.tells().as_slice(), then.values().next()) {
            (["topic"], Some(Value::String(topic))) => {
                same(counts, [1, 0, 0, 1])?;
                let (found, event) = event.ok_or("no event")?;
                same(&found, topic)?;
                self.describes(&event, topic)
            }
            (["discarded"], Some(Value::String(reason))) => {
                same(event, None)?;
                match reason.as_str() {
                    "excluded-principal" => same(counts, [0, 0, 1, 0]),
                    "route" | "default-topics" | "category-off-by-default" => {
                        same(counts, [0, 1, 0, 0])
                    }
                    other => Err(format!("unknown reason {other}")),
                }
            }
            other => Err(format!("unknown answer {other:?}")),
        }
    }

    fn describes(&self, event: &Value, topic: &str) -> Result<(), String> {
        let (authority, cluster_id) = (self.given("authority"), self.given("cluster_id"));
        let name = self.case.when("resource_name");
        let source = Crn::for_cluster(authority, cluster_id);
        let subject = match crn_kind(self.case.when("resource_type")) {
            None => source.clone(),
            Some(kind) => Crn::for_resource(authority, cluster_id, &kind, name),
        };
        let data = &event["data"];
        same(
            json!([
                event["source"],
                event["subject"],
                event["route"],
                data["methodName"],
                data["authenticationInfo"]["principal"],
                data["authorizationInfo"]["granted"],
            ]),
            json!([
                source.to_string(),
                subject.to_string(),
                topic,
                self.case.when("method"),
                self.case.when("principal"),
                self.is_granted(),
            ]),
        )
    }
}

fn counted(engine: &Engine, counter: Counter) -> u64 {
    engine.counters().sum(counter)
}

/// Topic and line of the one event that waits, if there is one.
fn only_event(engine: &Engine) -> Option<(String, Value)> {
    let batch = engine.drain(1 << 16, |bytes| (true, bytes.to_vec()))?;
    let events = sent(&batch);
    assert_eq!(events.len(), 1, "one event");
    assert_eq!(engine.drain(1 << 16, |_| (true, ())), None);
    let event = events.into_iter().next()?;
    Some((event.topic, serde_json::from_str(&event.line).unwrap()))
}

#[test]
fn events_go_where_the_cases_say() {
    let methods = Methods::new();
    let (mut ran, mut left_out, mut failures) = (BTreeMap::new(), 0, Vec::new());
    for file in case_files::files("audit-route") {
        if NO_EVENTS.contains(&file.as_str()) {
            continue;
        }
        let ran = ran.entry(file.clone()).or_insert(0);
        for case in case_files::of("audit-route", &file) {
            match Caused::by_a_request(&case, &methods) {
                None => left_out += 1,
                Some(event) => {
                    *ran += 1;
                    let failed = event.check().err();
                    failures.extend(failed.map(|why| format!("{}\n  {why}", case.title)));
                }
            }
        }
    }
    println!("ran {ran:?}, left out {left_out}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    ran.retain(|_, count| *count > 0);
    assert!(ran.len() >= 7, "{ran:?}");
    assert!(ran.values().sum::<usize>() >= 280, "{ran:?}");
}

/// A document under which a denial of a topic's creation leads to an event.
const BEFORE: &str = r#"{"destinations": {"topics": {"confluent-audit-log-events-before": {}}},
    "default_topics": {"denied": "confluent-audit-log-events-before"}}"#;

fn property(case: &Case) -> Result<(), String> {
    let text = match case.asks().as_slice() {
        ["document"] => case.when["document"].to_string(),
        ["text"] => Case::text(&case.when["text"]),
        ["pieces"] => Case::text(&case.when["pieces"]),
        other => return Err(format!("unknown question {other:?}")),
    };
    let engine = Engine::new(Settings {
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    engine.identify("KID");
    engine.apply(BEFORE).unwrap();
    let (checked, applied) = (engine.check(&text), engine.apply(&text));
    same(&checked, &applied)?;
    match case.tells().as_slice() {
        ["warnings"] => applied.map(drop).map_err(|faults| format!("{faults:?}")),
        // The same document, written as the server writes it.
        ["rendered"] => same(
            engine.check(case.then["rendered"].as_str().unwrap()),
            applied,
        ),
        ["faults"] => {
            let faults = applied.err().ok_or("accepted")?;
            let wanted = case.then["faults"].as_array().unwrap();
            same(faults.len(), wanted.len())?;
            for wanted in wanted {
                let says = wanted["says"].as_str().unwrap();
                let told = faults
                    .iter()
                    .any(|fault| wanted["path"] == *fault.path && fault.message.contains(says));
                if !told {
                    return Err(format!("found  {faults:?}\n  wanted {wanted}"));
                }
            }
            let denial = pack(19, "User:alice", None, &[(CREATE, TOPIC, "t", DENIED)]);
            record(&engine, &denial, || 0);
            let topic = only_event(&engine).map(|(topic, _)| topic);
            same(topic.as_deref(), Some("confluent-audit-log-events-before"))
        }
        other => Err(format!("unknown answer {other:?}")),
    }
}

#[test]
fn values_of_the_property_are_taken_or_leave_the_former_one() {
    let (mut ran, mut failures) = (0, Vec::new());
    for file in case_files::files("audit-document") {
        for case in case_files::of("audit-document", &file) {
            match case.given["form"].as_str() {
                Some("request") => continue,
                Some("property") => ran += 1,
                other => panic!("{}: unknown form {other:?}", case.title),
            }
            let failed = property(&case).err();
            failures.extend(failed.map(|why| format!("{}\n  {why}", case.title)));
        }
    }
    println!("ran {ran}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(ran >= 40, "{ran}");
}
