//! A cluster's old default topics, kept as routes: steps 3 and 14.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::cluster_routes::{ClusterRoutes, pattern_in};
use super::{LegacyConfig, MigrationWarning};
use crate::audit::category::Category::{self, Authentication, Authorize, Management};
use crate::audit::document::{DefaultTopics, Route};
use crate::crn::{PatternElement, ValuePattern};

const CLUSTER: &[Category] = &[Authentication, Authorize, Management];
const IN_BROKERS: &[Category] = &[Authorize, Management];
/// Nobody but the metadata service is asked about these.
const BEYOND: &[Category] = &[Authorize];

/// The resources for which routes are added, as what follows the cluster in a CRN, and the
/// categories in which events about them exist.
///
/// Those of `mds-api.md` 7, step 14; and, because an event about them would else go elsewhere than
/// before: `authentication` of the cluster, `management` of everything that brokers know, `user`
/// (Kafka checks delegation tokens of others by it), and `kek`, which the role tables know.
pub const OLD_DEFAULT_PATHS: [(&[&str], &[Category]); 22] = [
    (&[], CLUSTER),
    (&["topic"], IN_BROKERS),
    (&["group"], IN_BROKERS),
    (&["transaction-id"], IN_BROKERS),
    (&["delegation-token"], IN_BROKERS),
    (&["user"], IN_BROKERS),
    (&["control-center-broker-metrics"], BEYOND),
    (&["control-center-alerts"], BEYOND),
    (&["cluster-registry"], BEYOND),
    (&["security-metadata"], BEYOND),
    (&["all"], BEYOND),
    (&["connect"], BEYOND),
    (&["connect", "connector"], BEYOND),
    (&["connect", "secret"], BEYOND),
    (&["connect", "all"], BEYOND),
    (&["schema-registry"], BEYOND),
    (&["schema-registry", "subject"], BEYOND),
    (&["schema-registry", "kek"], BEYOND),
    (&["schema-registry", "all"], BEYOND),
    (&["ksql"], BEYOND),
    (&["ksql", "ksql-cluster"], BEYOND),
    (&["ksql", "all"], BEYOND),
];

/// Says in every route of the cluster, and in routes added for all kinds of resources, what its
/// default topics said. What a route says itself stays, an explicit `""` included.
pub(super) fn keep(own: &mut ClusterRoutes, config: &LegacyConfig, authority: &str) {
    let defaults = config.document.default_topics();
    for (path, categories) in OLD_DEFAULT_PATHS {
        let any = |kind: &&str| PatternElement {
            kind: (*kind).to_string(),
            value: ValuePattern::Prefix(Default::default()),
        };
        let rest: Vec<PatternElement> = path.iter().map(any).collect();
        let pattern = pattern_in(authority, &config.cluster_id, &rest);
        let route = own.routes.entry(pattern.clone()).or_insert_with(|| Route {
            pattern,
            rules: Default::default(),
        });
        fill(route, categories, defaults);
    }
    let others = own.others.iter_mut().map(|(_, route)| route);
    for route in own.routes.values_mut().chain(others) {
        if route.pattern.elements.len() == 1 {
            fill(route, CLUSTER, defaults);
        } else if !is_added_for_questions_alone(route) {
            fill(route, IN_BROKERS, defaults);
        }
    }
    own.warnings.push(MigrationWarning::NewDefaultTopics {
        cluster: config.cluster_id.clone(),
        allowed: defaults.allowed.as_str().to_string(),
        denied: defaults.denied.as_str().to_string(),
    });
}

/// An added route, as long as it says nothing but what was added, needs no `management`.
fn is_added_for_questions_alone(route: &Route) -> bool {
    let elements = route.pattern.elements.get(1..).unwrap_or_default();
    let kinds = || elements.iter().map(|element| element.kind.as_str());
    let any = |element: &PatternElement| element.value == ValuePattern::Prefix(Default::default());
    let listed = OLD_DEFAULT_PATHS
        .iter()
        .any(|(path, categories)| *categories == BEYOND && path.iter().copied().eq(kinds()));
    listed && elements.iter().all(any) && route.rules.keys().eq([&Authorize])
}

fn fill(route: &mut Route, categories: &[Category], defaults: &DefaultTopics) {
    for category in categories {
        let rule = route.rules.entry(*category).or_default();
        let rule = rule.get_or_insert_default();
        rule.allowed.get_or_insert_with(|| defaults.allowed.clone());
        rule.denied.get_or_insert_with(|| defaults.denied.clone());
    }
}
