//! Any message survives the wire, none survives damage, and following step by step ends where
//! following at once does.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType,
};
use openmds_policy::feed::{
    Change, Changes, FeedError, Grant, Membership, Message, Policy, Snapshot, decode, encode,
};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use proptest::prelude::*;

fn principal() -> impl Strategy<Value = Principal> {
    (any::<bool>(), "[abé]{1,2}").prop_map(|(group, name)| {
        if group {
            Principal::group(&name)
        } else {
            Principal::user(&name)
        }
    })
}

fn pattern_type() -> impl Strategy<Value = PatternType> {
    prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed])
}

fn pattern() -> impl Strategy<Value = ResourcePattern> {
    let kind = prop::sample::select(vec!["Topic", "Group", "Subject"]);
    (kind, "[ab*]{1,3}", pattern_type())
        .prop_map(|(kind, name, how)| ResourcePattern::parse(kind, &name, how).unwrap())
}

fn grant() -> impl Strategy<Value = Grant> {
    let role = prop::sample::select(vec!["DeveloperRead", "SystemAdmin", "Unheard"]);
    let patterns = prop::collection::btree_set(pattern(), 0..4);
    let patterns = prop::option::weighted(0.7, patterns);
    (principal(), role, patterns).prop_map(|(principal, role, patterns)| Grant {
        principal,
        role: role.to_string(),
        patterns,
    })
}

/// Of many principals whose names begin alike.
fn numbered() -> impl Strategy<Value = Grant> {
    (0..900u32, grant()).prop_map(|(number, grant)| Grant {
        principal: Principal::user(&format!("service-{number}")),
        ..grant
    })
}

/// Generation 1 of nothing.
fn nothing() -> Snapshot {
    Snapshot {
        server: "s".to_string(),
        cluster: ClusterId::new("k"),
        generation: 1,
        issued_ms: 0,
        grants: Vec::new(),
        acls: Vec::new(),
        memberships: Vec::new(),
        keys: String::new(),
    }
}

fn acl() -> impl Strategy<Value = AclBinding> {
    let host = prop::sample::select(vec!["*", "10.0.0.1", "10.0.0.0/8"]);
    let operation = prop::sample::select(vec![AclOperation::All, AclOperation::Read]);
    let permission = prop::sample::select(vec![AclPermission::Allow, AclPermission::Deny]);
    let what = ("[ab*]{1,2}", pattern_type());
    (what, principal(), host, operation, permission).prop_map(
        |((name, pattern_type), principal, host, operation, permission_type)| AclBinding {
            pattern: AclPattern {
                resource_type: AclResourceType::Topic,
                name,
                pattern_type,
            },
            entry: AclEntry {
                principal,
                host: host.to_string(),
                operation,
                permission_type,
            },
        },
    )
}

fn membership() -> impl Strategy<Value = Membership> {
    let groups = prop::collection::btree_set("[ab]{1,2}", 0..3);
    ("[ab]", groups).prop_map(|(user, groups)| Membership { user, groups })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => grant().prop_map(Change::Grant),
        3 => (acl(), any::<bool>()).prop_map(|(acl, present)| Change::Acl { acl, present }),
        1 => membership().prop_map(Change::Membership),
        1 => ".{0,5}".prop_map(Change::Keys),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (
        any::<u32>(),
        any::<i64>(),
        prop::collection::vec(grant(), 0..6),
        prop::collection::vec(acl(), 0..6),
        prop::collection::vec(membership(), 0..3),
        ".{0,5}",
    )
        .prop_map(
            |(generation, issued_ms, grants, acls, memberships, keys)| Snapshot {
                server: "s".to_string(),
                cluster: ClusterId::new("k"),
                generation: u64::from(generation),
                issued_ms,
                grants,
                acls,
                memberships,
                keys,
            },
        )
}

fn changes(from: u64, to: u64, changes: Vec<Change>) -> Message {
    Message::Changes(Changes {
        server: "s".to_string(),
        cluster: ClusterId::new("k"),
        from,
        to,
        issued_ms: 5,
        changes,
    })
}

fn message() -> impl Strategy<Value = Message> {
    let all = prop::collection::vec(change(), 0..6);
    prop_oneof![
        snapshot().prop_map(Message::Snapshot),
        (any::<u32>(), 1..9u64, all).prop_map(|(from, more, all)| {
            let from = u64::from(from);
            changes(from, from + more, all)
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(message in message(), more: Vec<u8>) {
        let mut bytes = encode(&message);
        let length = bytes.len();
        bytes.extend(more);
        prop_assert_eq!(decode(&bytes), Ok((message, length)));
    }

    #[test]
    fn a_cut_frame_is_refused(message in message(), at: prop::sample::Index) {
        let bytes = encode(&message);
        let has = at.index(bytes.len());
        let error = decode(&bytes[..has]).unwrap_err();
        prop_assert!(matches!(error, FeedError::Cut { .. }), "{:?}", error);
    }

    #[test]
    fn a_changed_byte_is_refused(message in message(), at: prop::sample::Index, mask in 1u8..) {
        let mut bytes = encode(&message);
        let at = at.index(bytes.len());
        bytes[at] ^= mask;
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn step_by_step_ends_where_at_once_does(snapshot in snapshot(), all in prop::collection::vec(change(), 1..12)) {
        let generation = snapshot.generation;
        let mut stepping = Policy::nothing(ClusterId::new("k"));
        stepping.follow(Message::Snapshot(snapshot)).unwrap();
        let mut at_once = stepping.clone();
        let mut now = generation;
        for change in all.clone() {
            stepping.follow(changes(now, now + 1, vec![change])).unwrap();
            now += 1;
        }
        at_once.follow(changes(generation, now, all.clone())).unwrap();
        prop_assert_eq!(&stepping, &at_once);
        // Setting what is set changes nothing.
        let last = all.last().unwrap().clone();
        at_once.follow(changes(now, now + 1, vec![last])).unwrap();
        prop_assert_eq!(at_once.grants(), stepping.grants());
        prop_assert_eq!(at_once.acls(), stepping.acls());
    }

    #[test]
    fn thousands_are_held_as_few_are(first in prop::collection::vec(numbered(), 3_000), then in prop::collection::vec(numbered(), 300)) {
        let mut model: BTreeMap<(Principal, String), Grant> = BTreeMap::new();
        let mut set = |grant: &Grant| {
            let key = (grant.principal.clone(), grant.role.clone());
            match grant.patterns {
                Some(_) => model.insert(key, grant.clone()),
                None => model.remove(&key),
            };
        };
        first.iter().chain(&then).for_each(&mut set);
        let mut policy = Policy::nothing(ClusterId::new("k"));
        let snapshot = Snapshot { grants: first, ..nothing() };
        policy.follow(Message::Snapshot(snapshot)).unwrap();
        for (now, grant) in (1..).zip(then) {
            policy.follow(changes(now, now + 1, vec![Change::Grant(grant)])).unwrap();
        }
        let mut held = policy.grants();
        held.sort_by(|one, other| (&one.principal, &one.role).cmp(&(&other.principal, &other.role)));
        prop_assert_eq!(policy.count_grants(), model.len());
        let patterns = model.values().flat_map(|grant| &grant.patterns).map(BTreeSet::len);
        prop_assert_eq!(policy.count_patterns(), patterns.sum::<usize>());
        prop_assert_eq!(held, model.into_values().collect::<Vec<_>>());
    }

    #[test]
    fn a_copy_holds_all_that_is_held(snapshot in snapshot(), all in prop::collection::vec(change(), 1..12)) {
        let mut policy = Policy::nothing(ClusterId::new("k"));
        let from = snapshot.generation;
        policy.follow(Message::Snapshot(snapshot)).unwrap();
        policy.follow(changes(from, from + 1, all)).unwrap();
        let bytes = encode(&Message::Snapshot(policy.snapshot().unwrap()));
        let mut copy = Policy::nothing(ClusterId::new("k"));
        copy.follow(decode(&bytes).unwrap().0).unwrap();
        prop_assert_eq!(copy, policy);
    }
}
