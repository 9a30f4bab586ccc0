//! From a request to decisions and events that name what decided.

use std::collections::BTreeSet;

use openmds_broker_plugin::counters::Counter;
use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_broker_plugin::pairs::Pairs;
use openmds_broker_plugin::rules::{LocalChange, Undecided};
use openmds_policy::access::Providers;
use openmds_policy::feed::{self, Change, Changes, Grant, Membership, Message, Snapshot};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};

use crate::message::{Asked, CLUSTER, CREATE, READ, TOPIC, WRITE, pack_all};

const CREATE_TOPICS: i16 = 19;
const LOGGED: u8 = 6;

fn engine() -> Engine {
    let engine = Engine::new(Settings {
        super_users: ["User:admin".to_owned(), "Group:ops".to_owned()].into(),
        providers: Providers {
            local: true,
            central: true,
        },
        queue_max_bytes: 1 << 20,
        ..Settings::default()
    });
    let everything = r#"{"destinations":{"topics":{"confluent-audit-log-events":{}}},"default_topics":
        {"allowed":"confluent-audit-log-events","denied":"confluent-audit-log-events"}}"#;
    engine.apply(everything).unwrap();
    engine.identify("KID");
    engine.complete_local();
    engine
}

fn grant(principal: Principal, role: &str, patterns: &[(&str, &str)]) -> Grant {
    let pattern = |(resource_type, name): &(&str, &str)| ResourcePattern {
        resource_type: (*resource_type).to_owned(),
        name: (*name).to_owned(),
        pattern_type: PatternType::Prefixed,
    };
    Grant {
        principal,
        role: role.to_owned(),
        patterns: Some(patterns.iter().map(pattern).collect()),
    }
}

fn snapshot() -> Vec<u8> {
    feed::encode(&Message::Snapshot(Snapshot {
        server: "s".to_owned(),
        cluster: ClusterId::new("KID"),
        generation: 1,
        issued_ms: 0,
        grants: vec![
            grant(
                Principal::user("alice"),
                "DeveloperWrite",
                &[("Topic", "a-")],
            ),
            grant(
                Principal::group("team"),
                "DeveloperManage",
                &[("Topic", "t-")],
            ),
            grant(Principal::user("root"), "SystemAdmin", &[]),
        ],
        acls: Vec::new(),
        memberships: vec![Membership {
            user: "bob".to_owned(),
            groups: BTreeSet::from(["team".to_owned()]),
        }],
        keys: String::new(),
    }))
}

fn ask(
    engine: &Engine,
    (user, groups): (&str, &[&str]),
    actions: &[Asked<'_>],
) -> Result<Vec<bool>, Undecided> {
    let message = pack_all(0, CREATE_TOPICS, user, None, groups, actions);
    let mut verdicts = Vec::new();
    let asked = engine.decide(&message, false, &mut verdicts)?;
    engine.note(&asked, &verdicts, || 0);
    Ok(verdicts
        .iter()
        .map(|verdict| verdict.is_allowed())
        .collect())
}

fn allowed(engine: &Engine, user: &str, groups: &[&str], operation: u8, topic: &str) -> bool {
    ask(engine, (user, groups), &[(operation, TOPIC, topic, LOGGED)]).unwrap() == [true]
}

/// The `authorizationInfo` of all events, in order.
fn reasons(engine: &Engine) -> Vec<String> {
    let batch = engine
        .drain(1 << 20, |bytes| (true, bytes.to_vec()))
        .unwrap();
    let text = String::from_utf8_lossy(&batch).into_owned();
    let events = text.split("\"patternType\":\"LITERAL\"").skip(1);
    events
        .map(|event| event.split("},\"request\":").next().unwrap().to_owned())
        .collect()
}

#[test]
fn nobody_but_super_users_is_answered_before_there_is_a_policy() {
    let engine = engine();
    let write = [(WRITE, TOPIC, "a-1", LOGGED)];
    let stranger = ask(&engine, ("User:alice", &[]), &write);
    assert_eq!(stranger, Err(Undecided::NotReady));
    assert_eq!(ask(&engine, ("User:admin", &[]), &write), Ok(vec![true]));
    assert_eq!(ask(&engine, ("User:x", &["ops"]), &write), Ok(vec![true]));
    engine.follow(&snapshot());
    assert_eq!(ask(&engine, ("User:alice", &[]), &write), Ok(vec![true]));
}

#[test]
fn bindings_of_users_and_groups_decide_and_are_named() {
    let engine = engine();
    engine.follow(&snapshot());
    assert!(allowed(&engine, "User:alice", &[], WRITE, "a-1"));
    assert!(!allowed(&engine, "User:alice", &[], WRITE, "b"));
    assert!(
        allowed(&engine, "User:bob", &[], CREATE, "t-1"),
        "by the directory"
    );
    assert!(
        allowed(&engine, "User:carol", &["x", "team"], CREATE, "t-1"),
        "by the token"
    );
    assert!(!allowed(&engine, "User:carol", &[], CREATE, "t-1"));
    assert!(allowed(&engine, "User:root", &[], READ, "any"));
    assert!(allowed(&engine, "User:admin", &[], READ, "any"));
    let bound = |role: &str, acting: &str| {
        format!(
            ",\"rbacAuthorization\":{{\"role\":\"{role}\",\"scope\":{{\"outerScope\":[],\"clusters\":{{\"kafka-cluster\":\"KID\"}}}}{acting}}}"
        )
    };
    let team = ",\"actingPrincipal\":\"Group:team\"";
    let expected = [
        bound("DeveloperWrite", ""),
        String::new(),
        bound("DeveloperManage", team),
        bound("DeveloperManage", team),
        String::new(),
        bound("SystemAdmin", ""),
        ",\"superUserAuthorization\":true".to_owned(),
    ];
    assert_eq!(reasons(&engine), expected);
    assert_eq!(engine.counters().sum(Counter::Allowed), 5);
    assert_eq!(engine.counters().sum(Counter::Denied), 2);
}

#[test]
fn a_revoked_binding_no_longer_decides_for_subjects_already_met() {
    let engine = engine();
    engine.follow(&snapshot());
    assert!(allowed(&engine, "User:alice", &[], WRITE, "a-1"));
    assert!(allowed(&engine, "User:bob", &[], CREATE, "t-1"));
    let gone = Grant {
        patterns: None,
        ..grant(Principal::user("alice"), "DeveloperWrite", &[])
    };
    let left = Membership {
        user: "bob".to_owned(),
        groups: BTreeSet::new(),
    };
    engine.follow(&feed::encode(&Message::Changes(Changes {
        server: "s".to_owned(),
        cluster: ClusterId::new("KID"),
        from: 1,
        to: 2,
        issued_ms: 0,
        changes: vec![Change::Grant(gone), Change::Membership(left)],
    })));
    assert!(!allowed(&engine, "User:alice", &[], WRITE, "a-1"));
    assert!(!allowed(&engine, "User:bob", &[], CREATE, "t-1"));
}

/// One ACL of the cluster itself about `User:alice`.
fn acl(topic: &str, permission: u8) -> Vec<u8> {
    let mut message = b"OMA1\0\0\0\x01".to_vec();
    message.extend_from_slice(&[TOPIC, 3, 2, permission]);
    for text in ["User:alice", "*", topic] {
        message.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
        message.extend_from_slice(text.as_bytes());
    }
    message
}

#[test]
fn a_denial_of_the_cluster_itself_beats_a_role() {
    let engine = engine();
    engine.follow(&snapshot());
    engine
        .change_local(&acl("a-1", 2), LocalChange::Add)
        .unwrap();
    assert!(!allowed(&engine, "User:alice", &[], WRITE, "a-1"));
    assert!(allowed(&engine, "User:alice", &[], WRITE, "a-2"));
    engine
        .change_local(&acl("a-1", 2), LocalChange::Remove)
        .unwrap();
    assert!(allowed(&engine, "User:alice", &[], WRITE, "a-1"));
    engine
        .change_local(&acl("c", 3), LocalChange::Load)
        .unwrap();
    assert!(allowed(&engine, "User:alice", &[], WRITE, "c"));
    assert!(engine.change_local(b"OMA1", LocalChange::Load).is_err());
    assert!(
        allowed(&engine, "User:alice", &[], WRITE, "c"),
        "a bad message changes nothing"
    );
    let reasons = reasons(&engine);
    assert_eq!(
        reasons[0],
        ",\"aclAuthorization\":{\"permissionType\":\"DENY\",\"host\":\"*\"}"
    );
}

#[test]
fn an_explanation_names_the_binding() {
    let engine = engine();
    engine.follow(&snapshot());
    let mut question = Pairs::new();
    for (key, value) in [
        ("principal", "User:carol"),
        ("group", "team"),
        ("operation", "Create"),
        ("resource_type", "Topic"),
        ("resource_name", "t-9"),
    ] {
        question.add(key, value);
    }
    let answer = engine.explain(&question);
    for (key, value) in [
        ("decision", "allowed"),
        ("reason", "role-binding"),
        ("rule_principal", "Group:team"),
        ("role", "DeveloperManage"),
        ("resource_name", "t-"),
        ("pattern_type", "PREFIXED"),
        ("why", "Group:team has DeveloperManage on Topic prefix t-"),
    ] {
        assert_eq!(answer.first(key), Some(value), "{key}");
    }
}

#[test]
fn whether_anything_of_a_type_is_allowed_does_not_look_at_the_name() {
    let engine = engine();
    engine.follow(&snapshot());
    for (user, kind, expected) in [
        ("User:alice", TOPIC, true),
        ("User:bob", TOPIC, false),
        ("User:alice", CLUSTER, false),
        ("User:admin", CLUSTER, true),
    ] {
        let message = pack_all(0, 22, user, None, &[], &[(WRITE, kind, "*", 2)]);
        let mut verdicts = Vec::new();
        engine.decide(&message, true, &mut verdicts).unwrap();
        assert_eq!(verdicts[0].is_allowed(), expected, "{user} {kind}");
    }
}

#[test]
fn broken_groups_are_no_request() {
    let engine = engine();
    engine.follow(&snapshot());
    let mut message = pack_all(
        0,
        0,
        "User:alice",
        None,
        &["g"],
        &[(WRITE, TOPIC, "a-1", 0)],
    );
    let at = message
        .windows(5)
        .position(|bytes| bytes == [0, 0, 0, 1, b'g']);
    message[at.unwrap() + 3] = 9;
    let mut verdicts = Vec::new();
    let decided = engine.decide(&message, false, &mut verdicts);
    assert_eq!(decided.err(), Some(Undecided::Malformed));
    assert_eq!(engine.counters().sum(Counter::Malformed), 1);
}
