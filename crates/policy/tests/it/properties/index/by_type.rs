//! Asking by type against a search through all names that could matter.

use std::collections::BTreeSet;

use openmds_policy::access::{Operation, ResourceType};
use openmds_policy::acl::{AclBinding, AclEntry, AclOperation, AclPattern, AclPermission};
use openmds_policy::names::PatternType;
use proptest::prelude::*;

use super::generate::{Question, World, acl, question, world};

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

fn agree(world: &World, question: &Question) -> Result<(), TestCaseError> {
    let (index, naive) = (world.index(1), world.naive());
    let allowed = |name: String| {
        let question = Question {
            name,
            ..question.clone()
        };
        naive.ask(&question, |decision| decision.is_allowed())
    };
    let expected = names(world).into_iter().any(allowed);
    let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
    let subject = index.subject(&question.user, &groups);
    let operation = Operation::of(question.operation);
    let kind = ResourceType::of(question.resource_type);
    let verdict = index.decide_by_type(&subject, question.host, operation, kind);
    let why = index.reason(verdict);
    prop_assert_eq!(verdict.is_allowed(), expected, "{:?}", why);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn by_type_says_what_a_search_through_all_names_says(world in world(), question in question(), writes in any::<bool>()) {
        let operation = if writes { AclOperation::Write } else { question.operation };
        agree(&world, &Question { operation, ..question })?;
    }

    #[test]
    fn by_type_sees_what_a_shorter_prefix_takes(few in world(), question in question(), beginning in "[ab]{1,2}", ending in "[ab]{0,2}", denied_to in acl(), allowed_to in acl()) {
        // Nothing else about the type: a single right more would hide what is asked here.
        let mut world = World { grants: few.grants.into_iter().take(1).collect(), central: BTreeSet::new(), local: BTreeSet::new(), allow_everyone: false, ..few };
        world.providers.local = true;
        let prefix = |name: String, permission_type, of: AclBinding| AclBinding {
            pattern: AclPattern { resource_type: question.resource_type, name, pattern_type: PatternType::Prefixed },
            entry: AclEntry { permission_type, operation: question.operation, ..of.entry },
        };
        let whole = format!("{beginning}{ending}");
        world.local.insert(prefix(beginning, AclPermission::Deny, denied_to));
        world.local.insert(prefix(whole, AclPermission::Allow, allowed_to));
        agree(&world, &question)?;
    }
}
