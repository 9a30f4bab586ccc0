//! An index that was changed says what one made anew says.

use std::collections::BTreeSet;

use openmds_policy::access::{Edit, Operation, ResourceType};
use openmds_policy::acl::AclBinding;
use openmds_policy::feed::{Change, Changes, Followed, Grant, Membership, Message, Policy};
use openmds_policy::names::{ClusterId, ResourcePattern};
use proptest::prelude::*;

use super::compare::{ask, check_ground, kind, naive_kind};
use super::generate::{
    CLUSTER, Key, World, acl, central_acl, groups, key, pattern, question, world,
};

#[derive(Debug, Clone)]
enum Step {
    Grant(Key, Option<BTreeSet<ResourcePattern>>),
    Central(AclBinding, bool),
    Local(AclBinding, bool),
    Membership(String, BTreeSet<String>),
    /// Takes away one of what there is.
    Remove(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let patterns = prop::option::weighted(0.7, prop::collection::btree_set(pattern(), 0..4));
    prop_oneof![
        3 => (key(), patterns).prop_map(|(key, patterns)| Step::Grant(key, patterns)),
        3 => (central_acl(), prop::bool::weighted(0.8)).prop_map(|(acl, on)| Step::Central(acl, on)),
        3 => (acl(), prop::bool::weighted(0.8)).prop_map(|(acl, on)| Step::Local(acl, on)),
        1 => ("[ab]", groups()).prop_map(|(user, groups)| Step::Membership(user, groups)),
        3 => any::<prop::sample::Index>().prop_map(Step::Remove),
    ]
}

/// Changes the world, and says what there is to tell the index.
fn take(world: &mut World, policy: &mut Policy, step: Step) -> Vec<Edit> {
    let change = match step {
        Step::Grant(key, patterns) => {
            let (principal, role) = key.clone();
            match patterns.clone() {
                Some(patterns) => world.grants.insert(key, patterns),
                None => world.grants.remove(&key),
            };
            Change::Grant(Grant {
                principal,
                role,
                patterns,
            })
        }
        Step::Central(acl, present) => {
            if present {
                world.central.insert(acl.clone());
            } else {
                world.central.remove(&acl);
            }
            Change::Acl { acl, present }
        }
        Step::Local(acl, present) => {
            if present {
                world.local.insert(acl.clone());
            } else {
                world.local.remove(&acl);
            }
            return vec![Edit::Local { acl, present }];
        }
        Step::Membership(user, groups) => {
            world.memberships.insert(user.clone(), groups.clone());
            Change::Membership(Membership { user, groups })
        }
        Step::Remove(which) => return remove(world, policy, which),
    };
    let from = policy.generation().unwrap();
    let changes = Changes {
        server: "s".to_string(),
        cluster: ClusterId::new(CLUSTER),
        from,
        to: from + 1,
        issued_ms: 0,
        changes: vec![change],
    };
    match policy.follow(Message::Changes(changes)).unwrap() {
        Followed::Differences(all) => all.into_iter().map(Edit::Central).collect(),
        Followed::Everything => panic!("changes change something"),
    }
}

fn remove(world: &mut World, policy: &mut Policy, which: prop::sample::Index) -> Vec<Edit> {
    let grants = world.grants.keys().cloned();
    let grants = grants.map(|key| Step::Grant(key, None));
    let central = world.central.iter().cloned();
    let central = central.map(|acl| Step::Central(acl, false));
    let local = world.local.iter().cloned();
    let local = local.map(|acl| Step::Local(acl, false));
    let all: Vec<Step> = grants.chain(central).chain(local).collect();
    if all.is_empty() {
        return Vec::new();
    }
    take(world, policy, which.get(&all).clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_changed_index_says_what_the_reference_says(mut world in world(), steps in prop::collection::vec(step(), 1..8), questions in prop::collection::vec(question(), 1..10)) {
        let mut index = world.index(1);
        let mut policy = world.policy();
        for (version, step) in (2..).zip(steps) {
            let edits = take(&mut world, &mut policy, step);
            index = index.after(&edits, version);
        }
        let (anew, naive) = (world.index(99), world.naive());
        for question in &questions {
            let verdict = ask(&index, question);
            let ground = index.reason(verdict);
            let expected = naive.ask(question, naive_kind);
            prop_assert_eq!(kind(&ground), expected, "{:?}", question);
            prop_assert_eq!(kind(&anew.reason(ask(&anew, question))), expected);
            check_ground(&world, &naive, question, &ground);
            let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
            let (operation, kind) = (Operation::of(question.operation), ResourceType::of(question.resource_type));
            let by_type = |index: &openmds_policy::access::Index| {
                let subject = index.subject(&question.user, &groups);
                index.decide_by_type(&subject, question.host, operation, kind).is_allowed()
            };
            prop_assert_eq!(by_type(&index), by_type(&anew));
        }
    }
}
