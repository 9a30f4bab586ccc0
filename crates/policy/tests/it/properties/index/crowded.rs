//! Many rules on few patterns: then principals are looked up among rules, not rules compared.

use openmds_policy::access::Providers;
use openmds_policy::acl::AclBinding;
use openmds_policy::names::Principal;
use proptest::prelude::*;

use super::compare::{ask, check_ground, kind, naive_kind};
use super::generate::{Question, World, acl, question};

fn crowd() -> impl Strategy<Value = World> {
    let one = (acl(), 0..30u8, prop::sample::select(vec!["a", "ab", "*"]));
    let acls = prop::collection::vec(one, 40..120);
    acls.prop_map(|acls| {
        let about = |(mut acl, number, name): (AclBinding, u8, &str)| {
            acl.pattern.name = name.to_string();
            acl.entry.principal = Principal::user(&number.to_string());
            acl
        };
        World {
            grants: [].into(),
            central: [].into(),
            local: acls.into_iter().map(about).collect(),
            memberships: [].into(),
            super_users: [].into(),
            allow_everyone: false,
            providers: Providers {
                local: true,
                central: true,
            },
        }
    })
}

proptest! {
    #[test]
    fn a_crowd_is_told_apart(world in crowd(), questions in prop::collection::vec((question(), 0..32u8), 20)) {
        let (index, naive) = (world.index(1), world.naive());
        for (question, number) in questions {
            let question = Question { user: format!("User:{number}"), ..question };
            let ground = index.reason(ask(&index, &question));
            prop_assert_eq!(kind(&ground), naive.ask(&question, naive_kind), "{:?}", question);
            check_ground(&world, &naive, &question, &ground);
        }
    }
}
