//! Rules and requests from small alphabets, so that they meet often.

use std::collections::{BTreeMap, BTreeSet};

use openmds_policy::access::{Index, LocalAcls, Providers, Rules};
use openmds_policy::acl::{
    AclBinding, AclEntry, AclOperation, AclPattern, AclPermission, AclResourceType, Acls,
};
use openmds_policy::feed::{Grant, Membership, Message, Policy, Snapshot};
use openmds_policy::names::{ClusterId, PatternType, Principal, ResourcePattern};
use openmds_policy::rbac::{AccessRequest, Decision, Rules as NaiveRules, authorize};
use openmds_policy::rbac::{AclRules, BindingKey, RoleBindings, Roles, Scope};
use proptest::prelude::*;

pub(super) const CLUSTER: &str = "k";

/// Names of resources and prefixes: short ones that begin each other, some of them reserved, one
/// longer than what is hashed at once.
pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => "[ab]{1,3}",
        3 => Just("*".to_string()),
        1 => "_openmds(-|-a)?",
        1 => "(abcdefg){1,2}[ab]{1,3}",
        1 => "é[ab]{0,2}",
    ]
}

pub(super) fn pattern_type() -> impl Strategy<Value = PatternType> {
    prop::sample::select(vec![PatternType::Literal, PatternType::Prefixed])
}

fn resource_type() -> impl Strategy<Value = AclResourceType> {
    prop_oneof![
        6 => Just(AclResourceType::Topic),
        2 => Just(AclResourceType::Group),
        1 => prop::sample::select(AclResourceType::ALL.to_vec()),
    ]
}

fn operation() -> impl Strategy<Value = AclOperation> {
    use AclOperation::{All, Alter, AlterConfigs, Describe, DescribeConfigs, Read, Write};
    prop_oneof![
        4 => prop::sample::select(vec![All, Read, Write, Describe]),
        1 => prop::sample::select(vec![Alter, AlterConfigs, DescribeConfigs]),
        2 => prop::sample::select(AclOperation::ALL.to_vec()),
    ]
}

fn principal(texts: &[&'static str]) -> impl Strategy<Value = Principal> {
    prop::sample::select(texts.to_vec()).prop_map(Principal::of_kafka)
}

const ACL_PRINCIPALS: [&str; 7] = [
    "User:a", "User:a", "User:b", "User:*", "Group:g", "Group:h", "Robot:a",
];
const HOSTS: [&str; 8] = [
    "*",
    "*",
    "*",
    "*",
    "10.0.0.1",
    "10.0.0.0/30",
    "0:0:0:0:0:0:0:1",
    "nowhere",
];

pub(super) fn acl() -> impl Strategy<Value = AclBinding> {
    let permission = prop_oneof![
        3 => Just(AclPermission::Allow),
        1 => Just(AclPermission::Deny),
    ];
    let pattern = (resource_type(), name(), pattern_type());
    let host = prop::sample::select(HOSTS.to_vec());
    (
        pattern,
        principal(&ACL_PRINCIPALS),
        host,
        operation(),
        permission,
    )
        .prop_map(
            |((resource_type, name, pattern_type), principal, host, operation, permission_type)| {
                AclBinding {
                    pattern: AclPattern {
                        resource_type,
                        name,
                        pattern_type,
                    },
                    entry: AclEntry {
                        principal,
                        host: host.to_string(),
                        operation,
                        permission_type,
                    },
                }
            },
        )
}

/// The feed carries principals that the server knows.
pub(super) fn central_acl() -> impl Strategy<Value = AclBinding> {
    acl().prop_filter("of a user or group", |acl| {
        Principal::parse(&acl.entry.principal.to_string()).is_ok()
    })
}

pub(super) fn pattern() -> impl Strategy<Value = ResourcePattern> {
    let kinds = [
        "Topic",
        "Topic",
        "Topic",
        "Group",
        "Group",
        "TransactionalId",
        "Subject",
    ];
    let kind = prop::sample::select(kinds.to_vec());
    let named = (kind, name(), pattern_type());
    let named = named.prop_map(|(kind, name, how)| ResourcePattern::parse(kind, &name, how));
    let cluster = ResourcePattern::parse("Cluster", "kafka-cluster", PatternType::Literal);
    prop_oneof![8 => named, 1 => Just(cluster)].prop_map(Result::unwrap)
}

pub(super) type Key = (Principal, String);

pub(super) fn key() -> impl Strategy<Value = Key> {
    let mut roles: Vec<String> = Roles::predefined()
        .all()
        .iter()
        .map(|role| role.name.clone())
        .collect();
    let on_resources: Vec<String> = roles[1..5].to_vec();
    roles.push("Unheard".to_string());
    let role = prop_oneof![
        4 => prop::sample::select(on_resources),
        1 => prop::sample::select(roles),
    ];
    (
        principal(&["User:a", "User:b", "User:*", "Group:g", "Group:h"]),
        role,
    )
}

/// Everything that decides, as both sides can be made of it.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) grants: BTreeMap<Key, BTreeSet<ResourcePattern>>,
    pub(super) central: BTreeSet<AclBinding>,
    pub(super) local: BTreeSet<AclBinding>,
    pub(super) memberships: BTreeMap<String, BTreeSet<String>>,
    pub(super) super_users: BTreeSet<Principal>,
    pub(super) allow_everyone: bool,
    pub(super) providers: Providers,
}

pub(super) fn groups() -> impl Strategy<Value = BTreeSet<String>> {
    let names = ["g", "h", "i"].map(String::from);
    prop::collection::btree_set(prop::sample::select(names.to_vec()), 0..3)
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let patterns = prop::collection::btree_set(pattern(), 0..4);
    let on = || prop::bool::weighted(0.9);
    (
        prop::collection::btree_map(key(), patterns, 0..6),
        prop::collection::btree_set(central_acl(), 0..8),
        prop::collection::btree_set(acl(), 0..8),
        prop::collection::btree_map("[ab]", groups(), 0..3),
        prop::collection::btree_set(principal(&["User:root", "Group:i"]), 0..2),
        prop::bool::weighted(0.3),
        (on(), on()),
    )
        .prop_map(
            |(grants, central, local, memberships, super_users, allow_everyone, on)| World {
                grants,
                central,
                local,
                memberships,
                super_users,
                allow_everyone,
                providers: Providers {
                    local: on.0,
                    central: on.1,
                },
            },
        )
}

/// A question, with what its token says of groups.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) user: String,
    pub(super) groups: BTreeSet<String>,
    pub(super) host: Option<std::net::IpAddr>,
    pub(super) operation: AclOperation,
    pub(super) resource_type: AclResourceType,
    pub(super) name: String,
}

pub(super) fn question() -> impl Strategy<Value = Question> {
    let users = [
        "User:a",
        "User:a",
        "User:b",
        "User:*",
        "User:c",
        "User:root",
        "Robot:a",
    ];
    let hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.9", "::1", ""];
    (
        prop::sample::select(users.to_vec()),
        groups(),
        prop::sample::select(hosts.to_vec()),
        operation().prop_filter("asked", |one| *one != AclOperation::All),
        resource_type(),
        name(),
    )
        .prop_map(
            |(user, groups, host, operation, resource_type, name)| Question {
                user: user.to_string(),
                groups,
                host: host.parse().ok(),
                operation,
                name: if resource_type == AclResourceType::Cluster {
                    "kafka-cluster".to_string()
                } else {
                    name
                },
                resource_type,
            },
        )
}

impl World {
    pub(super) fn policy(&self) -> Policy {
        let mut policy = Policy::nothing(ClusterId::new(CLUSTER));
        let grants = self
            .grants
            .iter()
            .map(|((principal, role), patterns)| Grant {
                principal: principal.clone(),
                role: role.clone(),
                patterns: Some(patterns.clone()),
            });
        let memberships = self.memberships.iter().map(|(user, groups)| Membership {
            user: user.clone(),
            groups: groups.clone(),
        });
        let snapshot = Snapshot {
            server: "s".to_string(),
            cluster: ClusterId::new(CLUSTER),
            generation: 1,
            issued_ms: 0,
            grants: grants.collect(),
            acls: self.central.iter().cloned().collect(),
            memberships: memberships.collect(),
            keys: String::new(),
        };
        policy.follow(Message::Snapshot(snapshot)).unwrap();
        policy
    }

    pub(super) fn index(&self, version: u64) -> Index {
        let mut local = LocalAcls::default();
        for acl in &self.local {
            local.add(acl);
        }
        let super_users: BTreeSet<String> =
            self.super_users.iter().map(ToString::to_string).collect();
        let rules = Rules {
            roles: &Roles::predefined(),
            super_users: &super_users,
            allow_everyone: self.allow_everyone,
            providers: self.providers,
            local: &local,
            policy: &self.policy(),
        };
        Index::build(&rules, version)
    }

    /// The same as the reference takes it.
    pub(super) fn naive(&self) -> Naive {
        let cluster = ClusterId::new(CLUSTER);
        let mut naive = Naive {
            roles: Roles::predefined(),
            bindings: RoleBindings::default(),
            central: Acls::default(),
            local: Acls::default(),
            world: self.clone(),
        };
        if self.providers.central {
            for ((principal, role), patterns) in &self.grants {
                let key = BindingKey {
                    principal: principal.clone(),
                    role: role.clone(),
                    scope: Scope::kafka(&cluster),
                };
                naive.bindings.set(key, patterns.clone());
            }
            for acl in &self.central {
                naive.central.add(cluster.clone(), acl.clone());
            }
        }
        if self.providers.local {
            for acl in &self.local {
                naive.local.add(cluster.clone(), acl.clone());
            }
        }
        naive
    }
}

pub(super) struct Naive {
    roles: Roles,
    bindings: RoleBindings,
    central: Acls,
    local: Acls,
    world: World,
}

impl Naive {
    /// The user, the groups of its token and those of the directory.
    pub(super) fn principals(&self, question: &Question) -> Vec<Principal> {
        let user = Principal::of_kafka(&question.user);
        let directory = question.user.strip_prefix("User:");
        let directory = directory.and_then(|user| self.world.memberships.get(user));
        let groups = question
            .groups
            .iter()
            .chain(directory.into_iter().flatten());
        let groups = groups.map(|group| Principal::group(group));
        [user].into_iter().chain(groups).collect()
    }

    /// Hands the decision on: it borrows from here.
    pub(super) fn ask<T>(&self, question: &Question, with: impl Fn(Decision<'_>) -> T) -> T {
        let rules = NaiveRules {
            roles: &self.roles,
            super_users: &self.world.super_users,
            bindings: &self.bindings,
            acls: Some(AclRules {
                central: &self.central,
                local: &self.local,
                allow_everyone: self.world.allow_everyone,
            }),
        };
        let resource = ResourcePattern {
            resource_type: question.resource_type.as_str().to_string(),
            name: question.name.clone(),
            pattern_type: PatternType::Literal,
        };
        let scope = Scope::kafka(&ClusterId::new(CLUSTER));
        let principals = self.principals(question);
        with(authorize(
            &rules,
            AccessRequest {
                principals: &principals,
                scope: &scope,
                operation: question.operation.as_str(),
                resource: &resource,
                host: question.host,
            },
        ))
    }
}
