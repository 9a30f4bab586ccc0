//! What leaves the queue is numbered and chained; what is lost has numbers too; and the account of
//! what was decided is exact.

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::pairs::Pairs;
use openmds_trail::verify::{Finding, Front, Limits, Report, Source, Verdict, Verifier};
use openmds_trail::{Epoch, EpochFile, Hash, Opening};
use serde_json::Value;

use crate::message::{CREATE, DENIED, Sent, TOPIC, WRITE, drained, pack, record};

const START: i64 = 1_676_959_658_958_333;
const EMITTER: &str = "KID/broker-1";

fn engine(queue_max_bytes: usize) -> Engine {
    let engine = Engine::new(Settings {
        exporter_principal: Some("User:writer".to_owned()),
        queue_max_bytes,
        ..Settings::default()
    });
    engine.identify("KID");
    engine
}

fn pairs(of: &[(&str, &str)]) -> Pairs {
    let mut pairs = Pairs::new();
    of.iter().for_each(|(key, value)| pairs.add(key, *value));
    pairs
}

fn tell(engine: &Engine, of: &[(&str, &str)]) -> Pairs {
    engine.tell(&pairs(of), || START)
}

fn open(engine: &Engine, file: &str) -> Pairs {
    tell(
        engine,
        &[("what", "open"), ("node", "broker-1"), ("file", file)],
    )
}

fn create(engine: &Engine, topic: &str) {
    let message = pack(19, "User:alice", None, &[(CREATE, TOPIC, topic, DENIED)]);
    record(engine, &message, || START);
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// Every line names its number and the hash of the line before it; answers the last number.
fn check_chain(events: &[Sent], opening: &Opening<'_>) -> u64 {
    let (mut chain, mut next) = (opening.hash(), 1);
    for Sent { number, line, .. } in events {
        let event = json(line);
        assert_eq!(event["emitter"], opening.emitter);
        assert_eq!(event["epoch"], opening.epoch.to_string());
        assert_eq!(event["sequence"], number.to_string());
        assert_eq!(
            (*number, &event["chain"]),
            (next, &chain.to_string().into())
        );
        let last = event.get("sequencelast").map(|last| last.as_str().unwrap());
        next = last.map_or(*number, |last| last.parse().unwrap()) + 1;
        chain = Hash::of(line.as_bytes());
    }
    next - 1
}

fn first_epoch() -> Opening<'static> {
    Opening {
        emitter: EMITTER,
        epoch: Epoch::new(1_676_959_658_958),
        previous: None,
        end: None,
    }
}

#[test]
fn nothing_is_numbered_before_an_epoch_is_open_and_nothing_opens_without_an_event() {
    let engine = engine(1 << 20);
    create(&engine, "a");
    let before = drained(&engine);
    assert_eq!((before.len(), before[0].number), (1, 0));
    assert!(!before[0].line.contains("sequence"), "{before:?}");
    let opened = open(&engine, "");
    assert_eq!(opened.first("epoch"), Some("1676959658958"));
    assert_eq!(drained(&engine), []);
    assert_eq!(tell(&engine, &[("what", "end")]), Pairs::new());
    assert_eq!(tell(&engine, &[("what", "statement")]), Pairs::new());
}

#[test]
fn events_are_chained_from_the_opening_on() {
    let engine = engine(1 << 20);
    open(&engine, "");
    for topic in 0..30 {
        create(&engine, &format!("t-{topic}"));
    }
    let events = drained(&engine);
    assert_eq!(check_chain(&events, &first_epoch()), 31);
    let first = json(&events[0].line);
    assert_eq!(first["type"], "io.openmds.trail/epoch");
    assert_eq!(first["route"], "confluent-audit-log-events");
    assert_eq!(first["data"]["previousEpoch"], Value::Null);
    assert!(first["data"]["queueBound"].as_u64().unwrap() > 1_000);
    assert!(events[0].own && events[1..].iter().all(|event| !event.own));
    assert_eq!(
        json(&events[1].line)["data"]["authorizationInfo"]["resourceName"],
        "t-0"
    );
}

#[test]
fn an_epoch_names_the_one_before_and_where_it_ended() {
    let engine = engine(1 << 20);
    let running = open(&engine, "").first("file").unwrap().to_owned();
    create(&engine, "t");
    let events = drained(&engine);
    let ended = tell(&engine, &[("what", "end")]);
    let file = EpochFile::parse(ended.first("file").unwrap()).unwrap();
    let end = file.end.unwrap();
    assert_eq!(
        (end.last, end.hash),
        (2, Hash::of(events[1].line.as_bytes()))
    );

    for (former, known) in [(file.text(), Some(end)), (running, None)] {
        let next = self::engine(1 << 20);
        // The clock stands still: the epoch is later all the same.
        assert_eq!(open(&next, &former).first("epoch"), Some("1676959658959"));
        create(&next, "t");
        let events = drained(&next);
        let opening = Opening {
            epoch: Epoch::new(1_676_959_658_959),
            previous: Some(file.epoch),
            end: known,
            ..first_epoch()
        };
        check_chain(&events, &opening);
        let data = &json(&events[0].line)["data"];
        assert_eq!(data["previousEpoch"], "1676959658958");
        assert_eq!(data["previousLast"].as_u64(), known.map(|end| end.last));
    }
}

#[test]
fn what_found_the_queue_full_has_numbers_and_one_event_that_stands_for_them() {
    let engine = engine(4_096);
    open(&engine, "");
    for topic in 0..100 {
        create(&engine, &format!("t-{topic}"));
    }
    let dropped = engine.counters().sum(Counter::DroppedQueueFull);
    assert!(dropped > 1);
    let events = drained(&engine);
    assert_eq!(check_chain(&events, &first_epoch()), 101);
    let loss = json(&events[1].line);
    assert_eq!(loss["type"], "io.openmds.trail/loss");
    let (first, last) = (2, 1 + dropped);
    assert_eq!(loss["sequencelast"], last.to_string());
    assert_eq!(loss["data"]["ranges"], serde_json::json!([[first, last]]));
    assert_eq!(
        (&loss["data"]["count"], &loss["data"]["reason"]),
        (&dropped.into(), &"queue-full".into())
    );
    assert_eq!(
        loss["data"]["topics"]["confluent-audit-log-events"],
        dropped
    );
    assert_eq!(loss["data"]["from"], "2023-02-21T06:07:38.958333Z");
    create(&engine, "later");
    let later = drained(&engine);
    assert_eq!(
        (later.len(), later[0].own),
        (1, false),
        "the loss is told once: {later:?}"
    );
}

#[test]
fn an_event_that_cannot_be_written_has_a_number_and_keeps_no_other_back() {
    let engine = engine(1 << 20);
    open(&engine, "");
    for topic in ["a", "b", "c"] {
        create(&engine, topic);
    }
    engine.break_next_event();
    let events = drained(&engine);
    assert_eq!(check_chain(&events, &first_epoch()), 4);
    let loss = json(&events[1].line);
    assert_eq!(loss["data"]["reason"], "unrecorded");
    assert_eq!(loss["data"]["ranges"], serde_json::json!([[2, 2]]));
    assert_eq!(events.iter().filter(|event| !event.own).count(), 2);
    let unrecorded =
        [Counter::Panics, Counter::Unrecorded].map(|counter| engine.counters().sum(counter));
    assert_eq!(unrecorded, [1, 1]);
    assert_eq!(accounted(&engine), (3, 3, 1));
}

#[test]
fn what_java_tells_becomes_events_of_the_chain() {
    let engine = engine(1 << 20);
    open(&engine, "");
    let minimal = r#"{"type":"io.openmds.kafka/unrouted","data":{"reason":"x"}}"#;
    let told = tell(&engine, &[("what", "line"), ("line", minimal)]);
    assert_eq!(told.first("sequence"), Some("2"));
    let stamped = told.first("line").unwrap().to_owned();
    let loss = [
        ("what", "loss"),
        ("reason", "fallback"),
        ("range", "2-2"),
        ("from", "1676959658000000"),
        ("topic", "t"),
        ("topic_count", "1"),
    ];
    assert_eq!(tell(&engine, &loss).first("sequence"), Some("3"));
    let account = [
        ("what", "account"),
        ("decided", "1"),
        ("dropped.unrecorded", "1"),
        ("last", "true"),
    ];
    assert_eq!(tell(&engine, &account).first("sequence"), Some("4"));
    let asked = tell(&engine, &[("what", "statement")]);
    let stale = [
        ("what", "checkpoint"),
        ("sequence", "3"),
        ("signature", "x"),
    ];
    assert_eq!(tell(&engine, &stale).first("sequence"), Some("0"));
    let signed = [
        ("what", "checkpoint"),
        ("sequence", "4"),
        ("signature", "MEUC"),
        ("fingerprint", "ab"),
    ];
    assert_eq!(tell(&engine, &signed).first("sequence"), Some("5"));

    let mut events = drained(&engine);
    let line = Sent {
        own: true,
        ticket: None,
        number: 2,
        topic: String::new(),
        line: stamped,
    };
    events.insert(1, line);
    assert_eq!(check_chain(&events, &first_epoch()), 5);
    assert_eq!(
        json(&events[2].line)["data"]["ranges"],
        serde_json::json!([[2, 2]])
    );
    let account = &json(&events[3].line)["data"];
    assert_eq!(
        (
            &account["last"],
            &account["account"]["dropped"]["unrecorded"]
        ),
        (&true.into(), &1.into())
    );
    let checkpoint = json(&events[4].line);
    assert_eq!(checkpoint["data"]["hash"], checkpoint["chain"]);
    let hash = checkpoint["chain"].as_str().unwrap();
    let statement = format!("openmds-checkpoint-v1\n{EMITTER}\n1676959658958\n4\n{hash}");
    assert_eq!(asked.first("statement"), Some(&*statement));
}

#[test]
fn nonsense_from_java_becomes_no_event() {
    let engine = engine(1 << 20);
    assert_eq!(
        tell(&engine, &[("what", "line"), ("line", "{}")]),
        Pairs::new()
    );
    open(&engine, "");
    assert_eq!(tell(&engine, &[("what", "nothing")]), Pairs::new());
    assert_eq!(tell(&engine, &[]), Pairs::new());
    assert_eq!(
        tell(&engine, &[("what", "loss"), ("reason", "bored")]).first("sequence"),
        Some("0")
    );
    assert_eq!(drained(&engine), []);
}

fn verified(lines: &[String]) -> Report {
    let mut verifier = Verifier::new(Limits::default(), None);
    let source = verifier.source(Source {
        name: "lines".to_owned(),
        topic: None,
        front: Front::Whole,
    });
    for (position, line) in (1..).zip(lines) {
        verifier.take(source, position, line.as_bytes());
    }
    verifier.finish(None)
}

#[test]
fn the_verifier_finds_it_whole_and_an_edited_line_where_it_is() {
    let mut file = String::new();
    let mut lines = Vec::new();
    for _ in 0..2 {
        let engine = engine(1 << 20);
        open(&engine, &file);
        for topic in 0..40 {
            create(&engine, &format!("t-{topic}"));
        }
        lines.extend(drained(&engine).into_iter().map(|event| event.line));
        tell(&engine, &[("what", "account"), ("last", "true")]);
        lines.extend(drained(&engine).into_iter().map(|event| event.line));
        file = tell(&engine, &[("what", "end")])
            .first("file")
            .unwrap()
            .to_owned();
    }
    let report = verified(&lines);
    assert_eq!(report.verdict, Verdict::Complete, "{report:#?}");
    assert_eq!((report.lines, report.epochs.len()), (84, 2));
    lines[20] = lines[20].replace("User:alice", "User:mallory");
    let report = verified(&lines);
    assert_eq!(report.verdict, Verdict::Tampered, "{report:#?}");
    let found = &report.epochs[0].findings[0];
    assert!(
        matches!(
            found,
            Finding::Changed {
                first: 21,
                last: 21,
                ..
            }
        ),
        "{found:?}"
    );
}

/// What became of decisions, by the counters; and of those that are routed.
fn accounted(engine: &Engine) -> (u64, u64, u64) {
    let sum = |counters: &[Counter]| -> u64 {
        counters
            .iter()
            .map(|counter| engine.counters().sum(*counter))
            .sum()
    };
    let routed = sum(&[Counter::Routed]);
    let others = [
        Counter::Excluded,
        Counter::Discarded,
        Counter::Unwanted,
        Counter::SuppressedOwn,
        Counter::SuppressedTwice,
    ];
    let waiting = u64::try_from(engine.queue().len()).unwrap() + engine.pending();
    let gone = sum(&[Counter::DroppedQueueFull, Counter::Unrecorded]);
    (routed + sum(&others), routed, waiting + gone)
}

#[test]
fn the_account_is_exact_after_eight_threads_a_full_queue_and_defects() {
    const THREADS: u64 = 8;
    const EACH: u64 = 2_000;
    let engine = engine(64 << 10);
    open(&engine, "");
    let asking = std::sync::atomic::AtomicU64::new(THREADS);
    let drained = std::thread::scope(|scope| {
        let drain = scope.spawn(|| {
            let mut happened = 0;
            while asking.load(std::sync::atomic::Ordering::Acquire) > 0 {
                let events = drained(&engine);
                happened += events.iter().filter(|event| !event.own).count();
            }
            happened
        });
        for thread in 0..THREADS {
            let (engine, asking) = (&engine, &asking);
            scope.spawn(move || {
                for round in 0..EACH {
                    let topic = format!("t-{thread}-{round}");
                    let key = if round % 7 == 0 { 58 } else { 0 };
                    let user = ["User:alice", "User:writer"][usize::try_from(round % 2).unwrap()];
                    let own = "confluent-audit-log-events";
                    let actions = [
                        (CREATE, TOPIC, topic.as_str(), DENIED),
                        (WRITE, TOPIC, own, DENIED),
                        (WRITE, TOPIC, "unwanted", 0),
                    ];
                    let message = pack(key, user, None, &actions);
                    if round % 50 == 0 {
                        engine.break_next_record();
                    }
                    let mut verdicts = Vec::new();
                    let asked = engine.decide(&message, false, &mut verdicts).unwrap();
                    let note = || engine.note(&asked, &verdicts, || START);
                    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(note)).is_err() {
                        engine.give_up(&asked, &verdicts);
                    }
                }
                asking.fetch_sub(1, std::sync::atomic::Ordering::Release);
            });
        }
        drain.join().unwrap()
    });
    let (decided, routed, elsewhere) = accounted(&engine);
    assert_eq!(decided, THREADS * EACH * 3);
    assert_eq!(routed, u64::try_from(drained).unwrap() + elsewhere);
    assert!(engine.counters().sum(Counter::Unrecorded) > 0);
    assert!(engine.counters().sum(Counter::SuppressedTwice) > 0);
    assert!(engine.counters().sum(Counter::SuppressedOwn) > 0);
}

#[test]
fn what_was_decided_before_the_cluster_had_a_name_is_accounted_for_throughout() {
    let engine = Engine::new(Settings {
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    engine
        .apply(
            r#"{"destinations": {"topics": {"confluent-audit-log-events-d": {}}},
        "default_topics": {"allowed": "", "denied": "confluent-audit-log-events-d"}}"#,
        )
        .unwrap();
    create(&engine, "t");
    let allowed = pack(19, "User:alice", None, &[(CREATE, TOPIC, "t", 7)]);
    record(&engine, &allowed, || START);
    assert_eq!(accounted(&engine), (2, 2, 2));
    engine.identify("KID");
    open(&engine, "");
    let events = drained(&engine);
    assert_eq!(events.len(), 2, "the opening and the denial");
    assert_eq!(events[0].topic, "confluent-audit-log-events-d");
    assert_eq!(accounted(&engine), (2, 1, 0));
}
