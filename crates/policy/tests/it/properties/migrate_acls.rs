//! A cluster's own ACLs, and the rules that take their place.

use std::collections::BTreeSet;
use std::net::IpAddr;

use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType, Acls,
};
use openmds_policy::migrate_acls::{Move, Outcome, RuleSet, Stays, propose, prove};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{
    AccessRequest, AclRules, AclSource, BindingKey, Decision, Reason, RoleBindings, Roles, Rules,
    Scope, authorize,
};
use proptest::prelude::*;

const KINDS: [AclResourceType; 4] = [
    AclResourceType::Topic,
    AclResourceType::Group,
    AclResourceType::Cluster,
    AclResourceType::User,
];

fn acl() -> impl Strategy<Value = AclBinding> {
    let kind =
        prop_oneof![3 => Just(AclResourceType::Topic), 2 => prop::sample::select(KINDS.to_vec())];
    let name = prop_oneof![6 => "t{1,2}", 2 => Just("*".to_string()), 1 => Just("kafka-cluster".to_string()), 1 => Just("_openmds-x".to_string())];
    let how = prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed]);
    let who = vec![
        "User:a", "User:a", "User:b", "Group:g", "User:*", "Robot:r", "Group:*",
    ];
    let hosts = vec!["*", "*", "*", "*", "10.0.0.1", "10.0.0.0/8", "nowhere"];
    let entry = (
        prop::sample::select(who),
        prop::sample::select(hosts),
        prop::sample::select(AclOperation::ALL.to_vec()),
        prop::bool::weighted(0.85),
    );
    (kind, name, how, entry).prop_map(|(resource_type, name, pattern_type, entry)| AclBinding {
        pattern: AclPattern {
            resource_type,
            name,
            pattern_type,
        },
        entry: AclEntry {
            principal: Principal::of_kafka(entry.0),
            host: entry.1.to_string(),
            operation: entry.2,
            permission_type: if entry.3 {
                AclPermission::Allow
            } else {
                AclPermission::Deny
            },
        },
    })
}

fn acls() -> impl Strategy<Value = BTreeSet<AclBinding>> {
    prop::collection::btree_set(acl(), 0..12)
}

/// What is decided about everything that there is, in a fixed order.
fn decisions(rules: &RuleSet) -> Vec<bool> {
    let cluster = ClusterId::new("k");
    let scope = Scope::kafka(&cluster);
    let (mut central, mut local) = (Acls::default(), Acls::default());
    for (acl, source) in &rules.acls {
        match source {
            AclSource::Central => central.add(cluster.clone(), acl.clone()),
            AclSource::Local => local.add(cluster.clone(), acl.clone()),
        }
    }
    let mut bindings = RoleBindings::default();
    for ((principal, role), patterns) in &rules.bindings {
        let key = BindingKey {
            principal: principal.clone(),
            role: role.clone(),
            scope: scope.clone(),
        };
        bindings.set(key, patterns.clone());
    }
    let who = [
        vec!["User:a"],
        vec!["User:b", "Group:g"],
        vec!["User:c", "Group:g", "Group:*"],
        vec!["User:c"],
        vec!["User:*"],
        vec!["Robot:r"],
    ];
    let roles = Roles::predefined();
    let mut decided = Vec::new();
    for who in who {
        let principals: Vec<Principal> = who.into_iter().map(Principal::of_kafka).collect();
        for kind in KINDS {
            for name in ["t", "tt", "u", "*", "kafka-cluster"] {
                let resource = ResourcePattern {
                    resource_type: kind.as_str().to_string(),
                    name: name.to_string(),
                    pattern_type: PatternType::Literal,
                };
                for operation in AclOperation::ALL {
                    for host in [None, Some("10.0.0.1"), Some("11.0.0.1")] {
                        for allow_everyone in [false, true] {
                            let request = AccessRequest {
                                principals: &principals,
                                scope: &scope,
                                operation: operation.as_str(),
                                resource: &resource,
                                host: host.map(|host| host.parse::<IpAddr>().unwrap()),
                            };
                            let rules = Rules {
                                roles: &roles,
                                super_users: &BTreeSet::new(),
                                bindings: &bindings,
                                acls: Some(AclRules {
                                    central: &central,
                                    local: &local,
                                    allow_everyone,
                                }),
                            };
                            decided.push(authorize(&rules, request).is_allowed());
                        }
                    }
                }
            }
        }
    }
    decided
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_proposal_decides_what_the_acls_decide(acls in acls()) {
        let roles = Roles::predefined();
        let proposal = propose(&roles, &acls);
        let (before, after) = (RuleSet::local(&acls), proposal.rules());
        prop_assert!(decisions(&before) == decisions(&after), "{:?}", proposal);
        let proof = prove(&roles, &before, &after, 5);
        prop_assert_eq!(proof.differing, 0, "{:?}", proof.differences);
        prop_assert!(proof.compared > 0);
        // Each ACL is in it once, and only what must stay does.
        let mut seen = BTreeSet::new();
        for one in &proposal.moves {
            let moved = match one {
                Move::Roles { acls, .. } => acls.clone(),
                Move::Acl(acl) => vec![acl.clone()],
                Move::Stays(acl, _) => vec![acl.clone()],
            };
            for acl in moved {
                prop_assert!(seen.insert(acl));
            }
        }
        prop_assert_eq!(seen, acls);
    }

    #[test]
    fn a_difference_does_not_escape_the_proof(acls in acls(), others in acls(), dropped: prop::sample::Index) {
        let roles = Roles::predefined();
        let proposal = propose(&roles, &acls);
        let before = RuleSet::local(&acls);
        // Something of the proposal is missing; somebody else's rules are in force.
        let mut fewer = proposal.clone();
        if !fewer.moves.is_empty() {
            fewer.moves.remove(dropped.index(fewer.moves.len()));
        }
        for after in [fewer.rules(), propose(&roles, &others).rules(), proposal.rules().with(&propose(&roles, &others).rules())] {
            let differs = decisions(&before) != decisions(&after);
            let proof = prove(&roles, &before, &after, 5);
            prop_assert!(!differs || proof.differing > 0, "{:?} {:?}", proof, after);
            prop_assert_eq!(proof.differences.len() as u64, proof.differing.min(5));
        }
    }
}

fn simple(
    principal: &str,
    kind: AclResourceType,
    name: &str,
    operation: AclOperation,
) -> AclBinding {
    AclBinding {
        pattern: AclPattern {
            resource_type: kind,
            name: name.to_string(),
            pattern_type: PatternType::Literal,
        },
        entry: AclEntry {
            principal: Principal::of_kafka(principal),
            host: "*".to_string(),
            operation,
            permission_type: AclPermission::Allow,
        },
    }
}

/// The roles proposed, and whether anything is left as an ACL.
fn proposed(
    operations: &[AclOperation],
    kind: AclResourceType,
    name: &str,
) -> (Vec<String>, usize) {
    let operations = operations.iter();
    let acls: Vec<AclBinding> = operations
        .map(|one| simple("User:a", kind, name, *one))
        .collect();
    let proposal = propose(&Roles::predefined(), &acls);
    let mut found = (Vec::new(), 0);
    for one in proposal.moves {
        match one {
            Move::Roles { roles, .. } => found.0.extend(roles),
            Move::Acl(_) => found.1 += 1,
            Move::Stays(..) => panic!("{one:?}"),
        }
    }
    found
}

#[test]
fn what_a_role_says_exactly_becomes_that_role() {
    use AclOperation::{
        All, Alter, Create, Delete, Describe, DescribeConfigs, IdempotentWrite, Read, Write,
    };
    use AclResourceType::{Cluster, Group, Topic, TransactionalId};
    let roles = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let read = roles(&["DeveloperRead"]);
    let write = roles(&["DeveloperWrite"]);
    assert_eq!(proposed(&[Read], Topic, "t"), (read.clone(), 0));
    assert_eq!(proposed(&[Read, Describe], Topic, "t"), (read.clone(), 0));
    assert_eq!(proposed(&[Read], Group, "*"), (read.clone(), 0));
    assert_eq!(proposed(&[Write], Topic, "t"), (write.clone(), 0));
    assert_eq!(proposed(&[Write], TransactionalId, "x"), (write.clone(), 0));
    assert_eq!(
        proposed(&[IdempotentWrite], Cluster, "kafka-cluster"),
        (write, 0)
    );
    assert_eq!(
        proposed(&[Read, Write], Topic, "t"),
        (roles(&["DeveloperRead", "DeveloperWrite"]), 0)
    );
    assert_eq!(
        proposed(&[Create, Delete, DescribeConfigs], Topic, "t"),
        (roles(&["DeveloperManage"]), 0)
    );
    // A role that says more is no role for it: neither ResourceOwner for all, nor for the rest.
    assert_eq!(proposed(&[All], Topic, "t"), (vec![], 1));
    assert_eq!(proposed(&[Create], Topic, "t"), (vec![], 1));
    assert_eq!(proposed(&[Read, Alter], Topic, "t"), (read, 1));
    assert_eq!(proposed(&[Describe], Topic, "t"), (vec![], 1));
}

#[test]
fn what_the_server_cannot_keep_stays() {
    use AclOperation::{CreateTokens, Describe, Read, TwoPhaseCommit};
    use AclResourceType::{Cluster, DelegationToken, Topic, TransactionalId};
    for (acl, why) in [
        (simple("Robot:r", Topic, "t", Read), Stays::Principal),
        (simple("User:", Topic, "t", Read), Stays::Principal),
        (
            simple("User:a", DelegationToken, "t", Describe),
            Stays::ResourceType,
        ),
        (
            simple("User:a", AclResourceType::User, "b", CreateTokens),
            Stays::ResourceType,
        ),
        (
            simple("User:a", TransactionalId, "x", TwoPhaseCommit),
            Stays::Operation,
        ),
        (simple("User:a", Cluster, "other", Read), Stays::Name),
        (simple("User:a", Topic, "", Read), Stays::Name),
    ] {
        let proposal = propose(&Roles::predefined(), [&acl]);
        assert_eq!(proposal.moves, [Move::Stays(acl, why)]);
    }
}

#[test]
fn the_proof_names_what_differs() {
    let acl = simple("User:a", AclResourceType::Topic, "t", AclOperation::Read);
    let roles = Roles::predefined();
    let before = RuleSet::local([&acl]);
    let mut after = RuleSet::default();
    let key = (Principal::user("a"), "ResourceOwner".to_string());
    let topic = ResourcePattern::parse("Topic", "t", PatternType::Literal).unwrap();
    after.bindings.insert(key, BTreeSet::from([topic]));
    let proof = prove(&roles, &before, &after, 100);
    let mut operations: Vec<&str> = proof
        .differences
        .iter()
        .map(|one| one.operation.as_str())
        .collect();
    operations.dedup();
    assert_eq!(
        operations,
        [
            "Write",
            "Create",
            "Delete",
            "Alter",
            "DescribeConfigs",
            "AlterConfigs"
        ]
    );
    for one in proof.differences {
        assert_eq!(
            (one.name.as_str(), one.before, one.after),
            ("t", Outcome::Nothing, Outcome::Allowed)
        );
    }
}

/// The reference says why, so that the comparison above rests on what it says.
#[test]
fn the_proposal_is_decided_by_its_own_rules() {
    let acl = simple("User:a", AclResourceType::Topic, "t", AclOperation::Read);
    let rules = propose(&Roles::predefined(), [&acl]).rules();
    assert!(rules.acls.is_empty());
    let cluster = ClusterId::new("k");
    let mut bindings = RoleBindings::default();
    for ((principal, role), patterns) in rules.bindings {
        let scope = Scope::kafka(&cluster);
        bindings.set(
            BindingKey {
                principal,
                role,
                scope,
            },
            patterns,
        );
    }
    let roles = Roles::predefined();
    let rules = Rules {
        roles: &roles,
        super_users: &BTreeSet::new(),
        bindings: &bindings,
        acls: None,
    };
    let resource = ResourcePattern::parse("Topic", "t", PatternType::Literal).unwrap();
    let request = AccessRequest {
        principals: &[Principal::user("a")],
        scope: &Scope::kafka(&cluster),
        operation: "Read",
        resource: &resource,
        host: None,
    };
    let decision = authorize(&rules, request);
    assert!(
        matches!(decision, Decision::Allow(Reason::RoleBinding(key)) if key.role == "DeveloperRead")
    );
}
