//! Looking for a resource among many patterns.

use alloc::collections::BTreeSet;
use alloc::string::ToString;

use crate::names::{PatternType, ResourcePattern};

/// Up to so many patterns, comparing each is faster than building keys.
const FEW: usize = 8;

/// Whether one of the patterns contains every resource of the given one: what
/// [`ResourcePattern::contains`] says of each, in time that does not grow with their number.
#[must_use]
pub(super) fn any_contains(
    patterns: &BTreeSet<ResourcePattern>,
    resource: &ResourcePattern,
) -> bool {
    if patterns.len() <= FEW {
        return patterns.iter().any(|pattern| pattern.contains(resource));
    }
    let mut key = ResourcePattern {
        resource_type: resource.resource_type.to_string(),
        name: "*".to_string(),
        pattern_type: PatternType::Literal,
    };
    if patterns.contains(&key) {
        return true;
    }
    if resource.pattern_type == PatternType::Literal {
        if resource.name == "*" {
            return false;
        }
        key.name.clone_from(&resource.name);
        if patterns.contains(&key) {
            return true;
        }
    } else {
        key.name.clone_from(&resource.name);
    }
    key.pattern_type = PatternType::Prefixed;
    loop {
        if patterns.contains(&key) {
            return true;
        }
        if key.name.pop().is_none() {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn patterns() -> impl Strategy<Value = ResourcePattern> {
        let kind = prop_oneof![Just("Topic"), Just("Group")];
        let name = prop_oneof![4 => "[abé]{0,4}", 1 => Just(String::from("*"))];
        let how = prop_oneof![Just(PatternType::Literal), Just(PatternType::Prefixed)];
        (kind, name, how).prop_map(|(kind, name, pattern_type)| ResourcePattern {
            resource_type: kind.to_string(),
            name,
            pattern_type,
        })
    }

    proptest! {
        #[test]
        fn says_what_comparing_with_each_says(held in prop::collection::vec(patterns(), 0..40), asked in patterns()) {
            let held: BTreeSet<ResourcePattern> = held.into_iter().collect();
            let each: Vec<bool> = held.iter().map(|pattern| pattern.contains(&asked)).collect();
            prop_assert_eq!(any_contains(&held, &asked), each.contains(&true));
        }
    }
}
