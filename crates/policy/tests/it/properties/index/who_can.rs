//! Listing everybody against asking about each.

use std::collections::BTreeSet;

use openmds_policy::access::{Inquiry, Misses, Operation, ResourceType};
use openmds_policy::names::{ClusterId, Principal};
use openmds_policy::rbac::Roles;
use proptest::prelude::*;

use super::compare::ask;
use super::generate::{Question, World, question, world};

/// Everybody whom anything names.
fn everybody(world: &World) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = ["User:*".to_string()].into();
    all.extend(world.super_users.iter().map(ToString::to_string));
    let members = world
        .memberships
        .iter()
        .filter(|(_, groups)| !groups.is_empty());
    all.extend(members.map(|(user, _)| format!("User:{user}")));
    let groups = world.memberships.values().flatten();
    all.extend(groups.map(|group| format!("Group:{group}")));
    if world.providers.central {
        all.extend(
            world
                .grants
                .keys()
                .map(|(principal, _)| principal.to_string()),
        );
        let acls = world.central.iter();
        all.extend(acls.map(|acl| acl.entry.principal.to_string()));
    }
    if world.providers.local {
        let acls = world.local.iter();
        all.extend(acls.map(|acl| acl.entry.principal.to_string()));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn everybody_who_may_is_listed_and_nobody_else(world in world(), question in question()) {
        let (index, naive) = (world.index(1), world.naive());
        let (operation, kind) = (Operation::of(question.operation), ResourceType::of(question.resource_type));
        let listed = index.who_can(operation, kind, &question.name);
        let may = |user: &str, host: Option<&str>| {
            let host = host.and_then(|host| host.split('/').next().unwrap().parse().ok());
            let asked = Question { user: user.to_string(), host, groups: BTreeSet::new(), ..question.clone() };
            naive.ask(&asked, |decision| decision.is_allowed())
        };
        for one in &listed {
            prop_assert!(may(one.principal, one.host), "{one:?}");
        }
        let from_everywhere = listed.iter().filter(|one| one.host.is_none()).map(|one| one.principal.to_string());
        let expected = everybody(&world).into_iter().filter(|user| may(user, None));
        prop_assert_eq!(from_everywhere.collect::<BTreeSet<_>>(), expected.collect());
    }

    #[test]
    fn an_explanation_is_the_decision_and_what_is_near_is_about_who_asks(world in world(), question in question()) {
        let (index, naive) = (world.index(1), world.naive());
        let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
        let inquiry = Inquiry {
            principal: &question.user,
            groups: &groups,
            host: question.host,
            operation: Operation::of(question.operation),
            resource_type: ResourceType::of(question.resource_type),
            name: &question.name,
        };
        let explanation = index.explain(&inquiry, &Roles::predefined(), &ClusterId::new("k"));
        prop_assert_eq!(explanation.verdict, ask(&index, &question));
        prop_assert_eq!(&explanation.reason, &index.reason(explanation.verdict));
        prop_assert!(!explanation.verdict.is_allowed() || explanation.commands.is_empty() && explanation.nearest.is_empty());
        let own: Vec<String> = naive.principals(&question).iter().map(Principal::to_string).collect();
        for (rule, misses) in &explanation.nearest {
            let (principal, name) = match rule {
                openmds_policy::access::Reason::RoleBinding { principal, pattern, .. } => (*principal, pattern.unwrap().name),
                openmds_policy::access::Reason::Acl(acl) => (acl.principal, acl.pattern.name),
                other => panic!("{other:?}"),
            };
            prop_assert!(own.iter().any(|one| one == principal) || principal == "User:*");
            let here = name == "*" || question.name.starts_with(name);
            prop_assert!(*misses == Misses::Resource || here);
        }
    }
}
