//! Both say the same, and for the same kind of reason.

use openmds_policy::access::{Index, Operation, Reason as Ground, ResourceType, Verdict};
use openmds_policy::acl::{AclBinding, AclPermission};
use openmds_policy::names::{PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{AclSource, Decision, Reason, Refusal};
use proptest::prelude::*;

use super::generate::{Naive, Question, World, question, world};

pub(super) fn ask(index: &Index, question: &Question) -> Verdict {
    let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
    let subject = index.subject(&question.user, &groups);
    index.decide(
        &subject,
        question.host,
        Operation::of(question.operation),
        ResourceType::of(question.resource_type),
        &question.name,
    )
}

/// What kind of reason: both sides must name the same kind, and may name different rules.
pub(super) fn naive_kind(decision: Decision<'_>) -> &'static str {
    match decision {
        Decision::Allow(Reason::SuperUser(_)) => "super user",
        Decision::Allow(Reason::RoleBinding(_)) => "role binding",
        Decision::Allow(Reason::Acl(..)) => "allowing ACL",
        Decision::Allow(Reason::Everyone) => "everyone",
        Decision::Deny(Refusal::Reserved) => "reserved",
        Decision::Deny(Refusal::Acl(..)) => "denying ACL",
        Decision::Deny(Refusal::Nothing) => "nothing",
    }
}

pub(super) fn kind(ground: &Ground<'_>) -> &'static str {
    match ground {
        Ground::SuperUser(_) => "super user",
        Ground::RoleBinding { .. } => "role binding",
        Ground::Acl(acl) if acl.allows => "allowing ACL",
        Ground::Acl(_) => "denying ACL",
        Ground::Everyone => "everyone",
        Ground::Reserved => "reserved",
        Ground::Nothing { .. } => "nothing",
        Ground::Stranger => "stranger",
    }
}

/// That the rule which the index names exists, and is about the question.
pub(super) fn check_ground(world: &World, naive: &Naive, question: &Question, ground: &Ground<'_>) {
    let principals = naive.principals(question);
    let is_own = |text: &str| principals.iter().any(|one| one.to_string() == text);
    match ground {
        Ground::SuperUser(user) => {
            assert!(is_own(user) && world.super_users.contains(&Principal::of_kafka(user)));
        }
        Ground::RoleBinding {
            principal,
            role,
            pattern,
        } => {
            assert!(is_own(principal), "{principal}");
            let key = (Principal::of_kafka(principal), (*role).to_string());
            let patterns = &world.grants[&key];
            if let Some(pattern) = pattern {
                let pattern = ResourcePattern {
                    resource_type: pattern.resource_type.as_str().to_string(),
                    name: pattern.name.to_string(),
                    pattern_type: pattern.pattern_type,
                };
                assert!(patterns.contains(&pattern));
                assert!(pattern.covers(question.resource_type.as_str(), &question.name));
            }
        }
        Ground::Acl(view) => {
            assert!(is_own(view.principal) || view.principal == "User:*");
            let source = match view.source {
                AclSource::Central => &world.central,
                AclSource::Local => &world.local,
            };
            let same = |acl: &AclBinding| {
                acl.pattern.resource_type.as_str() == view.pattern.resource_type.as_str()
                    && acl.pattern.name == view.pattern.name
                    && acl.pattern.pattern_type == view.pattern.pattern_type
                    && acl.entry.principal.to_string() == view.principal
                    && acl.entry.host == view.host
                    && acl.entry.operation.as_str() == view.operation.as_str()
                    && (acl.entry.permission_type == AclPermission::Allow) == view.allows
            };
            assert!(source.iter().any(same), "{view:?}");
            let literal = view.pattern.pattern_type == PatternType::Literal;
            assert!(!literal || ["*", &question.name].contains(&view.pattern.name));
            assert!(literal || question.name.starts_with(view.pattern.name));
        }
        Ground::Everyone | Ground::Reserved | Ground::Nothing { .. } => {}
        Ground::Stranger => panic!("the subject is of this index"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_index_says_what_the_reference_says(world in world(), questions in prop::collection::vec(question(), 1..12)) {
        let (index, naive) = (world.index(1), world.naive());
        for question in &questions {
            let verdict = ask(&index, question);
            let ground = index.reason(verdict);
            let (expected, allowed) = naive.ask(question, |decision| (naive_kind(decision.clone()), decision.is_allowed()));
            prop_assert_eq!(kind(&ground), expected, "{:?}", question);
            prop_assert_eq!(verdict.is_allowed(), allowed);
            check_ground(&world, &naive, question, &ground);
        }
    }

    #[test]
    fn a_subject_of_another_index_is_nobody(world in world(), question in question()) {
        let subject = world.index(1).subject(&question.user, &[]);
        let other = world.index(2);
        prop_assert!(!subject.belongs_to(&other));
        let (operation, kind) = (Operation::of(question.operation), ResourceType::of(question.resource_type));
        prop_assert!(!other.decide(&subject, question.host, operation, kind, &question.name).is_allowed());
        prop_assert!(!other.decide_by_type(&subject, question.host, operation, kind).is_allowed());
    }

    #[test]
    fn codes_that_are_not_known_are_for_rules_of_all(world in world(), question in question()) {
        let (index, naive) = (world.index(1), world.naive());
        let subject = index.subject(&question.user, &[]);
        let kind = ResourceType::of(question.resource_type);
        let unknown = [0, 1, 16, 200].map(|code| index.decide(&subject, question.host, Operation(code), kind, &question.name).is_allowed());
        // What only rules of all operations are about, asked by a name that no role knows.
        let all = Question { operation: openmds_policy::acl::AclOperation::All, groups: Default::default(), ..question.clone() };
        let expected = naive.ask(&all, |decision| decision.is_allowed());
        prop_assert_eq!(unknown, [expected; 4]);
    }
}
