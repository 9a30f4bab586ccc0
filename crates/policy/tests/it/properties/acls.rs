//! ACL filters and decisions against naive twins, written from Kafka's own description of them.

use std::collections::BTreeSet;

use openmds_policy::acl::{
    AclBinding, AclFilter, AclOperation, AclPermission, AclRequest, AclResourceType, Acls,
    WrittenAcl, WrittenFilter,
};
use openmds_policy::names::{ClusterId, Principal};
use proptest::prelude::*;

const TYPES: [&str; 4] = ["TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID"];
const OPERATIONS: [&str; 11] = [
    "ALL",
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
];

/// The seven texts of an ACL: type, name, pattern type, principal, host, operation, permission.
type Texts = [String; 7];

fn one_of(words: &[&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(words.to_vec())
        .prop_map(String::from)
        .boxed()
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![4 => "[ab]{1,3}", 1 => Just("*".to_string())].boxed()
}

fn acl_texts() -> impl Strategy<Value = Texts> {
    let principals = ["User:a", "User:b", "User:*", "Group:a"];
    (
        one_of(&TYPES),
        name(),
        one_of(&["LITERAL", "PREFIXED"]),
        one_of(&principals),
        one_of(&["*", "10.0.0.1"]),
        one_of(&OPERATIONS),
        one_of(&["ALLOW", "DENY"]),
    )
        .prop_map(
            |(kind, name, how, principal, host, operation, permission)| {
                let cluster = kind == "CLUSTER";
                let name = if cluster {
                    "kafka-cluster".to_string()
                } else {
                    name
                };
                let how = if cluster { "LITERAL".to_string() } else { how };
                [kind, name, how, principal, host, operation, permission]
            },
        )
}

fn parsed(texts: &Texts) -> AclBinding {
    let [
        resource_type,
        name,
        pattern_type,
        principal,
        host,
        operation,
        permission_type,
    ] = texts.each_ref().map(String::as_str);
    AclBinding::parse(&WrittenAcl {
        resource_type,
        name,
        pattern_type,
        principal,
        host,
        operation,
        permission_type,
    })
    .unwrap()
}

/// The texts of a filter; an empty one is absent.
fn filter_texts() -> impl Strategy<Value = Texts> {
    let absent = || Just(String::new());
    let words =
        |known: &[&'static str], also: &[&'static str]| one_of(&[known, also, also, also].concat());
    (
        words(&TYPES, &["ANY"]),
        prop_oneof![1 => absent(), 2 => name(), 1 => Just("kafka-cluster".to_string())],
        one_of(&["ANY", "MATCH", "LITERAL", "PREFIXED"]),
        prop_oneof![2 => absent(), 1 => one_of(&["User:a", "User:*", "Group:a"])],
        prop_oneof![2 => absent(), 1 => one_of(&["*", "10.0.0.1"])],
        words(&OPERATIONS, &["ANY", "ANY", "ANY"]),
        words(&["ALLOW", "DENY"], &["ANY"]),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g])
}

fn filter(texts: &Texts) -> AclFilter {
    let [
        resource_type,
        name,
        pattern_type,
        principal,
        host,
        operation,
        permission_type,
    ] = texts.each_ref().map(String::as_str);
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    AclFilter::parse(&WrittenFilter {
        resource_type,
        name: given(name),
        pattern_type,
        principal: given(principal),
        host: given(host),
        operation,
        permission_type,
    })
    .unwrap()
}

/// Kafka: "a filter which matches ... `null` and `ANY` match everything; a pattern type of `MATCH`
/// will find literal, wildcard and prefixed patterns that affect the resource name".
fn naively_meant(filter: &Texts, acl: &Texts) -> bool {
    for place in [0, 5, 6] {
        if filter[place] != "ANY" && filter[place] != acl[place] {
            return false;
        }
    }
    for place in [3, 4] {
        if !filter[place].is_empty() && filter[place] != acl[place] {
            return false;
        }
    }
    let (wanted, how) = (&filter[1], filter[2].as_str());
    let (name, pattern_type) = (&acl[1], acl[2].as_str());
    if ["LITERAL", "PREFIXED"].contains(&how) && how != pattern_type {
        return false;
    }
    if wanted.is_empty() {
        return true;
    }
    if how != "MATCH" {
        return wanted == name;
    }
    if pattern_type == "PREFIXED" {
        return wanted.starts_with(name.as_str());
    }
    wanted == name || name == "*"
}

/// Kafka's authorizer: any matching denial denies; an allowance of READ, WRITE, DELETE or ALTER
/// allows DESCRIBE, one of ALTER_CONFIGS allows DESCRIBE_CONFIGS.
fn naively_decided(
    acls: &BTreeSet<Texts>,
    who: &[&str],
    host: &str,
    what: &str,
    kind: &str,
    on: &str,
) -> Option<AclPermission> {
    let applies = |acl: &&Texts| {
        let covers = match acl[2].as_str() {
            "PREFIXED" => on.starts_with(&acl[1]),
            _ => acl[1] == on || acl[1] == "*",
        };
        let person = who.contains(&acl[3].as_str()) || acl[3] == "User:*";
        let place = acl[4] == "*" || acl[4] == host;
        covers && person && place && acl[0] == kind
    };
    let applying: Vec<&Texts> = acls.iter().filter(applies).collect();
    let denied = |acl: &&&Texts| acl[6] == "DENY" && (acl[5] == "ALL" || acl[5] == what);
    if applying.iter().any(|acl| denied(&acl)) {
        return Some(AclPermission::Deny);
    }
    let mut enough = vec!["ALL", what];
    match what {
        "DESCRIBE" => enough.extend(["READ", "WRITE", "DELETE", "ALTER"]),
        "DESCRIBE_CONFIGS" => enough.push("ALTER_CONFIGS"),
        _ => {}
    }
    let allowed = |acl: &&Texts| acl[6] == "ALLOW" && enough.contains(&acl[5].as_str());
    applying.iter().any(allowed).then_some(AclPermission::Allow)
}

proptest! {
    #[test]
    fn a_filter_means_what_kafka_means(filter_texts in filter_texts(), acls in prop::collection::btree_set(acl_texts(), 0..12)) {
        let cluster = ClusterId::new("k");
        let mut all = Acls::default();
        for acl in &acls {
            all.add(cluster.clone(), parsed(acl));
        }
        let filter = filter(&filter_texts);
        let found: BTreeSet<AclBinding> = all.matching(&cluster, &filter).cloned().collect();
        let expected: BTreeSet<AclBinding> = acls.iter().filter(|acl| naively_meant(&filter_texts, acl)).map(parsed).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn acls_decide_as_kafka_decides(acls in prop::collection::btree_set(acl_texts(), 0..12), operation in 1..OPERATIONS.len(), kind in 0..TYPES.len(), on in "[ab]{1,3}", grouped in any::<bool>(), host in one_of(&["10.0.0.1", "10.0.0.2"])) {
        let cluster = ClusterId::new("k");
        let mut all = Acls::default();
        for acl in &acls {
            all.add(cluster.clone(), parsed(acl));
        }
        let on = if TYPES[kind] == "CLUSTER" { "kafka-cluster" } else { &on };
        let who = if grouped { vec!["User:a", "Group:a"] } else { vec!["User:a"] };
        let principals: Vec<Principal> = who.iter().map(|text| Principal::parse(text).unwrap()).collect();
        let quoted = |word: &str| serde_json::from_value(serde_json::Value::from(word)).unwrap();
        let operation_word: AclOperation = quoted(OPERATIONS[operation]);
        let resource_type: AclResourceType = serde_json::from_value(serde_json::Value::from(TYPES[kind])).unwrap();
        let request = AclRequest { principals: &principals, host: host.parse().ok(), operation: operation_word, resource_type, name: on };
        let expected = naively_decided(&acls, &who, &host, OPERATIONS[operation], TYPES[kind], on);
        let said = |acl: Option<&AclBinding>| acl.map(|acl| acl.entry.permission_type);
        prop_assert_eq!(said(all.decide(&cluster, &request)), expected);
        // Elsewhere they say nothing, and a host that nobody knows is allowed no more than a known one.
        prop_assert_eq!(all.decide(&ClusterId::new("other"), &request), None);
        let unknown = said(all.decide(&cluster, &AclRequest { host: None, ..request }));
        prop_assert!(unknown != Some(AclPermission::Allow) || expected == Some(AclPermission::Allow));
    }

    #[test]
    fn an_acl_survives_being_written_and_goes_without_trace(texts in acl_texts(), others in prop::collection::btree_set(acl_texts(), 0..6)) {
        let acl = parsed(&texts);
        let written = serde_json::to_string(&acl).unwrap();
        prop_assert_eq!(serde_json::from_str::<AclBinding>(&written).unwrap(), acl.clone());
        let cluster = ClusterId::new("k");
        let mut all = Acls::default();
        for other in others.iter().filter(|other| **other != texts) {
            all.add(cluster.clone(), parsed(other));
        }
        let before: Vec<AclBinding> = all.of(&cluster).cloned().collect();
        let earlier = all.clone();
        all.add(cluster.clone(), acl.clone());
        all.add(cluster.clone(), acl.clone());
        prop_assert!(all.contains(&cluster, &acl));
        prop_assert_eq!(all.count(), before.len() + 1);
        prop_assert!(!earlier.contains(&cluster, &acl));
        all.remove(&cluster, &acl);
        all.remove(&cluster, &acl);
        prop_assert_eq!(all.of(&cluster).cloned().collect::<Vec<_>>(), before);
    }
}

#[test]
fn everything_that_is_wrong_with_an_acl_is_named_at_once() {
    let written = WrittenAcl {
        resource_type: "ANY",
        name: "",
        pattern_type: "MATCH",
        principal: "alice",
        host: "",
        operation: "UNKNOWN",
        permission_type: "ANY",
    };
    let faults = AclBinding::parse(&written).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "pattern.resourceType",
            "pattern.patternType",
            "pattern.name",
            "entry.principal",
            "entry.host",
            "entry.operation",
            "entry.permissionType"
        ]
    );
    assert_eq!(
        faults[0].message,
        "`ANY` is not possible here; use TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID"
    );
    for (name, pattern_type) in [
        ("k", "LITERAL"),
        ("*", "LITERAL"),
        ("kafka-cluster", "PREFIXED"),
    ] {
        let cluster = WrittenAcl {
            resource_type: "CLUSTER",
            name,
            pattern_type,
            principal: "User:*",
            host: "*",
            operation: "ALTER",
            permission_type: "ALLOW",
        };
        let faults = AclBinding::parse(&cluster).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].path, "pattern.name");
    }
}

#[test]
fn a_filter_takes_any_but_nothing_unknown() {
    let any = WrittenFilter {
        resource_type: "ANY",
        name: None,
        pattern_type: "ANY",
        principal: None,
        host: None,
        operation: "ANY",
        permission_type: "ANY",
    };
    assert!(AclFilter::parse(&any).is_ok());
    let wrong = WrittenFilter {
        resource_type: "UNKNOWN",
        name: Some(""),
        pattern_type: "UNKNOWN",
        principal: Some("a"),
        host: Some(""),
        operation: "UNKNOWN",
        permission_type: "read",
    };
    let faults = AclFilter::parse(&wrong).unwrap_err();
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "patternFilter.resourceType",
            "patternFilter.name",
            "patternFilter.patternType",
            "entryFilter.principal",
            "entryFilter.host",
            "entryFilter.operation",
            "entryFilter.permissionType"
        ]
    );
    assert!(
        faults[2]
            .message
            .ends_with("use LITERAL, PREFIXED, ANY, MATCH")
    );
}
