//! Keys of records: two facts never share one, whatever people call things.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::acl::{AclBinding, WrittenAcl};
use openmds_policy::names::{ClusterId, Principal};
use openmds_policy::rbac::{BindingKey, Scope, ScopeKey};
use openmds_server::store::Record;
use proptest::prelude::*;

fn binding(principal: &str, role: &str, clusters: &[(ScopeKey, &str)]) -> BindingKey {
    let clusters = clusters.iter().map(|(key, id)| (*key, id.to_string()));
    BindingKey {
        principal: Principal::user(principal),
        role: role.to_string(),
        scope: Scope::try_from(clusters.collect::<BTreeMap<_, _>>()).unwrap(),
    }
}

fn key(binding: &BindingKey) -> String {
    let key = binding.clone();
    Record::Binding {
        key,
        patterns: None,
    }
    .key()
}

/// All bindings whose parts, joined as people write them, are this text: what is a separator and what is part of a name cannot be
/// told from it.
fn readings(text: &str) -> Vec<BindingKey> {
    const KAFKA: &str = "/kafka-cluster ";
    const CONNECT: &str = ", connect-cluster ";
    let mut readings = Vec::new();
    for (scope, _) in text.match_indices(KAFKA) {
        let (before, ids) = (&text[..scope], &text[scope + KAFKA.len()..]);
        for (role, _) in before.match_indices('/') {
            let (principal, role) = (&before[..role], &before[role + 1..]);
            if !ids.is_empty() {
                readings.push(binding(principal, role, &[(ScopeKey::KafkaCluster, ids)]));
            }
            for (connect, _) in ids.match_indices(CONNECT) {
                let (kafka, connect) = (&ids[..connect], &ids[connect + CONNECT.len()..]);
                if !kafka.is_empty() && !connect.is_empty() {
                    let clusters = [
                        (ScopeKey::KafkaCluster, kafka),
                        (ScopeKey::ConnectCluster, connect),
                    ];
                    readings.push(binding(principal, role, &clusters));
                }
            }
        }
    }
    readings
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/",
        "%",
        "%2F",
        "%252F",
        ",",
        " ",
        "a",
        "/kafka-cluster ",
        ", connect-cluster ",
        "User:",
        "\0",
    ]);
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_text_can_be_read_in_several_ways() {
    let text = "a/b/c/kafka-cluster k, connect-cluster x/kafka-cluster y";
    assert_eq!(readings(text).len(), 2 * 2 + 3);
}

proptest! {
    #[test]
    fn two_bindings_never_share_a_key(text in pieces()) {
        let readings = readings(&format!("u/{text}/kafka-cluster k{text}"));
        let different: BTreeSet<&BindingKey> = readings.iter().collect();
        let keys: BTreeSet<String> = readings.iter().map(key).collect();
        prop_assert!(!readings.is_empty());
        prop_assert_eq!(keys.len(), different.len());
    }

    #[test]
    fn nor_do_bindings_of_any_names(one in any_binding(), other in any_binding()) {
        prop_assert_eq!(key(&one) == key(&other), one == other);
    }
}

fn any_binding() -> impl Strategy<Value = BindingKey> {
    let name = || "[/%,a ]{1,2}";
    (name(), name(), name(), prop::option::of(name())).prop_map(
        |(principal, role, kafka, connect)| {
            let connect = connect
                .iter()
                .map(|id| (ScopeKey::ConnectCluster, id.as_str()));
            let kafka = (ScopeKey::KafkaCluster, kafka.as_str());
            let clusters: Vec<_> = [kafka].into_iter().chain(connect).collect();
            binding(&principal, &role, &clusters)
        },
    )
}

#[test]
fn usual_names_stand_in_keys_as_they_are() {
    let clusters = [
        (ScopeKey::KafkaCluster, "k-1"),
        (ScopeKey::ConnectCluster, "c"),
    ];
    assert_eq!(
        key(&binding("CN=a,OU=b", "Operator", &clusters)),
        "binding/User:CN=a,OU=b/Operator/kafka-cluster k-1, connect-cluster c"
    );
    assert_eq!(
        key(&binding(
            "a/b%",
            "Operator",
            &[(ScopeKey::KafkaCluster, "k,/")]
        )),
        "binding/User:a%2Fb%25/Operator/kafka-cluster k%2C%2F"
    );
}

#[test]
fn an_acl_of_a_cluster_with_a_separator_is_its_own() {
    let acl = AclBinding::parse(&WrittenAcl {
        resource_type: "TOPIC",
        name: "t",
        pattern_type: "LITERAL",
        principal: "User:alice",
        host: "*",
        operation: "READ",
        permission_type: "ALLOW",
    })
    .unwrap();
    let of = |cluster: &str| Record::Acl {
        cluster: ClusterId::new(cluster),
        acl: acl.clone(),
        present: true,
    };
    assert!(of("k").key().starts_with("acl/k/{"));
    assert!(of("k/x").key().starts_with("acl/k%2Fx/{"));
}
