//! What the store remembers of nodes and their tokens.

use std::collections::BTreeMap;

use jiff::Timestamp;
use openmds_policy::names::ClusterId;
use openmds_server::enrolment::{Serial, TokenHash};
use openmds_server::store::{EnrolledNode, Issued, IssuedToken, Record, TokenUse};
use proptest::prelude::*;

/// One of each kind, with and without a value.
pub(crate) fn golden() -> Vec<(&'static str, Record)> {
    let id = ClusterId::new("k-1");
    vec![
        (
            "enrolled-node",
            Record::EnrolledNode {
                cluster: id.clone(),
                node: 1,
                enrolled: Some(enrolled()),
            },
        ),
        (
            "enrolled-node-gone",
            Record::EnrolledNode {
                cluster: id.clone(),
                node: 1,
                enrolled: None,
            },
        ),
        ("join-token", join_token(&id, Some(None))),
        ("join-token-used", join_token(&id, Some(Some(1)))),
        ("join-token-gone", join_token(&id, None)),
        (
            "server",
            Record::Server {
                id: "4b1c9b9e-6f0e-4c8e-9f1c-0d6a3a0c1f57".to_string(),
            },
        ),
    ]
}

/// Any of them.
pub(crate) fn records<S: Strategy<Value = String> + 'static>(
    names: impl Fn() -> S,
) -> impl Strategy<Value = Record> {
    prop_oneof![
        (names(), 0..3, any::<bool>()).prop_map(|(id, node, present)| Record::EnrolledNode {
            cluster: ClusterId::new(&id),
            node,
            enrolled: present.then(enrolled),
        }),
        (names(), prop::option::of(prop::option::of(0..3)))
            .prop_map(|(id, token)| join_token(&ClusterId::new(&id), token)),
        names().prop_map(|id| Record::Server { id }),
    ]
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn enrolled() -> EnrolledNode {
    let issued = Issued {
        at: at("2026-01-02T03:04:05.25Z"),
        until: at("2026-02-01T03:04:05Z"),
    };
    EnrolledNode {
        since: at("2026-01-02T03:04:05.25Z"),
        token: TokenHash::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        certificates: BTreeMap::from([(
            Serial::of(&[0x4a, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
            issued,
        )]),
    }
}

/// A token that is gone, unused, or used by a node.
fn join_token(cluster: &ClusterId, token: Option<Option<i32>>) -> Record {
    let used = |node: i32| TokenUse {
        node,
        key: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752".to_string(),
        at: at("2026-01-02T03:05:00Z"),
    };
    Record::JoinToken {
        hash: enrolled().token,
        token: token.map(|node| IssuedToken {
            cluster: cluster.clone(),
            by: "User:mds".to_string(),
            until: at("2026-01-02T04:04:05.25Z"),
            used: node.map(used),
        }),
    }
}
