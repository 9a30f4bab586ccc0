//! Every kind of event in OCSF, byte for byte; that they satisfy the schema is shown where the
//! schema is at hand (`openmds-playground`).

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use openmds_trail::verify::{Front, Limits, Report, Source, Verifier};
use openmds_trail::{
    Account, AclAuthorization, AuthenticationEvent, AuthorizationEvent, Cause, Checkpoint,
    Distrust, End, Envelope, Epoch, EpochOpened, Loss, MetadataChange, MetadataDecision, Opening,
    Origin, RbacAuthorization, Reason, Signer, Stamper,
};
use serde_json::{Value, json};
use uuid::Uuid;

const CLUSTER: &str = "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g";

fn envelope(subject: &'static str) -> Envelope<'static> {
    Envelope {
        id: Uuid::from_u128(0x3ad2_1961_13be_4e71_a583_d1b2_9e48_8ff6),
        source: CLUSTER,
        subject,
        time_micros: 1_669_278_512_579_313,
        route: "ocsf-events",
    }
}

fn decision(
    operation: &'static str,
    granted: bool,
    cause: Cause<'static>,
) -> AuthorizationEvent<'static> {
    AuthorizationEvent {
        id: Uuid::from_u128(0x3ad2_1961_13be_4e71_a583_d1b2_9e48_8ff6),
        source: CLUSTER,
        subject: "crn:///kafka=dAkAmyKqTTSosZSZzR-r3g/topic=test2",
        time_micros: 1_669_278_512_579_313,
        route: "ocsf-events",
        method: "kafka.CreateTopics",
        principal: "User:CN=\"al\\ice\"\n",
        granted,
        operation,
        resource_type: "Topic",
        resource_name: "test2",
        pattern_type: "LITERAL",
        cause,
        correlation_id: 3,
        client_id: Some("adminclient-1"),
        client_address: Some(IpAddr::V4(Ipv4Addr::new(172, 28, 0, 1))),
    }
}

fn log_in(accepted: bool, mechanism: &'static str) -> AuthenticationEvent<'static> {
    AuthenticationEvent {
        envelope: envelope(CLUSTER),
        principal: if accepted {
            "User:alice"
        } else {
            openmds_trail::UNKNOWN_USER
        },
        mechanism,
        identifier: if accepted { "" } else { "alice" },
        accepted,
        message: if accepted {
            ""
        } else {
            "Authentication failed: Invalid username or password"
        },
        client_address: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    }
}

fn of_the_service(lines: &mut Lines) {
    let clusters = BTreeMap::from([("kafka-cluster", "dAkAmyKqTTSosZSZzR-r3g")]);
    let asked = MetadataDecision {
        envelope: envelope(CLUSTER),
        origin: Origin {
            acted_by: Some("User:c3"),
            asked_by: Some("User:sr"),
            request_id: Some("r-1"),
            client_address: None,
        },
        principal: "User:alice",
        granted: true,
        operation: "AlterAccess",
        resource_type: "SecurityMetadata",
        resource_name: "SecurityMetadata",
        pattern_type: "LITERAL",
        super_user: false,
        acl: None,
        rbac: Some(RbacAuthorization {
            role: "UserAdmin",
            clusters: &clusters,
            acting_principal: Some("Group:admins"),
        }),
    };
    let denied = MetadataDecision {
        granted: false,
        rbac: None,
        acl: Some(AclAuthorization {
            permission_type: "DENY",
            host: "*",
            acting_principal: None,
        }),
        ..asked
    };
    let change = MetadataChange {
        envelope: envelope(CLUSTER),
        origin: Origin::default(),
        principal: "User:mds",
        method: "mds.ChangeRoleBinding",
        kind: "role-binding",
        key: "User:alice:DeveloperRead",
        before: None,
        after: Some(&json!({"resourcePatterns": []})),
        generation: Some((6, 7)),
    };
    for line in [asked.to_ocsf(), denied.to_ocsf(), change.to_ocsf()] {
        lines.add(1, |out| out.extend(line));
    }
}

/// Lines of one epoch, one after the other.
struct Lines(Stamper, Vec<String>);

impl Lines {
    fn add(&mut self, count: u64, write: impl FnOnce(&mut Vec<u8>)) {
        let mut line = Vec::new();
        write(&mut line);
        self.0.stamp(&mut line, 0, count);
        self.1.push(String::from_utf8_lossy(&line).into_owned());
    }
}

fn epoch() -> Vec<String> {
    let opening = Opening {
        emitter: "dAkAmyKqTTSosZSZzR-r3g/broker-1",
        epoch: Epoch::new(1_669_278_512_579),
        previous: None,
        end: None,
    };
    let mut lines = Lines(Stamper::new(&opening), Vec::new());
    let opened = EpochOpened {
        envelope: envelope(CLUSTER),
        opening,
        queue_bound: 65_536,
        certificate: None,
        release: "0.1.0",
    };
    lines.add(1, |out| opened.write_ocsf(out));
    for (operation, granted, cause) in [
        ("Create", true, Cause::SuperUser),
        ("Describe", false, Cause::Nothing),
        (
            "Write",
            true,
            Cause::RoleBinding {
                role: "DeveloperWrite",
                cluster_id: "dAkAmyKqTTSosZSZzR-r3g",
                acting_principal: Some("Group:g"),
            },
        ),
        (
            "Delete",
            false,
            Cause::Acl {
                allows: false,
                host: "*",
                acting_principal: Some("User:*"),
            },
        ),
        (
            "ClusterAction",
            true,
            Cause::Acl {
                allows: true,
                host: "10.0.0.1",
                acting_principal: None,
            },
        ),
    ] {
        lines.add(1, |out| decision(operation, granted, cause).write_ocsf(out));
    }
    let bare = AuthorizationEvent {
        client_id: None,
        client_address: None,
        ..decision("Read", true, Cause::Nothing)
    };
    lines.add(1, |out| bare.write_ocsf(out));
    for (accepted, mechanism) in [
        (true, "SASL_SSL/OAUTHBEARER"),
        (false, "SASL_PLAINTEXT/PLAIN"),
        (true, "SASL_SSL/GSSAPI"),
    ] {
        lines.add(1, |out| log_in(accepted, mechanism).write_ocsf(out));
    }
    of_the_service(&mut lines);
    let topics = BTreeMap::from([("ocsf-events".to_string(), 4)]);
    let loss = Loss {
        envelope: envelope(CLUSTER),
        count: 4,
        reason: Reason::QueueFull,
        epoch: None,
        ranges: &[(14, 17)],
        from_micros: 1_669_278_512_000_000,
        to_micros: 1_669_278_513_000_000,
        topics: &topics,
    };
    lines.add(4, |out| loss.write_ocsf(out));
    let end: End = lines.0.end();
    let signer = Signer {
        fingerprint: "8d3fa1f40a5e4c6f0a4a4bd3cf7c2a1b9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a",
        certificate: None,
    };
    let checkpoint = Checkpoint {
        envelope: envelope(CLUSTER),
        end,
        signer,
        signature: "MEUCIQ",
    };
    lines.add(1, |out| checkpoint.write_ocsf(out));
    let distrust = Distrust {
        envelope: envelope(CLUSTER),
        reason: "the documents bear no signature",
        document: signer.fingerprint,
        companion: signer.fingerprint,
        in_force: "bNqK1mHqLDxB1hQ9uNdUfA",
    };
    lines.add(1, |out| distrust.write_ocsf(out));
    lines.add(1, |out| {
        Account::default().write_ocsf(&envelope(CLUSTER), (true, false), out)
    });
    lines.1
}

#[test]
fn the_golden_events_are_written_byte_for_byte() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats/ocsf.v1.jsonl");
    let written = epoch().join("\n") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    assert_eq!(written, std::fs::read_to_string(path).unwrap());
}

#[test]
fn what_a_name_says_stays_inside_its_string() {
    for line in epoch() {
        assert!(!line.contains('\n'), "{line}");
        let event: Value = serde_json::from_str(&line).unwrap();
        if let Some(user) = event.pointer("/actor/user/uid").and_then(Value::as_str)
            && user.starts_with("User:CN")
        {
            assert_eq!(user, "User:CN=\"al\\ice\"\n");
            assert_eq!(event["actor"]["user"]["name"], "CN=\"al\\ice\"\n");
        }
    }
}

fn verified(lines: &[String]) -> Report {
    let mut verifier = Verifier::new(Limits::default(), None);
    let source = verifier.source(Source {
        name: "ocsf-events-0".to_owned(),
        topic: Some("ocsf-events".to_owned()),
        front: Front::Whole,
    });
    for (position, line) in (0..).zip(lines) {
        verifier.take(source, position, line.as_bytes());
    }
    verifier.finish(None)
}

#[test]
fn an_epoch_in_ocsf_is_verified_like_any() {
    let mut lines = epoch();
    let whole = verified(&lines);
    assert_eq!(whole.unreadable.count + whole.unnumbered.count, 0);
    let epoch = &whole.epochs[0];
    assert_eq!(epoch.lines, u64::try_from(lines.len()).unwrap());
    // What the loss names is explained, and nothing else is missing.
    assert_eq!(epoch.findings.len(), 1, "{:?}", epoch.findings);
    lines[2] = lines[2].replace("denied", "allowed");
    let findings = &verified(&lines).epochs[0].findings;
    assert_eq!(findings.len(), 2, "{findings:?}");
}
