//! A small epoch, byte for byte: what an emitter writes of itself, stamped and chained.

use std::collections::BTreeMap;
use std::path::Path;

use openmds_trail::{
    Account, AuthenticationEvent, Checkpoint, Distrust, End, Envelope, Epoch, EpochFile,
    EpochOpened, Hash, Loss, Opening, Reason, Signer, Stamper, checkpoint_statement,
};
use serde_json::Value;
use uuid::Uuid;

const TIME: i64 = 1_669_278_512_579_313;
const EMITTER: &str = "EyVCDzKYSc2vXhyD-z9PXg/broker-1";
const FINGERPRINT: &str = "8d3fa1f40a5e4c6f0a4a4bd3cf7c2a1b9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a";

fn envelope() -> Envelope<'static> {
    Envelope {
        id: Uuid::from_u128(0x3ad2_1961_13be_4e71_a583_d1b2_9e48_8ff6),
        source: "crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg",
        subject: "crn:///kafka=EyVCDzKYSc2vXhyD-z9PXg",
        time_micros: TIME,
        route: "confluent-audit-log-events",
    }
}

fn opening() -> Opening<'static> {
    Opening {
        emitter: EMITTER,
        epoch: Epoch::new(1_669_278_512_579),
        previous: Some(Epoch::new(1_669_278_500_000)),
        end: Some(End {
            last: 41,
            hash: Hash::of(b"the last line of the epoch before"),
        }),
    }
}

/// Lines of one epoch, one after the other.
struct Lines(Stamper, Vec<String>);

impl Lines {
    fn add(&mut self, count: u64, write: impl FnOnce(&mut Vec<u8>)) {
        let mut line = b"before it in the buffer".to_vec();
        let from = line.len();
        write(&mut line);
        self.0.stamp(&mut line, from, count);
        let line = line.split_off(from);
        self.1.push(String::from_utf8_lossy(&line).into_owned());
    }
}

fn loss<'a>(
    reason: Reason,
    ranges: &'a [(u64, u64)],
    topics: &'a BTreeMap<String, u64>,
) -> Loss<'a> {
    Loss {
        envelope: envelope(),
        count: ranges.iter().map(|(first, last)| last - first + 1).sum(),
        reason,
        epoch: None,
        ranges,
        from_micros: TIME - 20_000,
        to_micros: TIME,
        topics,
    }
}

fn account() -> Account {
    Account {
        decided: 10,
        routed: 6,
        excluded: 1,
        not_routed: 2,
        suppressed: 1,
        delivered: 1,
        fallback: 2,
        dropped: BTreeMap::from([(Reason::QueueFull, 3)]),
        ..Account::default()
    }
}

fn epoch() -> Vec<String> {
    let mut lines = Lines(Stamper::new(&opening()), Vec::new());
    let opened = EpochOpened {
        envelope: envelope(),
        opening: opening(),
        queue_bound: 65_536,
        certificate: Some(FINGERPRINT),
        release: "0.1.0",
    };
    lines.add(1, |out| opened.write_json(out));
    let login = AuthenticationEvent {
        envelope: envelope(),
        principal: "User:,\"data\":",
        mechanism: "SSL",
        identifier: "CN=a",
        accepted: true,
        message: "",
        client_address: None,
    };
    lines.add(1, |out| login.write_json(out));
    let topics = BTreeMap::from([("confluent-audit-log-events".to_owned(), 2)]);
    let full = loss(Reason::QueueFull, &[(3, 5)], &topics);
    lines.add(full.count, |out| full.write_json(out));
    let nothing_known = BTreeMap::new();
    let refused = loss(Reason::Fallback, &[(1, 1), (2, 2)], &nothing_known);
    lines.add(1, |out| refused.write_json(out));
    lines.add(1, |out| {
        account().write_json(&envelope(), (true, false), out)
    });
    for certificate in [
        Some("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        None,
    ] {
        let checkpoint = Checkpoint {
            envelope: envelope(),
            end: lines.0.end(),
            signature: "MEUCIQ==",
            signer: Signer {
                fingerprint: FINGERPRINT,
                certificate,
            },
        };
        lines.add(1, |out| checkpoint.write_json(out));
    }
    lines.1
}

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
    std::fs::read_to_string(path.join(name)).unwrap_or_default()
}

#[test]
fn the_golden_epoch_is_written_byte_for_byte() {
    let written = epoch().concat().replace("}{", "}\n{") + "\n";
    assert_eq!(written, golden("trail-epoch.v1.jsonl"));
}

#[test]
fn the_golden_loss_of_a_former_epoch_is_written_byte_for_byte() {
    let nothing_known = BTreeMap::new();
    let former = Loss {
        epoch: Some(Epoch::new(1_669_000_000_000)),
        count: 2,
        ..loss(Reason::SpoolDamaged, &[(7, 9)], &nothing_known)
    };
    let mut lines = Lines(Stamper::new(&opening()), Vec::new());
    lines.add(1, |out| former.write_json(out));
    let written = lines.1.concat() + "\n";
    let name = "trail-loss-former.v1.jsonl";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
        std::fs::write(path.join(name), &written).unwrap();
    }
    assert_eq!(written, golden(name));
}

#[test]
fn the_golden_distrust_of_documents_is_written_byte_for_byte() {
    let distrust = Distrust {
        envelope: envelope(),
        reason: "the signature is of other documents",
        document: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        companion: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        in_force: "bNqK1mHqLDxB1hQ9uNdUfA",
    };
    let mut lines = Lines(Stamper::new(&opening()), Vec::new());
    lines.add(1, |out| distrust.write_json(out));
    let written = lines.1.concat() + "\n";
    let name = "trail-distrust.v1.jsonl";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
        std::fs::write(path.join(name), &written).unwrap();
    }
    assert_eq!(written, golden(name));
}

#[test]
fn every_line_names_its_number_and_the_hash_of_the_line_before() {
    let mut chain = opening().hash();
    let mut next = 1;
    for line in epoch() {
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["emitter"], EMITTER);
        assert_eq!(event["epoch"], "1669278512579");
        assert_eq!(event["sequence"], next.to_string());
        assert_eq!(event["chain"], chain.to_string());
        let keys: Vec<&str> = event["data"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert!(!keys.contains(&"emitter"), "{keys:?}");
        let last = event
            .get("sequencelast")
            .map_or(next, |last| last.as_str().unwrap().parse().unwrap());
        (chain, next) = (Hash::of(line.as_bytes()), last + 1);
    }
    assert_eq!(next, 10);
}

#[test]
fn statements_say_what_is_not_known() {
    let known = opening().statement();
    let lines: Vec<&str> = known.split('\n').collect();
    assert_eq!(
        lines[..5],
        [
            "openmds-epoch-v1",
            EMITTER,
            "1669278512579",
            "1669278500000",
            "41"
        ]
    );
    let fresh = Opening {
        previous: None,
        end: None,
        ..opening()
    };
    assert_eq!(
        fresh.statement(),
        format!("openmds-epoch-v1\n{EMITTER}\n1669278512579\n-\n-\n-")
    );
    let hash = Hash::of(b"abc");
    assert_eq!(
        checkpoint_statement(EMITTER, opening().epoch, 7, hash),
        format!("openmds-checkpoint-v1\n{EMITTER}\n1669278512579\n7\n{hash}")
    );
}

#[test]
fn an_epoch_is_later_than_the_one_before_whatever_the_clock_says() {
    let former = Epoch::new(1_669_278_512_579);
    assert_eq!(
        Epoch::after(None, 1_700_000_000_000).to_string(),
        "1700000000000"
    );
    assert_eq!(
        Epoch::after(Some(former), 1_000).to_string(),
        "1669278512580"
    );
    assert_eq!(Epoch::parse("1669278512579"), Some(former));
    for text in ["", "166927851257", "+669278512579", "166927851257x"] {
        assert_eq!(Epoch::parse(text), None, "{text}");
    }
}

#[test]
fn the_file_of_the_last_epoch_is_as_golden() {
    let running = EpochFile {
        epoch: opening().epoch,
        end: None,
    };
    let ended = EpochFile {
        end: opening().end,
        ..running
    };
    assert_eq!(running.text() + &ended.text(), golden("epoch-file.v1.txt"));
}

#[test]
fn an_account_that_does_not_fit_is_told() {
    assert!(account().balances());
    for wrong in [
        Account {
            decided: 11,
            ..account()
        },
        Account {
            waiting: 1,
            ..account()
        },
        Account {
            dropped: BTreeMap::new(),
            ..account()
        },
    ] {
        assert!(!wrong.balances(), "{wrong:?}");
    }
}

#[test]
fn every_reason_reads_back() {
    for reason in Reason::ALL {
        assert_eq!(Reason::parse(reason.name()), Some(reason));
    }
    assert_eq!(Reason::parse("bored"), None);
}

#[test]
fn a_line_without_data_is_stamped_at_its_end() {
    let mut stamper = Stamper::new(&opening());
    let mut line = br#"{"id":"1"}"#.to_vec();
    stamper.stamp(&mut line, 0, 1);
    let event: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(
        (&event["id"], &event["sequence"]),
        (&"1".into(), &"1".into())
    );
    let mut nothing = Vec::new();
    assert_eq!(stamper.stamp(&mut nothing, 0, 1), 2);
}
