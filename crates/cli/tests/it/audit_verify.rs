//! `audit verify`

use std::io::Write as _;
use std::time::Duration;

use insta::assert_snapshot;
use openmds_kafka::fake::FakeCluster;
use openmds_kafka::{
    Connection, Connector as _, EventRecord, HostPort, SecurityProtocol, Tls, TopicDescription,
};

use crate::desk::Desk;

#[path = "../../../trail/tests/it/verify/keys.rs"]
mod keys;
#[expect(dead_code, reason = "the trail's own tests use all of it")]
#[path = "../../../trail/tests/it/verify/trail.rs"]
mod trail;

use trail::{Dice, Plan, Written, epoch};

const AT: &str =
    "--bootstrap-server k:9092 --topic audit-allowed --topic audit-denied --topic audit-default";

/// One epoch, closed and without signatures.
fn lines() -> Vec<Written> {
    let plan = Plan {
        key: None,
        ..Plan::CLOSED
    };
    epoch("c/broker-1", 0, None, plan, &mut Dice::new(1)).0
}

fn cluster(desk: &Desk) -> FakeCluster {
    let cluster = FakeCluster::new("dest");
    for name in trail::TOPICS {
        let topic = TopicDescription {
            partitions: 2,
            replication_factor: 1,
            retention_ms: Some(604_800_000),
        };
        cluster.put_topic(name, topic);
    }
    desk.kafka.add(&"k:9092".parse().unwrap(), &cluster);
    cluster
}

/// A line that is no event of an emitter.
pub(crate) fn line(topic: &str, text: &str) -> Written {
    Written {
        topic: topic.to_owned(),
        line: text.to_owned(),
        ..lines().remove(0)
    }
}

pub(crate) async fn write(desk: &Desk, lines: &[Written]) {
    let at: HostPort = "k:9092".parse().unwrap();
    let connection = Connection {
        bootstrap: vec![at],
        protocol: SecurityProtocol::Plaintext,
        sasl: None,
        tls: Tls::default(),
        client_id: "test".into(),
        timeout: Duration::from_secs(5),
    };
    let writer = desk.kafka.connect_writer(&connection).await.unwrap();
    for (line, number) in lines.iter().zip(1..) {
        // As long apart as events of the generator are.
        let ms = 1_767_225_600_000 + number * 10;
        let record = EventRecord {
            value: line.line.clone().into_bytes(),
            timestamp_ms: ms,
            headers: vec![],
        };
        writer.write(&line.topic, &[record]).await.unwrap();
    }
}

#[tokio::test]
async fn topics_that_are_complete() {
    let desk = Desk::new().await;
    cluster(&desk);
    write(&desk, &lines()).await;
    assert_snapshot!(desk.run(&format!("audit verify {AT}")).await, @r"
    exit code: 0
    --- stdout ---
     Emitter    | Epoch                    | Numbers | Signed      | End   | Verdict
    ------------+--------------------------+---------+-------------+-------+----------
     c/broker-1 | 2026-01-01T00:00:00.000Z | 1-42    | not checked | at 42 | complete
    --- stderr ---
    Signatures were not checked: add --ca FILE, or a whole epoch could be a forgery.
    Complete.
    ");
}

#[tokio::test]
async fn topics_that_somebody_wrote_to() {
    let desk = Desk::new().await;
    cluster(&desk);
    let mut lines = lines();
    lines[7].line = lines[7].line.replacen("User:", "User:not ", 1);
    lines.remove(20);
    let mut garbage = lines[1].clone();
    garbage.line = "hello".to_owned();
    lines.push(garbage);
    write(&desk, &lines).await;
    assert_snapshot!(desk.run(&format!("audit verify {AT}")).await, @r"
    exit code: 1
    --- stdout ---
     Emitter    | Epoch                    | Numbers | Signed      | End   | Verdict
    ------------+--------------------------+---------+-------------+-------+----------
     c/broker-1 | 2026-01-01T00:00:00.000Z | 1-42    | not checked | at 42 | TAMPERED

     Emitter    | Epoch                    | Finding                                                                                        | Where
    ------------+--------------------------+------------------------------------------------------------------------------------------------+-------------------
     c/broker-1 | 2026-01-01T00:00:00.000Z | 8 is not the line that was written                                                             | audit-default-0:2
     c/broker-1 | 2026-01-01T00:00:00.000Z | 21 missing: nothing explains it                                                                |
                |                          | is no event: it is no CloudEvent, nor an OCSF event of ours: expected value at line 1 column 1 | audit-denied-0:16
    --- stderr ---
    Signatures were not checked: add --ca FILE, or a whole epoch could be a forgery.
    Error: the trail is not the one that was written: 3 findings

    Suggestions:
        Missing numbers that nothing explains: were all destination topics and the fallback logs given? If so, somebody removed them
        Somebody else writes to the topics: look at the lines that are no events, and at who may write there
        Tampered lines: keep a copy of the topics, and look at who may write to them or to the brokers' disks
    ");
    let json = desk.run(&format!("audit verify {AT} -o json")).await;
    let body = json.split_once("--- stdout ---\n").unwrap().1;
    let body = body.split_once("--- stderr ---").unwrap().0;
    let report: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(report["verdict"], "tampered");
    assert_eq!(report["epochs"][0]["findings"][0]["kind"], "changed");
    assert_eq!(report["unreadable"]["first"][0]["place"]["position"], 16);
}

#[tokio::test]
async fn a_topic_that_is_left_out_is_missed() {
    let desk = Desk::new().await;
    cluster(&desk);
    write(&desk, &lines()).await;
    let outcome = desk
        .run("audit verify --bootstrap-server k:9092 --topic audit-allowed --topic audit-default")
        .await;
    assert!(outcome.starts_with("exit code: 1\n"), "{outcome}");
    assert!(
        outcome.contains("missing: nothing explains it"),
        "{outcome}"
    );
    assert!(outcome.contains("were all destination topics"), "{outcome}");
}

#[tokio::test]
async fn files_packed_or_not() {
    let desk = Desk::new().await;
    let lines = lines();
    let (first, second) = lines.split_at(25);
    let text = |lines: &[Written]| -> String {
        lines
            .iter()
            .map(|line| format!("{}\n", line.line))
            .collect()
    };
    std::fs::write(desk.file("a.jsonl"), text(second).replace('\n', "\r\n")).unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text(first).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    std::fs::write(desk.file("b.jsonl.gz"), &packed).unwrap();
    let command = format!(
        "audit verify {} {}",
        desk.file("a.jsonl").display(),
        desk.file("b.jsonl.gz").display()
    );
    let outcome = desk.run(&command).await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert!(outcome.contains(&format!("1-{}", lines.len())), "{outcome}");

    std::fs::write(desk.file("b.jsonl.gz"), &packed[..packed.len() / 2]).unwrap();
    let outcome = desk.run(&command).await;
    assert!(outcome.contains("b.jsonl.gz at line "), "{outcome}");
    assert!(outcome.contains("gzip -t FILE"), "{outcome}");
}

#[tokio::test]
async fn a_state_goes_on_where_it_ended_and_notices_a_topic_that_was_made_anew() {
    let desk = Desk::new().await;
    let first = cluster(&desk);
    let lines = lines();
    let (before, after) = lines.split_at(20);
    write(&desk, before).await;
    let state = desk.file("state.json").display().to_string();
    let command = format!("audit verify {AT} --state {state}");
    let outcome = desk.run(&command).await;
    assert!(
        outcome.contains("tail unknown after 20, at most 512 events"),
        "{outcome}"
    );
    write(&desk, after).await;
    let outcome = desk.run(&command).await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    // Nothing new, and nothing read twice.
    let outcome = desk.run(&format!("{command} -o json")).await;
    assert!(
        outcome.contains(&format!("\"lines\": {},", lines.len())),
        "{outcome}"
    );

    drop(first);
    cluster(&desk);
    let outcome = desk.run(&command).await;
    assert!(outcome.contains("but was read up to"), "{outcome}");
    assert!(outcome.contains("made anew"), "{outcome}");

    std::fs::write(&state, "{}").unwrap();
    let outcome = desk.run(&command).await;
    assert!(
        outcome.contains("cannot go on from [DESK]/state.json"),
        "{outcome}"
    );
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_missed() {
    let desk = Desk::new().await;
    cluster(&desk);
    write(&desk, &lines()).await;
    let outcome = desk
        .run(&format!(
            "audit verify {AT} --since 2026-01-01T00:00:00.130Z"
        ))
        .await;
    assert!(outcome.starts_with("exit code: 0\n"), "{outcome}");
    assert!(
        outcome.contains("1-12 missing: before the time that was asked for"),
        "{outcome}"
    );
}

#[tokio::test]
async fn wrong_usage() {
    let desk = Desk::new().await;
    cluster(&desk);
    for (arguments, expected) in [
        ("", "nothing is named that could be verified"),
        ("--topic audit", "no Kafka cluster is named"),
        (
            "--topic a --bootstrap-server k:9092 --since soon",
            "\"soon\" is no time",
        ),
        ("--distrust abc a.jsonl", "--ca"),
    ] {
        let outcome = desk.run(&format!("audit verify {arguments}")).await;
        assert!(outcome.starts_with("exit code: 2\n"), "{outcome}");
        assert!(outcome.contains(expected), "{outcome}");
    }
    for (arguments, expected) in [
        (
            "--topic nope --bootstrap-server k:9092",
            "knows no topic nope",
        ),
        ("--topic a --bootstrap-server away:9092", "away:9092"),
        ("nowhere.jsonl", "cannot open nowhere.jsonl"),
    ] {
        let outcome = desk.run(&format!("audit verify {arguments}")).await;
        assert!(outcome.starts_with("exit code: 1\n"), "{outcome}");
        assert!(outcome.contains(expected), "{outcome}");
    }
}
