//! Plans: empty where nothing differs, sufficient where something does.

use std::collections::BTreeMap;

use openmds_policy::plan::{ObservedConfig, PushStep, Tenure, TopicStep, plan_push, plan_topics};
use proptest::prelude::*;

type Observed = BTreeMap<String, Option<Option<i64>>>;

fn topic() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "c", "d"]).prop_map(String::from)
}

fn desired() -> impl Strategy<Value = BTreeMap<String, u64>> {
    let retention = prop_oneof![0..3_u64, 0..=u64::try_from(i64::MAX).unwrap()];
    prop::collection::btree_map(topic(), retention, 0..4)
}

fn observed() -> impl Strategy<Value = Observed> {
    let retention = prop_oneof![-1..3_i64, any::<i64>()];
    let state = prop::option::of(prop::option::of(retention));
    prop::collection::btree_map(topic(), state, 0..4)
}

/// The destination after the steps.
fn applied(mut observed: Observed, steps: &[TopicStep]) -> Observed {
    for step in steps {
        let (topic, retention, existed) = match step {
            TopicStep::Create {
                topic,
                retention_ms,
            } => (topic, retention_ms, false),
            TopicStep::SetRetention {
                topic,
                retention_ms,
            } => (topic, retention_ms, true),
        };
        let before = observed.insert(
            topic.clone(),
            Some(Some(i64::try_from(*retention).unwrap())),
        );
        assert_eq!(before.flatten().is_some(), existed, "{step:?}");
    }
    observed
}

proptest! {
    #[test]
    fn topics_after_the_plan_are_as_desired(desired in desired(), observed in observed()) {
        let steps = plan_topics(&desired, &observed);
        let after = applied(observed.clone(), &steps);
        for (topic, retention) in &desired {
            prop_assert_eq!(after[topic], Some(i64::try_from(*retention).ok()));
        }
        for (topic, state) in &observed {
            prop_assert!(desired.contains_key(topic) || after[topic] == *state, "{topic} was touched");
        }
        prop_assert_eq!(plan_topics(&desired, &after), vec![]);
    }

    #[test]
    fn a_plan_between_equals_is_empty(desired in desired()) {
        let same = desired.iter().map(|(topic, retention)| (topic.clone(), Some(i64::try_from(*retention).ok())));
        prop_assert_eq!(plan_topics(&desired, &same.collect()), vec![]);
    }

    #[test]
    fn a_push_of_what_is_there_is_nothing(value: String, ours: bool) {
        let tenure = if ours { Tenure::Ours } else { Tenure::Unclaimed };
        prop_assert_eq!(plan_push(Some(&value), ObservedConfig::Value(&value), tenure), PushStep::Unchanged);
    }

    #[test]
    fn what_is_ours_becomes_as_desired(desired: String, value in prop::option::of(any::<String>())) {
        let observed = value.as_deref().map_or(ObservedConfig::Absent, ObservedConfig::Value);
        let after = match plan_push(Some(&desired), observed, Tenure::Ours) {
            PushStep::Set => Some(&desired),
            PushStep::Unchanged => value.as_ref(),
            step => return Err(TestCaseError::fail(format!("{step:?}"))),
        };
        prop_assert_eq!(after, Some(&desired));
    }

    #[test]
    fn what_is_not_ours_is_never_overwritten(desired: String, value in "\\PC*[^ ]\\PC*") {
        let step = plan_push(Some(&desired), ObservedConfig::Value(&value), Tenure::Unclaimed);
        let wanted = if desired == value { PushStep::Unchanged } else { PushStep::Foreign };
        prop_assert_eq!(step, if value.trim().is_empty() && desired != value { PushStep::Set } else { wanted });
    }

    #[test]
    fn what_nobody_wrote_is_never_pushed(value: String, ours: bool) {
        let tenure = if ours { Tenure::Ours } else { Tenure::Unclaimed };
        for observed in [ObservedConfig::Absent, ObservedConfig::Hidden, ObservedConfig::Value(&value)] {
            prop_assert_eq!(plan_push(None, observed, tenure), PushStep::NothingDesired);
        }
    }
}
