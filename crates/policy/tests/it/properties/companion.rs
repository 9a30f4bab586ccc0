//! Companions, and how sure events must be recorded.

use openmds_policy::audit::Category;
use openmds_policy::companion::{Companion, Modes, fail_mode};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::generate::{event, pattern};

fn mode() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["best-effort", "durable", "required"])
}

fn outcomes() -> impl Strategy<Value = Value> {
    prop_oneof![
        mode().prop_map(Value::from),
        mode().prop_map(|mode| json!({ "allowed": mode })),
        (mode(), mode()).prop_map(|(one, other)| json!({ "allowed": one, "denied": other })),
    ]
}

/// Companions are valid only if no two patterns mean the same; those that are not are left out.
fn companion() -> impl Strategy<Value = Companion> {
    let category = prop::sample::select(Category::ALL.map(Category::as_str).to_vec());
    let rules = prop::collection::vec((category, outcomes()), 0..4);
    let routes = prop::collection::vec((pattern(), rules), 0..8);
    let formats = prop::collection::btree_map(
        "confluent-audit-log-events[a-z]{0,2}",
        "ocsf|cloudevents",
        0..3,
    );
    (mode(), routes, formats).prop_filter_map(
        "two patterns mean the same",
        |(default, routes, formats)| {
            let routes = routes.into_iter().map(|(pattern, rules)| {
                let rules = rules
                    .into_iter()
                    .map(|(category, mode)| (category.to_string(), mode));
                (pattern, Value::Object(rules.collect::<Map<_, _>>()))
            });
            let routes: Map<_, _> = routes.collect();
            let modes = json!({ "default": default, "routes": routes });
            Companion::parse(&json!({ "fail_modes": modes, "formats": formats }).to_string()).ok()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn compiled_modes_agree_with_the_rule(companion in companion(), events in prop::collection::vec(event(), 1..8)) {
        for event in events {
            let modes = Modes::new(&companion, &event.authority, &event.cluster_id);
            for category in Category::ALL {
                for granted in [true, false] {
                    let expected = fail_mode(&companion, &event.crn(), category, granted);
                    prop_assert_eq!(modes.mode(event.resource(), category, granted), expected);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read(companion in companion()) {
        prop_assert_eq!(Companion::parse(&companion.to_property()), Ok(companion));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,200}") {
        let _ = Companion::parse(&text);
    }
}
