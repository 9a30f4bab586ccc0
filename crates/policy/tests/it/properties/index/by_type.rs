//! Asking by type against a search through all names that could matter.

use std::collections::BTreeSet;

use openmds_policy::access::{Operation, ResourceType};
use openmds_policy::acl::AclOperation;
use proptest::prelude::*;

use super::generate::{Question, World, question, world};

/// Every name in a rule, each also with an ending that is in none, and that ending alone.
fn names(world: &World) -> BTreeSet<String> {
    let acls = world.central.iter().chain(&world.local);
    let of_acls = acls.map(|acl| acl.pattern.name.clone());
    let of_grants = world.grants.values().flatten();
    let of_grants = of_grants.map(|pattern| pattern.name.clone());
    let all: BTreeSet<String> = of_acls.chain(of_grants).chain([String::new()]).collect();
    let longer: Vec<String> = all.iter().map(|name| format!("{name}~")).collect();
    let names = all.into_iter().chain(longer);
    // Not the text that as a resource of role bindings stands for all names.
    names
        .filter(|name| !name.is_empty() && name != "*")
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn by_type_says_what_a_search_through_all_names_says(world in world(), question in question(), writes in any::<bool>()) {
        let (index, naive) = (world.index(1), world.naive());
        let operation = if writes { AclOperation::Write } else { question.operation };
        let question = Question { operation, ..question };
        let allowed = |name: String| naive.ask(&Question { name, ..question.clone() }, |decision| decision.is_allowed());
        let expected = names(&world).into_iter().any(allowed);
        let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
        let subject = index.subject(&question.user, &groups);
        let verdict = index.decide_by_type(&subject, question.host, Operation::of(operation), ResourceType::of(question.resource_type));
        prop_assert_eq!(verdict.is_allowed(), expected, "{:?}", index.reason(verdict));
    }
}
