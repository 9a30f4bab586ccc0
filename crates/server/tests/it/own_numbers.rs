//! The numbers of the server's own audit events: without a hole, chained, signed, accounted for.

use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openmds_kafka::TopicDescription;
use openmds_kafka::fake::{FakeCluster, FakeCondition};
use openmds_trail::verify::{
    Cause, End, EpochReport, Finding, Front, Limits, Report, Signatures, SignedStatement, Source,
    Verdict, Verifier,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use crate::desk::{Desk, TOPIC, document, eventually};
use crate::own_events::{Lines, SERVERS, event};
use crate::world::{HOME, LOGS, World};

/// Takes the signature of whoever is named as the server in a certificate.
struct Named;

impl Signatures for Named {
    fn check(&self, signed: &SignedStatement<'_>) -> Result<(), String> {
        let pem = signed.certificate.ok_or("no certificate")?;
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
        let (_, server) = signed.emitter.split_once("/server-").unwrap();
        let names = certificate.subject_alternative_name().unwrap().unwrap();
        let names = format!("{:?}", names.value.general_names);
        assert_eq!(names, format!("[URI(\"openmds:server:{server}\")]"));
        assert_eq!(certificate.subject().to_string(), "CN=server");
        let key = &certificate.public_key().subject_public_key.data;
        let signature = STANDARD.decode(signed.signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
            .verify(signed.statement.as_bytes(), &signature)
            .map_err(|_| "it does not fit".to_string())
    }
}

/// A server whose destination has the topic from the beginning.
async fn world_with_topic() -> (World, Desk) {
    let mut world = World::new();
    let topic = TopicDescription {
        partitions: 1,
        replication_factor: 1,
        retention_ms: Some(1),
    };
    world.logs.put_topic(TOPIC, topic);
    world.set(SERVERS, LOGS);
    let desk = world.start().await;
    desk.register("home", "home-id", HOME).await;
    desk.update(&document(1)).await.is(200);
    (world, desk)
}

/// The lines of the destination.
fn lines(cluster: &FakeCluster) -> Vec<String> {
    let records = cluster.records(TOPIC).into_iter();
    let lines = records.map(|record| String::from_utf8(record.value).unwrap());
    lines.collect()
}

fn verified<'a>(lines: impl IntoIterator<Item = &'a String>) -> Report {
    let mut verifier = Verifier::new(Limits::default(), Some(Box::new(Named)));
    let source = verifier.source(Source {
        name: "lines".to_string(),
        topic: None,
        front: Front::Whole,
    });
    for (position, line) in lines.into_iter().enumerate() {
        verifier.take(source, position as u64, line.as_bytes());
    }
    verifier.finish(None)
}

fn of_type(lines: &[String], kind: &str) -> Vec<Value> {
    let events = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    let events = events.filter(|event: &Value| {
        let kind = format!("io.openmds.trail/{kind}");
        event["type"] == kind || event["unmapped"]["type"] == kind
    });
    events.collect()
}

async fn close(desk: &Desk) {
    desk.app.trail.close(Duration::from_secs(5)).await;
}

/// Something that is denied and recorded.
async fn denial(desk: &Desk) {
    let scope = json!({"clusters": {"kafka-cluster": "payments-id"}});
    let path = "/principals/User:bob/roles/Operator";
    desk.post("alice", path, &scope).await.is(403);
}

/// Whether the figures of an account are those of the destination.
fn is_exact(account: &Value, delivered: usize) {
    let account = &account["data"]["account"];
    let figure = |name: &str| account[name].as_u64().unwrap();
    let dropped = account["dropped"].as_object().unwrap().values();
    let dropped: u64 = dropped.map(|count| count.as_u64().unwrap()).sum();
    let routed = figure("routed");
    let left_out = figure("excluded") + figure("notRouted") + figure("suppressed");
    assert_eq!(figure("decided"), routed + left_out, "{account}");
    let places = ["delivered", "waiting", "spilled", "fallback"];
    let places: u64 = places.iter().map(|name| figure(name)).sum();
    assert_eq!(routed, places + dropped, "{account}");
    assert_eq!(figure("delivered"), delivered as u64, "{account}");
}

/// How many lines are about decisions and changes.
fn happened(lines: &[String]) -> usize {
    let own = |line: &&String| line.contains("\"io.openmds.trail/");
    lines.len() - lines.iter().filter(own).count()
}

fn only(report: &Report) -> &EpochReport {
    assert_eq!(report.epochs.len(), 1, "{report:#?}");
    &report.epochs[0]
}

#[tokio::test(start_paused = true)]
async fn an_epoch_that_ends_in_order_is_complete_signed_and_named_by_the_next_one() {
    let (world, desk) = world_with_topic().await;
    denial(&desk).await;
    close(&desk).await;
    let written = lines(&world.logs);
    let report = verified(&written);
    let epoch = only(&report);
    let store = desk.app.present().server().unwrap().to_string();
    assert_eq!(epoch.emitter, format!("home-id/server-{store}"));
    assert_eq!(report.verdict, Verdict::Complete, "{report:#?}");
    assert_eq!(epoch.end, End::Proven { last: epoch.last });
    assert!(epoch.findings.is_empty(), "{epoch:#?}");
    assert_eq!(epoch.signing.through, Some(epoch.last - 1));
    assert_eq!(epoch.signing.good, Some(1));
    let accounts = of_type(&written, "account");
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["data"]["last"], true);
    is_exact(&accounts[0], happened(&written));
    let opened = of_type(&written, "epoch")[0].clone();
    assert_eq!(opened["data"]["previousEpoch"], Value::Null);
    assert_eq!(opened["data"]["queueBound"], 16_884);
    assert_eq!(opened["data"]["release"], env!("CARGO_PKG_VERSION"));
    let signer = &of_type(&written, "checkpoint")[0]["data"]["fingerprint"];
    assert_eq!(&opened["data"]["certificate"], signer);
    desk.kill().await;

    // The clock stands still, and the epoch is a later one nevertheless.
    let desk = world.start().await;
    denial(&desk).await;
    close(&desk).await;
    let report = verified(&lines(&world.logs));
    assert_eq!(report.verdict, Verdict::Complete, "{report:#?}");
    assert_eq!(report.epochs.len(), 2);
    let opened = of_type(&lines(&world.logs), "epoch")[1].clone();
    assert_eq!(opened["data"]["previousEpoch"], report.epochs[0].epoch);
    assert_eq!(opened["data"]["previousLast"], report.epochs[0].last);
    assert_ne!(&opened["data"]["certificate"], signer, "the key is another");
}

#[tokio::test(start_paused = true)]
async fn what_is_changed_or_removed_is_found() {
    let (world, desk) = world_with_topic().await;
    denial(&desk).await;
    close(&desk).await;
    let written = lines(&world.logs);
    let at = written
        .iter()
        .position(|line| line.contains("User:alice"))
        .unwrap();
    let mut changed = written.clone();
    changed[at] = changed[at].replace("User:alice", "User:mallory");
    let report = verified(&changed);
    assert_eq!(report.verdict, Verdict::Tampered, "{report:#?}");
    let number = at as u64 + 1;
    let found = only(&report).findings.iter().any(|finding| {
        matches!(finding, Finding::Changed { first, last, .. } if *first == number && *last == number)
    });
    assert!(found, "{report:#?}");
    let mut removed = written;
    removed.remove(at);
    let missing = Finding::Missing {
        first: number,
        last: number,
        cause: Cause::Nothing,
    };
    assert_eq!(only(&verified(&removed)).findings, [missing]);
}

#[tokio::test(start_paused = true)]
async fn a_killed_server_leaves_a_tail_that_is_not_known() {
    let (world, desk) = world_with_topic().await;
    denial(&desk).await;
    event(&world.logs, "mds.Authorize", |event| {
        event["data"]["authorizationInfo"]["granted"] == false
    })
    .await;
    desk.kill().await;
    let desk = world.start().await;
    denial(&desk).await;
    close(&desk).await;
    let report = verified(&lines(&world.logs));
    assert_eq!(report.verdict, Verdict::Incomplete, "{report:#?}");
    let (killed, next) = (&report.epochs[0], &report.epochs[1]);
    assert_eq!(
        killed.end,
        End::Unknown {
            at_most: Some(16_884)
        }
    );
    assert!(
        killed
            .findings
            .iter()
            .all(|finding| !matches!(finding, Finding::Missing { .. })),
        "{killed:#?}"
    );
    assert_eq!(next.verdict, Verdict::Complete, "{next:#?}");
    let opened = of_type(&lines(&world.logs), "epoch")[1].clone();
    assert_eq!(opened["data"]["previousEpoch"], killed.epoch);
    assert_eq!(opened["data"]["previousLast"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn lines_of_the_log_complete_the_trail_and_losses_name_them() {
    let (logged, _listening) = Lines::listen();
    let (world, desk) = world_with_topic().await;
    event(&world.logs, "mds.ChangeAuditLogConfig", |_| true).await;
    world.logs.set_condition(FakeCondition::Unreachable);
    for _ in 0..5 {
        denial(&desk).await;
    }
    let denials = || {
        let events = logged.events().into_iter();
        let denied = |event: &Value| event["data"]["authorizationInfo"]["granted"] == false;
        events.filter(denied).count()
    };
    eventually("all are in the log", || async {
        (denials() == 5).then_some(())
    })
    .await;
    world.logs.set_condition(FakeCondition::Reachable);
    denial(&desk).await;
    close(&desk).await;
    let delivered = lines(&world.logs);
    let in_log = logged.under("io.confluent.security.audit.log.fallback: ");
    let losses = of_type(&delivered, "loss");
    let numbers: Vec<u64> = in_log
        .iter()
        .map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["sequence"].as_str().unwrap().parse().unwrap()
        })
        .collect();
    let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
    assert_eq!(losses.len(), 1, "{losses:#?}");
    let loss = &losses[0]["data"];
    assert_eq!(loss["reason"], "fallback");
    assert_eq!(loss["ranges"], json!([[first, last]]));
    assert_eq!(loss["count"], in_log.len());
    assert_eq!(loss["topics"], json!({ TOPIC: in_log.len() }));
    // The destination alone: what is missing is explained. With the log: nothing is missing.
    let report = verified(&delivered);
    let missing = Finding::Missing {
        first,
        last,
        cause: Cause::Loss,
    };
    assert!(only(&report).findings.contains(&missing), "{report:#?}");
    let report = verified(delivered.iter().chain(&in_log));
    let is_loss = |finding: &Finding| matches!(finding, Finding::Lost { .. });
    assert!(only(&report).findings.iter().all(is_loss), "{report:#?}");
    let account = of_type(&delivered, "account").pop().unwrap();
    is_exact(&account, happened(&delivered));
    assert_eq!(account["data"]["account"]["fallback"], happened(&in_log));
}

#[tokio::test(start_paused = true)]
async fn what_finds_the_queue_full_has_numbers_that_a_loss_stands_for() {
    let (logged, _listening) = Lines::listen();
    let (world, desk) = world_with_topic().await;
    event(&world.logs, "mds.ChangeAuditLogConfig", |_| true).await;
    world.logs.set_condition(FakeCondition::Frozen);
    let action = |index: usize| {
        json!({
            "scope": {"clusters": {"kafka-cluster": "payments-id"}},
            "operation": "Read", "resourceType": "Topic",
            "resourceName": format!("{}-{index}", "x".repeat(20_000)),
        })
    };
    let actions: Vec<Value> = (0..40).map(action).collect();
    let question = json!({"userPrincipal": "User:mds", "actions": actions});
    for _ in 0..10 {
        desk.put("mds", "/authorize", &question).await.is(200);
    }
    let full = logged.under("io.confluent.security.audit.log.fallback.unnumbered: ");
    assert!(!full.is_empty());
    world.logs.set_condition(FakeCondition::Reachable);
    eventually("the queue is empty", || async {
        let text = desk.app.measurements();
        text.contains("openmds_audit_queue_events 0").then_some(())
    })
    .await;
    close(&desk).await;
    let delivered = lines(&world.logs);
    let losses = of_type(&delivered, "loss");
    // One, or several where the queue had room for a moment: together they stand for all.
    let mut lost = 0;
    for loss in &losses {
        assert_eq!(loss["data"]["reason"], "queue-full");
        let number = |name: &str| loss[name].as_str().map(|text| text.parse::<u64>().unwrap());
        let first = number("sequence").unwrap();
        let last = number("sequencelast").unwrap_or(first);
        let count = last - first + 1;
        assert_eq!(loss["data"]["ranges"], json!([[first, last]]));
        assert_eq!(loss["data"]["count"], count);
        assert_eq!(loss["data"]["topics"], json!({ TOPIC: count }));
        lost += count;
    }
    assert_eq!(lost, full.len() as u64, "{losses:#?}");
    let account = of_type(&delivered, "account").pop().unwrap();
    is_exact(&account, happened(&delivered));
    let dropped = &account["data"]["account"]["dropped"];
    assert_eq!(*dropped, json!({ "queue-full": full.len() }));
    let report = verified(&delivered);
    let findings = &only(&report).findings;
    let count = |finding: &Finding| match finding {
        Finding::Lost { count, .. } => Some(*count),
        _ => None,
    };
    let counts: Option<Vec<u64>> = findings.iter().map(count).collect();
    let found = counts.map(|counts| counts.iter().sum::<u64>());
    assert_eq!(found, Some(lost), "{report:#?}");
}

#[tokio::test(start_paused = true)]
async fn at_rest_it_says_each_minute_that_it_is_there() {
    let (world, desk) = world_with_topic().await;
    denial(&desk).await;
    tokio::time::sleep(Duration::from_secs(185)).await;
    let written = lines(&world.logs);
    let accounts = of_type(&written, "account");
    assert_eq!(accounts.len(), 3, "{accounts:#?}");
    for account in &accounts {
        assert_eq!(account["data"]["last"], false);
        is_exact(account, happened(&written));
    }
    assert_eq!(of_type(&written, "checkpoint").len(), 3);
    let report = verified(&written);
    assert_eq!(only(&report).signing.good, Some(3), "{report:#?}");
    drop(desk);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_events_are_signed_without_waiting() {
    let (world, desk) = world_with_topic().await;
    for _ in 0..1_100 {
        denial(&desk).await;
    }
    eventually("all are delivered", || async {
        let denied = |line: &&String| line.contains("\"granted\":false");
        let count = lines(&world.logs).iter().filter(denied).count();
        (count == 1_100).then_some(())
    })
    .await;
    let report = verified(&lines(&world.logs));
    assert_eq!(only(&report).signing.good, Some(1), "{report:#?}");
    assert!(only(&report).signing.through >= Some(1_000));
}

#[tokio::test(start_paused = true)]
async fn a_topic_gets_the_form_that_the_companion_asks_for() {
    let (world, desk) = world_with_topic().await;
    denial(&desk).await;
    let mut ocsf = crate::companion::companion("best-effort");
    ocsf["formats"] = json!({ TOPIC: "ocsf" });
    desk.update_companion(&ocsf).await.is(200);
    denial(&desk).await;
    close(&desk).await;
    let records = world.logs.records(TOPIC);
    let kinds: Vec<&str> = records.iter().map(|record| record.headers[0].1).collect();
    assert_eq!(kinds.first(), Some(&"application/cloudevents+json"));
    assert_eq!(kinds.last(), Some(&"application/json"));
    let last: Value = serde_json::from_slice(&records[records.len() - 1].value).unwrap();
    assert_eq!(last["class_uid"], 0);
    let report = verified(&lines(&world.logs));
    assert_eq!(report.verdict, Verdict::Complete, "{report:#?}");
}
