//! So many calls of the engine, for counting instructions: `calls off|not-routed|not-matched|recorded|drained N`.
//!
//! One Produce request a call, allowed by a role binding. `off`: nothing is recorded; `not-routed`:
//! the document has no rule for such requests; `not-matched`: only about other topics; `recorded`: it has, and what finds no room in the queue is
//! counted; `drained`: recorded, and taken out as a finished line. The instructions of a call are
//! those of two runs, less each other: `bench/audit/instructions`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_asserts_for_indexing,
    reason = "a program for measuring, with a helper of the tests"
)]

use std::error::Error;

use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::pairs::Pairs;
use openmds_policy::access::Providers;
use openmds_policy::feed::{self, Grant, Message, Snapshot};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};

#[path = "../tests/it/message.rs"]
#[expect(dead_code, reason = "tests need more of it")]
mod message;

use message::{TOPIC, WRITE, pack_all};

const PRODUCE: i16 = 0;
const LOGGED: u8 = 6;
const CLUSTER: &str = "KID";
const NOW: i64 = 1_676_959_658_958_333;
const QUEUED_AT_ONCE: u64 = 250;

fn document(pattern: &str, category: &str) -> String {
    let to = r#"{"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"}"#;
    format!(
        r#"{{"destinations":{{"topics":{{"confluent-audit-log-events":{{}}}}}},"default_topics":{to},"routes":{{"crn:///kafka=*/topic={pattern}":{{"{category}":{to}}}}}}}"#
    )
}

fn policy() -> Vec<u8> {
    feed::encode(&Message::Snapshot(Snapshot {
        server: "s".to_owned(),
        cluster: ClusterId::new(CLUSTER),
        generation: 1,
        issued_ms: 0,
        grants: vec![Grant {
            principal: Principal::user("alice"),
            role: "DeveloperWrite".to_owned(),
            patterns: Some(
                [ResourcePattern {
                    resource_type: "Topic".to_owned(),
                    name: "orders-".to_owned(),
                    pattern_type: PatternType::Prefixed,
                }]
                .into(),
            ),
        }],
        acls: Vec::new(),
        memberships: Vec::new(),
        keys: String::new(),
    }))
}

fn engine(subject: &str) -> Result<Engine, Box<dyn Error>> {
    let engine = Engine::new(Settings {
        providers: Providers {
            local: false,
            central: true,
        },
        queue_max_bytes: 1 << 20,
        audit: subject != "off",
        ..Settings::default()
    });
    let (pattern, category) = match subject {
        "not-routed" => ("*", "consume"),
        "not-matched" => ("finance-*", "produce"),
        _ => ("*", "produce"),
    };
    engine
        .apply(&document(pattern, category))
        .map_err(|errors| format!("{errors:?}"))?;
    engine.identify(CLUSTER);
    engine.follow(&policy());
    let mut node = Pairs::new();
    node.add("what", "open");
    node.add("node", "broker-1");
    engine.tell(&node, || NOW);
    Ok(engine)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [subject, calls] = arguments.as_slice() else {
        return Err("calls off|not-routed|not-matched|recorded|drained N".into());
    };
    let engine = engine(subject)?;
    let requests: Vec<Vec<u8>> = (0..1_000)
        .map(|i| {
            let name = format!("orders-{i}");
            let action = (WRITE, TOPIC, name.as_str(), LOGGED);
            pack_all(
                0,
                PRODUCE,
                "User:alice",
                Some("console-producer"),
                &[],
                &[action],
            )
        })
        .collect();
    let mut verdicts = Vec::new();
    let mut bytes = 0_usize;
    for (request, call) in requests.iter().cycle().zip(1..=calls.parse::<u64>()?) {
        let asked = engine
            .decide(request, false, &mut verdicts)
            .map_err(|undecided| format!("{undecided:?}"))?;
        if !verdicts.iter().all(|verdict| verdict.is_allowed()) {
            return Err("denied".into());
        }
        engine.note(&asked, &verdicts, || NOW);
        if subject == "drained" && call % QUEUED_AT_ONCE == 0 {
            let drained = engine.drain(1 << 20, |batch| (true, batch.len()));
            bytes = bytes.saturating_add(drained.unwrap_or(0));
        }
    }
    println!("{bytes} bytes");
    Ok(())
}
