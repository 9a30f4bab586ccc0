//! The feed's golden bytes, and what a node does with what it is told.

use std::collections::BTreeSet;
use std::path::PathBuf;

use openmds_policy::acl::{AclBinding, WrittenAcl};
use openmds_policy::feed::{
    Change, Changes, Difference, FeedError, Followed, Grant, Membership, Message, Policy, Refused,
    Snapshot, decode, encode,
};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};

const SERVER: &str = "0b0e7d4c-3a55-4c86-9a54-3d7f6f0a5f11";

fn pattern(kind: &str, name: &str, pattern_type: PatternType) -> ResourcePattern {
    ResourcePattern::parse(kind, name, pattern_type).unwrap()
}

fn grant(principal: Principal, role: &str, patterns: Option<Vec<ResourcePattern>>) -> Grant {
    Grant {
        principal,
        role: role.to_string(),
        patterns: patterns.map(BTreeSet::from_iter),
    }
}

fn acl(principal: &str, host: &str, operation: &str, permission_type: &str) -> AclBinding {
    AclBinding::parse(&WrittenAcl {
        resource_type: "TOPIC",
        name: "orders",
        pattern_type: "PREFIXED",
        principal,
        host,
        operation,
        permission_type,
    })
    .unwrap()
}

fn membership(user: &str, groups: &[&str]) -> Membership {
    Membership {
        user: user.to_string(),
        groups: groups.iter().map(ToString::to_string).collect(),
    }
}

fn snapshot(generation: u64) -> Snapshot {
    let orders = pattern("Topic", "orders", PatternType::Literal);
    let readers = pattern("Group", "readers-", PatternType::Prefixed);
    Snapshot {
        server: SERVER.to_string(),
        cluster: ClusterId::new("lkc-1"),
        generation,
        issued_ms: 1_754_000_000_000,
        grants: vec![
            grant(
                Principal::group("Zoë's"),
                "DeveloperRead",
                Some(vec![orders, readers]),
            ),
            grant(Principal::user("root"), "SystemAdmin", Some(Vec::new())),
        ],
        acls: vec![acl("User:*", "10.0.0.1", "WRITE", "DENY")],
        memberships: vec![membership("alice", &["Zoë's"])],
        keys: r#"{"keys":[]}"#.to_string(),
    }
}

fn changes(from: u64, to: u64, changes: Vec<Change>) -> Message {
    Message::Changes(Changes {
        server: SERVER.to_string(),
        cluster: ClusterId::new("lkc-1"),
        from,
        to,
        issued_ms: 1_754_000_000_500,
        changes,
    })
}

fn every_change() -> Vec<Change> {
    let payments = pattern("Topic", "payments", PatternType::Literal);
    vec![
        Change::Grant(grant(Principal::user("root"), "SystemAdmin", None)),
        Change::Grant(grant(
            Principal::group("Zoë's"),
            "DeveloperRead",
            Some(vec![
                pattern("Topic", "orders", PatternType::Literal),
                payments,
            ]),
        )),
        Change::Acl {
            acl: acl("User:*", "10.0.0.1", "WRITE", "DENY"),
            present: false,
        },
        Change::Membership(membership("alice", &[])),
        Change::Keys(r#"{"keys":[{}]}"#.to_string()),
    ]
}

/// Bytes of a file under `spec/formats`: what stands before `#` in each line.
fn golden(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/formats");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let lines = text.lines().map(|line| line.split('#').next().unwrap());
    let bytes = lines.flat_map(str::split_whitespace);
    bytes
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

fn held() -> Policy {
    let mut policy = Policy::nothing(ClusterId::new("lkc-1"));
    policy.follow(Message::Snapshot(snapshot(7))).unwrap();
    policy
}

#[test]
fn the_golden_snapshot_is_read_and_written() {
    let message = Message::Snapshot(snapshot(7));
    let bytes = golden("feed-snapshot.v1.hex");
    assert_eq!(hex(&encode(&message)), hex(&bytes));
    assert_eq!(decode(&bytes), Ok((message, bytes.len())));
}

#[test]
fn the_golden_changes_are_read_and_written() {
    let message = changes(7, 300, every_change());
    let bytes = golden("feed-changes.v1.hex");
    assert_eq!(hex(&encode(&message)), hex(&bytes));
    assert_eq!(decode(&bytes), Ok((message, bytes.len())));
}

fn hex(bytes: &[u8]) -> String {
    let lines = bytes.chunks(16).map(|line| {
        let digits: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_copy_is_one_frame_after_the_other() {
    let mut copy = encode(&Message::Snapshot(snapshot(7)));
    copy.extend(encode(&changes(7, 8, every_change())));
    let mut policy = Policy::nothing(ClusterId::new("lkc-1"));
    let mut rest = copy.as_slice();
    while !rest.is_empty() {
        let (message, taken) = decode(rest).unwrap();
        policy.follow(message).unwrap();
        rest = &rest[taken..];
    }
    assert_eq!(policy.generation(), Some(8));
}

#[test]
fn changes_say_what_came_and_went() {
    let mut policy = held();
    let followed = policy.follow(changes(7, 9, every_change())).unwrap();
    let Followed::Differences(differences) = followed else {
        panic!("{followed:?}");
    };
    let shown: Vec<String> = differences
        .iter()
        .map(|difference| match difference {
            Difference::Binding { role, present, .. } => format!("{role} {present}"),
            Difference::Pattern {
                pattern, present, ..
            } => format!("{pattern} {present}"),
            Difference::Acl { present, .. } => format!("acl {present}"),
            Difference::Membership(one) => format!("{} {}", one.user, one.groups.len()),
        })
        .collect();
    let wanted = [
        "SystemAdmin false",
        "Group:PREFIXED:readers- false",
        "Topic:LITERAL:payments true",
        "acl false",
        "alice 0",
    ];
    assert_eq!(shown, wanted);
    assert_eq!(policy.grants().len(), 1);
    assert_eq!((policy.acls().len(), policy.count_acls()), (0, 0));
    assert_eq!(policy.memberships().count(), 0);
    assert_eq!(policy.keys(), r#"{"keys":[{}]}"#);
    assert_eq!(policy.issued_ms(), Some(1_754_000_000_500));
}

#[test]
fn a_sign_of_life_changes_the_time_alone() {
    let mut policy = held();
    assert_eq!(
        policy.follow(changes(7, 7, Vec::new())),
        Ok(Followed::Differences(Vec::new()))
    );
    assert_eq!(policy.issued_ms(), Some(1_754_000_000_500));
    let mut before = held().snapshot().unwrap();
    before.issued_ms = 1_754_000_000_500;
    assert_eq!(policy.snapshot(), Some(before));
}

#[test]
fn a_restored_server_is_not_followed_back() {
    let mut policy = held();
    let refused = Refused::Backwards {
        held: 7,
        offered: 6,
    };
    assert_eq!(policy.follow(Message::Snapshot(snapshot(6))), Err(refused));
    assert_eq!(policy, held());
    assert_eq!(
        policy.follow(Message::Snapshot(snapshot(7))),
        Ok(Followed::Everything)
    );
}

#[test]
fn another_server_is_not_followed() {
    let mut policy = held();
    let mut other = snapshot(99);
    other.server = "another".to_string();
    let refused = policy.follow(Message::Snapshot(other.clone()));
    assert!(matches!(refused, Err(Refused::OtherServer { .. })));
    assert_eq!(policy, held());
    let mut nothing = Policy::nothing(ClusterId::new("lkc-1"));
    assert!(nothing.follow(Message::Snapshot(other)).is_ok());
}

#[test]
fn the_policy_of_another_cluster_is_never_taken() {
    let mut policy = Policy::nothing(ClusterId::new("lkc-2"));
    let refused = policy.follow(Message::Snapshot(snapshot(7)));
    assert!(matches!(refused, Err(Refused::OtherCluster { .. })));
    assert_eq!((policy.generation(), policy.server()), (None, None));
    assert_eq!(policy.snapshot(), None);
}

#[test]
fn changes_need_what_they_start_from() {
    let gap = |held, from| Err(Refused::Gap { held, from });
    let mut policy = held();
    for from in [6, 8] {
        assert_eq!(
            policy.follow(changes(from, 9, every_change())),
            gap(Some(7), from)
        );
        assert_eq!(
            policy.follow(changes(from, from, Vec::new())),
            gap(Some(7), from)
        );
    }
    assert_eq!(policy, held());
    let mut nothing = Policy::nothing(ClusterId::new("lkc-1"));
    assert_eq!(nothing.follow(changes(7, 9, Vec::new())), gap(None, 7));
}

#[test]
fn what_leads_nowhere_is_no_message() {
    for (from, to, all) in [(9, 8, Vec::new()), (9, 9, every_change())] {
        let bytes = encode(&changes(from, to, all));
        assert!(matches!(decode(&bytes), Err(FeedError::Invalid(_))));
    }
    let mut nameless = snapshot(7);
    nameless.acls[0].pattern.name.clear();
    let bytes = encode(&Message::Snapshot(nameless));
    assert!(matches!(decode(&bytes), Err(FeedError::Invalid(_))));
}

/// A list that claims 4,294,967,295 elements, and a text that claims as many bytes.
#[test]
fn a_length_is_only_believed_as_far_as_there_are_bytes() {
    let text = [3, b's', b'e', b'r', 1, b'k', 7, 0];
    let long = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for payload in [
        [&[0][..], &text, &long].concat(),
        [&[0][..], &long].concat(),
    ] {
        let mut frame = b"OMF1".to_vec();
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(crc32fast::hash(&payload).to_be_bytes());
        frame.extend(&payload);
        assert!(matches!(decode(&frame), Err(FeedError::Invalid(_))));
    }
    let endless = [&b"OMF1"[..], &[0xff; 8]].concat();
    assert!(matches!(decode(&endless), Err(FeedError::Invalid(_))));
}
