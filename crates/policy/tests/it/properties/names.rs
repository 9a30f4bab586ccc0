//! CRNs and patterns.

use openmds_policy::crn::{Crn, CrnPattern, PatternElement, ValuePattern};
use proptest::prelude::*;

use super::generate::{authority, kind, pattern, value};

fn value_within(narrow: &ValuePattern, wide: &ValuePattern) -> bool {
    match (narrow, wide) {
        (ValuePattern::Literal(narrow), wide) => wide.matches(narrow),
        (ValuePattern::Prefix(narrow), ValuePattern::Prefix(wide)) => {
            narrow.starts_with(wide.as_str())
        }
        (ValuePattern::Prefix(_), ValuePattern::Literal(_)) => false,
    }
}

/// Whether every resource of the one pattern is also one of the other, element by element.
fn within(narrow: &CrnPattern, wide: &CrnPattern) -> bool {
    let element = |(narrow, wide): (&PatternElement, &PatternElement)| {
        narrow.kind == wide.kind && value_within(&narrow.value, &wide.value)
    };
    (wide.authority().is_empty() || wide.authority() == narrow.authority())
        && narrow.elements().len() == wide.elements().len()
        && narrow.elements().iter().zip(wide.elements()).all(element)
}

proptest! {
    #[test]
    fn any_resource_name_survives_being_written(authority in authority(), cluster in ".+", kind in kind(), name in "(?s).+") {
        let crn = Crn::for_resource(&authority, &cluster, &kind, &name);
        let text = crn.to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
        if text.len() <= 4_096 {
            prop_assert_eq!(Crn::parse(&text), Ok(crn));
        }
    }

    #[test]
    fn a_pattern_survives_being_written(text in pattern()) {
        let parsed = CrnPattern::parse(&text).unwrap();
        let normal = parsed.to_string();
        prop_assert_eq!(CrnPattern::parse(&normal), Ok(parsed));
        prop_assert_eq!(CrnPattern::parse(&normal).unwrap().to_string(), normal);
    }

    #[test]
    fn a_pattern_within_another_is_more_specific(one in pattern(), other in pattern()) {
        let (one, other) = (CrnPattern::parse(&one).unwrap(), CrnPattern::parse(&other).unwrap());
        if one != other && within(&one, &other) {
            prop_assert!(one.specificity() > other.specificity());
        }
    }

    #[test]
    fn two_patterns_of_one_resource_never_tie(patterns in prop::collection::vec(pattern(), 2..20), authority in authority(), cluster in value(), kind in kind(), name in value()) {
        let crn = Crn::for_resource(&authority, &cluster, &kind, &name);
        let parsed = patterns.iter().map(|text| CrnPattern::parse(text).unwrap());
        let matching: Vec<CrnPattern> = parsed.filter(|pattern| pattern.matches(&crn)).collect();
        for one in &matching {
            for other in &matching {
                prop_assert_eq!(one == other, one.specificity() == other.specificity());
            }
        }
    }

    #[test]
    fn what_matches_is_listed_too(text in pattern(), authority in authority(), cluster in value(), kind in kind(), name in value()) {
        let pattern = CrnPattern::parse(&text).unwrap();
        let crn = Crn::for_resource(&authority, &cluster, &kind, &name);
        let parent = Crn::for_cluster(&authority, &cluster);
        if pattern.matches(&crn) {
            prop_assert!(pattern.matches_or_is_below(&crn));
            prop_assert!(pattern.matches_or_is_below(&parent));
            prop_assert!(!pattern.matches(&parent));
            prop_assert!(pattern.can_match_cluster(&cluster));
        }
    }
}
