//! That the generated questions meet all there is, and are not nearly all allowed or denied.

use std::collections::BTreeMap;

use openmds_policy::acl::{AclOperation, AclResourceType};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::compare::naive_kind;
use super::generate::{question, world};

#[test]
fn the_questions_meet_every_kind_of_answer() {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut allowed, mut asked) = (0, 0);
    let mut operations: BTreeMap<AclOperation, [u32; 2]> = BTreeMap::new();
    let mut types: BTreeMap<AclResourceType, [u32; 2]> = BTreeMap::new();
    for _ in 0..1_500 {
        let naive = world().new_tree(&mut runner).unwrap().current().naive();
        for _ in 0..5 {
            let question = question().new_tree(&mut runner).unwrap().current();
            let (kind, yes) = naive.ask(&question, |decision| {
                (naive_kind(decision.clone()), decision.is_allowed())
            });
            *kinds.entry(kind).or_default() += 1;
            operations.entry(question.operation).or_default()[usize::from(yes)] += 1;
            types.entry(question.resource_type).or_default()[usize::from(yes)] += 1;
            allowed += u32::from(yes);
            asked += 1;
        }
    }
    println!("{allowed} of {asked} allowed; {kinds:?}");
    assert!(
        allowed * 4 >= asked && allowed * 4 <= asked * 3,
        "{allowed} of {asked}"
    );
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    assert!(kinds.values().all(|count| *count >= 50), "{kinds:?}");
    assert_eq!((operations.len(), types.len()), (13, 6));
    let both = |[no, yes]: &[u32; 2]| *no > 0 && *yes > 0;
    assert!(operations.values().all(both), "{operations:?}");
    assert!(types.values().all(both), "{types:?}");
}
