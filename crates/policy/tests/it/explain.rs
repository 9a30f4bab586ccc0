//! What people are told who ask why.

use std::collections::BTreeSet;

use openmds_policy::access::{
    Index, Inquiry, LocalAcls, Misses, Operation, Providers, Reason, ResourceType, Rules,
};
use openmds_policy::acl::{AclBinding, WrittenAcl};
use openmds_policy::feed::{Grant, Membership, Message, Policy, Snapshot};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::Roles;

fn acl(principal: &str, operation: &str, permission_type: &str, host: &str) -> AclBinding {
    AclBinding::parse(&WrittenAcl {
        resource_type: "TOPIC",
        name: "orders",
        pattern_type: "PREFIXED",
        principal,
        host,
        operation,
        permission_type,
    })
    .unwrap()
}

/// Group readers may read `orders`; Bob is one of them, and denied by a central ACL; Carol may
/// write from one address by an ACL of the cluster, and is denied describing configurations there.
fn index() -> Index {
    let orders = ResourcePattern::parse("Topic", "orders", PatternType::Literal).unwrap();
    let grant = Grant {
        principal: Principal::group("readers"),
        role: "DeveloperRead".to_string(),
        patterns: Some([orders].into()),
    };
    let groups: BTreeSet<String> = ["readers".to_string()].into();
    let membership = |user: &str| Membership {
        user: user.to_string(),
        groups: groups.clone(),
    };
    let cluster = ClusterId::new("k-1");
    let mut policy = Policy::nothing(cluster.clone());
    let snapshot = Snapshot {
        server: "s".to_string(),
        cluster,
        generation: 1,
        issued_ms: 0,
        grants: vec![grant],
        acls: vec![acl("User:bob", "ALL", "DENY", "*")],
        memberships: vec![membership("alice"), membership("bob")],
        keys: String::new(),
    };
    policy.follow(Message::Snapshot(snapshot)).unwrap();
    let mut local = LocalAcls::default();
    local.add(&acl("User:carol", "WRITE", "ALLOW", "10.0.0.1"));
    local.add(&acl("User:carol", "DESCRIBE_CONFIGS", "DENY", "*"));
    let rules = Rules {
        roles: &Roles::predefined(),
        super_users: &["User:root".to_string()].into(),
        allow_everyone: false,
        providers: Providers {
            local: true,
            central: true,
        },
        local: &local,
        policy: &policy,
    };
    Index::build(&rules, 1)
}

struct Told {
    allowed: bool,
    near: Vec<(String, Misses)>,
    commands: Vec<String>,
}

fn told(principal: &str, operation: &str, kind: &str, name: &str) -> Told {
    let index = index();
    let inquiry = Inquiry {
        principal,
        groups: &[],
        host: "10.0.0.2".parse().ok(),
        operation: Operation::named(operation).unwrap(),
        resource_type: ResourceType::named(kind).unwrap(),
        name,
    };
    let told = index.explain(&inquiry, &Roles::predefined(), &ClusterId::new("k-1"));
    let name = |reason: &Reason<'_>| match reason {
        Reason::RoleBinding { role, .. } => (*role).to_string(),
        Reason::Acl(acl) => acl.operation.as_str().to_string(),
        other => panic!("{other:?}"),
    };
    let near = told.nearest.iter();
    Told {
        allowed: told.verdict.is_allowed(),
        near: near.map(|(rule, misses)| (name(rule), *misses)).collect(),
        commands: told.commands,
    }
}

#[test]
fn who_may_needs_no_command() {
    let alice = told("User:alice", "Read", "Topic", "orders");
    assert!(alice.allowed && alice.commands.is_empty() && alice.near.is_empty());
}

#[test]
fn a_refusal_names_the_smallest_role_that_helps_and_what_is_near() {
    let alice = told("User:alice", "Write", "Topic", "orders");
    assert!(!alice.allowed);
    let role = "DeveloperRead".to_string();
    assert_eq!(alice.near, [(role.clone(), Misses::Operation)]);
    assert_eq!(
        alice.commands,
        [
            "openmds iam rbac role-binding create --role DeveloperWrite --principal User:alice --resource Topic:orders --kafka-cluster k-1"
        ]
    );
    let elsewhere = told("User:alice", "Read", "Topic", "it's mine");
    assert_eq!(elsewhere.near, [(role, Misses::Resource)]);
    assert_eq!(
        elsewhere.commands,
        [
            r"openmds iam rbac role-binding create --role DeveloperRead --principal User:alice --resource 'Topic:it'\''s mine' --kafka-cluster k-1"
        ]
    );
    let carol = told("User:carol", "Write", "Topic", "orders-1");
    assert_eq!(carol.near, [("Write".to_string(), Misses::Host)]);
}

#[test]
fn a_denial_names_the_command_that_takes_it_away() {
    let bob = told("User:bob", "Read", "Topic", "orders");
    assert!(!bob.allowed);
    assert_eq!(
        bob.commands,
        [
            "openmds iam acl delete --kafka-cluster k-1 --deny --principal User:bob --host '*' --operation all --topic orders --prefix"
        ]
    );
    let carol = told("User:carol", "DescribeConfigs", "Topic", "orders");
    assert_eq!(
        carol.commands,
        [
            "kafka-acls --remove --deny-principal User:carol --deny-host '*' --operation DescribeConfigs --topic orders --resource-pattern-type prefixed"
        ]
    );
}

#[test]
fn what_no_role_on_resources_gives_is_given_by_an_acl() {
    let alice = told("User:alice", "ClusterAction", "Cluster", "kafka-cluster");
    assert_eq!(
        alice.commands,
        ["kafka-acls --add --allow-principal User:alice --operation ClusterAction --cluster"]
    );
}

#[test]
fn everybody_who_may_is_listed_with_the_reason() {
    let index = index();
    let topic = ResourceType::named("Topic").unwrap();
    let listed = |operation: &str| -> Vec<String> {
        let operation = Operation::named(operation).unwrap();
        let all = index.who_can(operation, topic, "orders");
        let shown = all.iter().map(|one| {
            let why = match one.reason {
                Reason::SuperUser(_) => "super user".to_string(),
                Reason::RoleBinding {
                    principal, role, ..
                } => format!("{role} of {principal}"),
                Reason::Acl(acl) => format!("ACL on {}", acl.pattern.name),
                other => panic!("{other:?}"),
            };
            let host = one.host.unwrap_or("*");
            format!("{} from {host}: {why}", one.principal)
        });
        shown.collect()
    };
    assert_eq!(
        listed("Read"),
        [
            "Group:readers from *: DeveloperRead of Group:readers",
            "User:alice from *: DeveloperRead of Group:readers",
            "User:root from *: super user",
        ]
    );
    assert_eq!(
        listed("Write"),
        [
            "User:carol from 10.0.0.1: ACL on orders",
            "User:root from *: super user"
        ]
    );
}
