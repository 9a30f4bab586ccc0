//! A combined document sends every event of every cluster where the cluster's own one sent it,
//! unless a warning names the cluster and the reason.

use std::collections::BTreeSet;

use openmds_policy::audit::{
    AuditedAction, Category, Document, LegacyConfig, Migration, MigrationWarning,
    OLD_DEFAULT_PATHS, Routing, combine, lookup_route, route,
};
use openmds_policy::crn::{Crn, CrnPattern};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::generate::{TOPICS, document_json, kind, principal, value};

const CLUSTERS: [&str; 4] = ["a", "aa", "ab", "b"];

/// One cluster's configuration: routes and defaults of others, and sometimes shapes of its own.
fn config() -> impl Strategy<Value = Value> {
    let deep = prop::collection::vec((deep_pattern(), 0..TOPICS.len()), 0..6);
    (document_json(), deep).prop_map(|(mut json, deep)| {
        let routes = json["routes"].as_object_mut().unwrap();
        let mut meant: BTreeSet<CrnPattern> = routes
            .keys()
            .map(|text| CrnPattern::parse(text).unwrap())
            .collect();
        for (text, topic) in deep {
            if meant.insert(CrnPattern::parse(&text).unwrap()) {
                let rule = json!({"allowed": TOPICS[topic]});
                routes.insert(text, json!({"authorize": rule, "produce": rule}));
            }
        }
        json
    })
}

/// Two steps below the cluster, where patterns may overlap without containing each other.
fn deep_pattern() -> impl Strategy<Value = String> {
    let authority = prop::sample::select(vec!["", "m"]);
    let cluster = prop::sample::select(vec!["*", "a", "a*", "aa", "b"]);
    let step = || prop::sample::select(vec!["*", "a", "a*", "aa", "aa*", "b"]);
    (authority, cluster, step(), step()).prop_map(|(authority, cluster, connect, connector)| {
        format!("crn://{authority}/kafka={cluster}/connect={connect}/connector={connector}")
    })
}

fn configs() -> impl Strategy<Value = Vec<LegacyConfig>> {
    let clusters = prop::sample::subsequence(CLUSTERS.to_vec(), 1..=3);
    clusters.prop_flat_map(|clusters| {
        let configs = prop::collection::vec(config(), clusters.len());
        configs.prop_map(move |configs| {
            let pairs = clusters.iter().zip(&configs);
            pairs
                .map(|(id, json)| LegacyConfig::parse(id, &json.to_string()).unwrap())
                .collect()
        })
    })
}

/// A resource below the cluster: kinds and names.
fn resource() -> impl Strategy<Value = Vec<(String, String)>> {
    let listed = prop::sample::select(OLD_DEFAULT_PATHS.map(|(path, _)| path).to_vec());
    let listed = listed.prop_map(|path| path.iter().map(|kind| kind.to_string()).collect());
    let deep = Just(vec!["connect".to_string(), "connector".to_string()]);
    let kinds = prop_oneof![
        4 => kind().prop_map(|kind| vec![kind]),
        2 => listed,
        2 => deep,
        1 => prop::collection::vec(kind(), 2),
    ];
    kinds.prop_flat_map(|kinds: Vec<String>| {
        let names = prop::collection::vec(value(), kinds.len());
        names.prop_map(move |names| kinds.iter().cloned().zip(names).collect())
    })
}

/// Whether such events exist: nobody logs in to a topic, and no method changes a connector.
fn exists(kinds: &[&str], category: Category) -> bool {
    let known = OLD_DEFAULT_PATHS.iter().find(|(path, _)| *path == kinds);
    (kinds.is_empty() || category != Category::Authentication)
        && known.is_none_or(|(_, categories)| {
            !category.is_on_by_default() || categories.contains(&category)
        })
}

fn crn(authority: &str, cluster: &str, resource: &[(String, String)]) -> Crn {
    let step = |(kind, name): &(String, String)| {
        let bytes = name.bytes().map(|byte| format!("%{byte:02x}"));
        format!("/{kind}={}", bytes.collect::<String>())
    };
    let steps: String = resource.iter().map(step).collect();
    Crn::parse(&format!("crn://{authority}/kafka={cluster}{steps}")).unwrap()
}

/// What follows the cluster, in the one spelling of each kind.
fn kinds(crn: &Crn) -> Vec<&str> {
    let below = crn.elements().iter().skip(1);
    below.map(|element| element.kind.as_str()).collect()
}

fn topic<'a>(document: &'a Document, crn: &Crn, action: AuditedAction<'_>) -> Option<&'a str> {
    match route(document, crn, action) {
        Routing::Topic(topic) => Some(topic),
        Routing::Discarded(_) => None,
    }
}

/// Whether a warning says that this event of this cluster may go elsewhere.
fn is_told(
    migration: &Migration,
    config: &LegacyConfig,
    resource: &[(String, String)],
    new: &Crn,
    action: AuditedAction<'_>,
) -> bool {
    let id = config.cluster_id();
    migration.warnings.iter().any(|warning| match warning {
        MigrationWarning::NewExcludedPrincipals {
            cluster,
            principals,
        } => cluster == id && principals.iter().any(|name| name == action.principal),
        MigrationWarning::NewDefaultTopics { cluster, .. } => {
            let kinds = kinds(new);
            let listed = OLD_DEFAULT_PATHS.iter().any(|(path, _)| **path == kinds);
            let decided = lookup_route(&migration.document, Some(new)).route != "default";
            cluster == id && action.category.is_on_by_default() && !listed && !decided
        }
        MigrationWarning::MultipleAuthorities {
            cluster,
            authorities,
            routes,
        } => {
            let named = authorities.iter().filter(|name| !name.is_empty());
            // With one authority, it is the cluster's, and nothing changes.
            let matches = |text: &String| {
                let pattern = CrnPattern::parse(text).unwrap();
                pattern.matches(&crn(pattern.authority(), id, resource))
            };
            cluster == id && named.count() > 1 && routes.iter().any(matches)
        }
        _ => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_combined_document_routes_as_each_cluster_did(
        configs in configs(),
        resources in prop::collection::vec(resource(), 1..12),
        principal in principal(),
        authority in prop::sample::select(vec!["", "x.example:8090"]),
    ) {
        let migration = combine(&configs, &[], authority).unwrap();
        for config in &configs {
            for resource in &resources {
                let old_crn = crn(config.authority(), config.cluster_id(), resource);
                let new_crn = crn(authority, config.cluster_id(), resource);
                let kinds = kinds(&new_crn);
                for category in Category::ALL.into_iter().filter(|category| exists(&kinds, *category)) {
                    for (granted, principal) in [(true, "User:nobody"), (false, "User:nobody"), (true, &principal)] {
                        let action = AuditedAction { category, principal, granted };
                        let old = topic(config.document(), &old_crn, action);
                        let new = topic(&migration.document, &new_crn, action);
                        prop_assert!(
                            old == new || is_told(&migration, config, resource, &new_crn, action),
                            "{old_crn} {action:?}: {old:?} became {new:?}\n{}\n{:#?}",
                            serde_json::to_string_pretty(&migration).unwrap(), migration.warnings
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_combined_document_is_valid_and_the_order_of_clusters_means_nothing(configs in configs()) {
        let servers = ["logs:9092".to_string(), "logs:9093".to_string()];
        let migration = combine(&configs, &servers, "m").unwrap();
        prop_assert_eq!(Document::parse_property(&migration.document.to_property()), Ok(migration.document.clone()));
        let reversed: Vec<LegacyConfig> = configs.iter().rev().cloned().collect();
        prop_assert_eq!(combine(&reversed, &servers, "m").unwrap(), migration.clone());
        for retention in migration.document.topics().values() {
            prop_assert!(retention.is_some());
        }
        // No route of one cluster concerns another one.
        for (text, route) in migration.document.routes() {
            let ids = CLUSTERS.iter().filter(|id| route.pattern.can_match_cluster(id));
            let combined = ids.filter(|id| configs.iter().any(|config| config.cluster_id() == **id));
            prop_assert!(combined.count() <= 1, "{text}");
        }
    }
}
