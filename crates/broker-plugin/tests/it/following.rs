//! What Java is told of the frames it hands over, and what a node then holds.

use openmds_broker_plugin::engine::{Engine, Settings};
use openmds_policy::feed::{self, Change, Changes, Message, Snapshot};
use openmds_policy::names::ClusterId;

use crate::golden::golden;

const SERVER: &str = "5a1c";

fn engine() -> Engine {
    let engine = Engine::new(Settings::default());
    engine.identify("KID");
    engine
}

fn snapshot(generation: u64) -> Snapshot {
    Snapshot {
        server: SERVER.to_owned(),
        cluster: ClusterId::new("KID"),
        generation,
        issued_ms: 1_000,
        grants: Vec::new(),
        acls: Vec::new(),
        memberships: Vec::new(),
        keys: "{}".to_owned(),
    }
}

fn frame(snapshot: Snapshot) -> Vec<u8> {
    feed::encode(&Message::Snapshot(snapshot))
}

fn changes(from: u64, to: u64, changes: Vec<Change>) -> Vec<u8> {
    feed::encode(&Message::Changes(Changes {
        server: SERVER.to_owned(),
        cluster: ClusterId::new("KID"),
        from,
        to,
        issued_ms: 2_000,
        changes,
    }))
}

#[test]
fn frames_are_followed_in_order_and_keys_told_when_they_change() {
    let engine = engine();
    let frames = [
        frame(snapshot(3)),
        changes(3, 5, vec![Change::Keys("{1}".to_owned())]),
    ]
    .concat();
    let answer = engine.follow(&frames);
    assert_eq!(answer.first("taken"), Some(&*frames.len().to_string()));
    assert_eq!(answer.first("frames"), Some("2"));
    assert_eq!(answer.first("generation"), Some("5"));
    assert_eq!(answer.first("server"), Some(SERVER));
    assert_eq!(answer.first("keys"), Some("{1}"));
    let alive = engine.follow(&changes(5, 5, Vec::new()));
    assert_eq!(alive.first("keys"), None);
    assert_eq!(alive.first("refused"), None);
    let policy = engine.policy(2_500);
    assert_eq!(policy.first("cluster"), Some("KID"));
    assert_eq!(policy.first("age_ms"), Some("500"));
    assert_eq!(
        engine.policy(0).first("age_ms"),
        Some("0"),
        "clock turned back"
    );
}

#[test]
fn what_is_refused_is_named_and_changes_nothing() {
    let engine = engine();
    engine.follow(&frame(snapshot(7)));
    let cases = [
        (frame(snapshot(6)), "backwards"),
        (changes(6, 8, Vec::new()), "gap"),
        (
            frame(Snapshot {
                server: "other".to_owned(),
                ..snapshot(9)
            }),
            "other-server",
        ),
        (
            frame(Snapshot {
                cluster: ClusterId::new("OTHER"),
                ..snapshot(9)
            }),
            "other-cluster",
        ),
    ];
    for (frame, word) in cases {
        let answer = engine.follow(&frame);
        assert_eq!(answer.first("refused"), Some(word));
        assert!(
            answer
                .first("reason")
                .is_some_and(|reason| !reason.is_empty())
        );
        assert_eq!(answer.first("taken"), Some("0"));
        assert_eq!(answer.first("generation"), Some("7"));
    }
}

#[test]
fn a_torn_copy_is_followed_up_to_the_damage() {
    let whole = [frame(snapshot(1)), changes(1, 2, Vec::new())].concat();
    let first = frame(snapshot(1)).len();
    for end in first + 1..whole.len() {
        let engine = engine();
        let answer = engine.follow(&whole[..end]);
        assert_eq!(answer.first("damaged"), Some("cut"), "cut at {end}");
        assert_eq!(answer.first("taken"), Some(&*first.to_string()));
        assert_eq!(answer.first("generation"), Some("1"));
    }
    for at in first..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        let answer = engine().follow(&damaged);
        assert!(answer.first("damaged").is_some(), "damaged at {at}");
        assert_eq!(answer.first("generation"), Some("1"));
    }
}

#[test]
fn a_node_that_does_not_know_its_cluster_follows_nobody() {
    let engine = Engine::new(Settings::default());
    let answer = engine.follow(&frame(snapshot(1)));
    assert_eq!(answer.first("refused"), Some("not-started"));
    assert_eq!(engine.policy(0).first("cluster"), None);
    assert_eq!(engine.copy(), None);
}

#[test]
fn the_copy_is_a_snapshot_that_leads_to_the_same() {
    let cluster = match feed::decode(&golden("feed-snapshot.v1.hex")).unwrap().0 {
        Message::Snapshot(snapshot) => snapshot.cluster,
        Message::Changes(_) => panic!("the golden snapshot is none"),
    };
    let one = Engine::new(Settings::default());
    one.identify(cluster.as_str());
    let frames = golden("feed-snapshot.v1.hex");
    assert_eq!(one.copy(), None);
    assert_eq!(one.follow(&frames).first("frames"), Some("1"));
    let copy = one.copy().unwrap();
    let other = Engine::new(Settings::default());
    other.identify(cluster.as_str());
    assert_eq!(other.follow(&copy).first("refused"), None);
    assert_eq!(other.policy(0), one.policy(0));
    assert_eq!(other.copy(), Some(copy));
}
